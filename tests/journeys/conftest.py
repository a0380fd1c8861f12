"""Every journey ends with clean books."""

import pytest


@pytest.fixture(autouse=True)
def _clean_books(everything_holds):
    """Recompute every invariant of money when the journey is over."""
