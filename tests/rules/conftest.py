"""Stores for the rules that are SQL."""

import pytest

from tests.world import make_shop


@pytest.fixture
def tmall(db):
    """A Tmall store."""
    return make_shop("tmall")
