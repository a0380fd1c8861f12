"""A desk that may be broken."""

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.embedded.postgres import Postgres
from tests.durability.desk import open_desk


@contextmanager
def cluster():
    """The place of a cluster, in a directory that is removed in the end."""
    with tempfile.TemporaryDirectory(prefix="wanliu-d-", ignore_cleanup_errors=True) as path:
        postgres = Postgres(Path(path))
        yield postgres
        postgres.remove()


@pytest.fixture(scope="session")
def migrated():
    """The files of a cluster that was migrated and stopped."""
    with cluster() as postgres:
        with open_desk(postgres) as desk:
            desk.manage("migrate", "--verbosity", "0")
        yield postgres.home


@pytest.fixture
def desk(migrated):
    """Services, migrated, with nobody at work yet."""
    with cluster() as postgres:
        subprocess.run(["cp", "-a", f"{migrated}/.", postgres.home], check=True)
        with open_desk(postgres) as desk:
            yield desk
