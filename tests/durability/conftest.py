"""A desk that may be broken."""

import tempfile
from pathlib import Path

import pytest

from tests.durability.desk import open_desk


@pytest.fixture
def desk():
    """Services, migrated, with nobody at work yet."""
    with (
        tempfile.TemporaryDirectory(prefix="wanliu-d-", ignore_cleanup_errors=True) as directory,
        open_desk(Path(directory)) as desk,
    ):
        yield desk
