"""Every journey ends with clean books."""

import pytest

from common.tenancy import system_scope
from operations.verification import run_checks


@pytest.fixture(autouse=True)
def _clean_books(db):
    """Recompute every invariant of money when the journey is over."""
    yield
    with system_scope():
        off = {check.name: rows for check, rows in run_checks() if rows}
    assert off == {}
