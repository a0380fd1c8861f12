"""How long PostgreSQL may work on one statement, by the kind of request that it serves.

The limit travels with the scope, in the same statement (`common.tenancy.set_scope`), and ends with the transaction.
What runs outside of requests (workers, commands) keeps the limit of its connection, which the settings give.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

# Milliseconds for one statement.
PUBLIC_MS = 5_000  # whoever comes without a key or a session: buyers, gateways, the sign-in
API_MS = 10_000
DESK_MS = 10_000
OPERATOR_MS = 20_000  # the platform's people look over every store
DEAR_MS = 60_000  # exports, imports, evidence packs, a year's figures

_current: ContextVar[int | None] = ContextVar("wanliu_time_limit", default=None)


def current() -> int | None:
    """Milliseconds that a statement may take in this request; None outside of requests."""
    return _current.get()


@contextmanager
def within(milliseconds: int) -> Iterator[None]:
    """Give every transaction that opens a scope in here this limit."""
    token = _current.set(milliseconds)
    try:
        yield
    finally:
        _current.reset(token)


def allow(milliseconds: int) -> None:
    """Another limit for the rest of the request, and for the rest of the transaction when one is open.

    Does nothing outside of requests: their limit is the connection's.
    """
    if _current.get() in (None, milliseconds):
        return
    _current.set(milliseconds)
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
