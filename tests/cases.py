"""Many cases in one test: the world is made once, and each case finds it as it was made."""

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, signature
from itertools import product

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from tests.books import amiss


@pytest.fixture
def apart(request, subtests):
    """`with apart("too long"):` is a case. What it writes is undone; failing, it is told by name and the others go on.

    So are turns of the clock, and what was sent to workers or logged is forgotten. What a case does to an object of
    the test it does to the next case's as well: a case reads its rows anew.
    """
    names = set(request.fixturenames)
    assert not names & {"transactional_db", "live_server"}, "what was committed can't be undone: parametrize"
    clock, tasks, caplog = (
        request.getfixturevalue(name) if name in names else None for name in ("clock", "broker_tasks", "caplog")
    )

    @contextmanager
    def case(name):
        cache.clear()
        with subtests.test(str(name)):
            began = clock and clock.now
            try:
                with _undone():
                    yield
                    assert "everything_holds" not in names or amiss() == {}
            finally:
                if clock:
                    clock.turn_back(began)
                if tasks is not None:
                    tasks.clear()
                if caplog:
                    caplog.clear()

    return case


@contextmanager
def _undone():
    """Whatever is written meanwhile is written no more; a test without a database has nothing to undo.

    References that the database checks at a commit are checked before: what is undone is never committed.
    """
    if not connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield
        if not connection.needs_rollback:
            connection.check_constraints()
        transaction.set_rollback(True)


def for_each(names: str | tuple[str, ...], cases: Iterable, ids: Callable | Iterable[str] | None = None):
    """As `pytest.mark.parametrize`, but one test whose fixtures are made once (see `apart`). Two: each with each."""
    names = tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else tuple(names)
    told = [_case(names, case) for case in cases]
    called = [None] * len(told) if callable(ids) or ids is None else [*ids]
    assert told, "a test without a case"
    own = [
        (name or given or _name(values, ids), dict(zip(names, values, strict=True)))
        for name, (given, values) in zip(called, told, strict=True)
    ]

    def decorate(test):
        inner, all_cases = getattr(test, "_each", (test, [("", {})]))
        both = [(" ".join(filter(None, (a, b))), {**x, **y}) for (a, x), (b, y) in product(own, all_cases)]

        @wraps(inner)
        def looped(*self, apart, **fixtures):
            for name, values in both:
                with apart(name):
                    inner(*self, **fixtures, **values)

        given = [each for each in signature(inner).parameters.values() if each.name not in both[0][1]]
        looped.__dict__.update(vars(test))
        looped.__signature__ = signature(inner).replace(parameters=[*given, Parameter("apart", Parameter.KEYWORD_ONLY)])
        looped._each = inner, both
        return looped

    return decorate


def _case(names, case) -> tuple[str, tuple]:
    """The name that a case brings along, and its values."""
    if hasattr(case, "marks"):  # pytest.param
        assert not case.marks, case
        return case.id or "", tuple(case.values)
    return "", tuple(case) if len(names) > 1 else (case,)


def _name(values, ids) -> str:
    return "-".join((callable(ids) and ids(value)) or repr(value)[:40] for value in values)
