"""Whether the books are right: every check of `verify_ledger`, in one statement.

It is asked after each step of hundreds of histories, and `run_check` takes three round trips for each of the forty.
"""

from functools import cache

import pytest

from common.queries import preparing_cursor
from common.tenancy import system_scope
from operations.collecting import all_checks
from operations.verification import run_checks


def amiss() -> dict[str, list[str]]:
    """What is off, by the check that says so; with a scope of its own."""
    statement, names = _all_in_one()
    told = _told()
    with system_scope():
        with preparing_cursor() as cursor:
            cursor.execute(statement, [told[name] for name in names])
            if cursor.fetchone() is None:
                return {}
        found = {check.name: rows for check, rows in run_checks() if rows}
        assert found, "asked alone no check says so: see how _all_in_one puts them together"
        return found


@cache
def _all_in_one() -> tuple[str, list[str]]:
    """A row where any of the checks has one, and the names of its parameters, as PostgreSQL has both."""
    checks = all_checks()
    names = [name for name in _told() if any(f"%({name})s" in check.sql for check in checks if check.parameters)]
    places = {name: f"${place}" for place, name in enumerate(names, start=1)}
    parts = [check.sql % places if check.parameters else check.sql for check in checks]
    return f"SELECT 1 WHERE {' OR '.join(f'EXISTS ({part})' for part in parts)}", names


def _told() -> dict[str, object]:
    """What the checks are told, of whatever the tests have set."""
    told: dict[str, object] = {}
    for check in all_checks():
        for name, value in (check.parameters() if check.parameters else {}).items():
            assert told.setdefault(name, value) == value, name
    return told


@pytest.fixture
def everything_holds(db):
    """The books are right when the test is over, and after each of its cases (tests/cases.py)."""
    yield
    assert amiss() == {}
