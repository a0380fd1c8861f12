"""Reading from the replica: its connection stands in for the default one while a thread reads there.

So whatever reads (scopes, named queries, snapshots, lists) reads there without knowing. Nothing can be written on it:
its sessions are read-only, and what tries is done again on the primary, as is whatever fails.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import QueryCanceled

from common.replica.standing import note_failure, replica_connection


class Behind(Exception):
    """The replica doesn't show yet what the reader has written."""


@dataclass
class Turn:
    """One reading: what the replica must have passed (`needed`, in bytes of WAL), and what came of it."""

    needed: int
    primary: BaseDatabaseWrapper
    replica: BaseDatabaseWrapper
    failed: bool = False  # the primary is to be asked instead
    took_too_long: bool = False  # and would take as long there

    def check(self, replayed: int | None) -> None:
        """Behind unless the replica, which is at `replayed`, shows what it must. Every scope asks."""
        if replayed is None or replayed < self.needed:
            self.failed = True
            raise Behind

    def look_back(self) -> None:
        """Notice an error that somebody has answered with something else. To be asked in the transaction."""
        self.failed = self.failed or (self.replica.errors_occurred and not self.took_too_long)

    def _watch(self, execute, sql, params, many, context):
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            self.took_too_long = isinstance(error.__cause__, QueryCanceled)
            self.failed = self.failed or not self.took_too_long
            raise


_turn: ContextVar[Turn | None] = ContextVar("wanliu_turn", default=None)


def turn() -> Turn | None:
    """The reading under way; None on the primary."""
    return _turn.get()


@contextmanager
def on_replica(needed: int) -> Iterator[Turn]:
    """Read from the replica in the block. Opens no transaction, and no scope."""
    own = connections[DEFAULT_DB_ALIAS]
    reading = Turn(needed, own, replica_connection())
    reading.replica.errors_occurred = False
    token = _turn.set(reading)
    connections[DEFAULT_DB_ALIAS] = reading.replica
    reading.replica.execute_wrappers.append(reading._watch)
    try:
        yield reading
    finally:
        reading.replica.execute_wrappers.remove(reading._watch)
        connections[DEFAULT_DB_ALIAS] = own
        _turn.reset(token)
        if reading.failed or reading.replica.errors_occurred:
            _see_to(reading.replica)


def _see_to(connection: BaseDatabaseWrapper) -> None:
    """After an error: a connection that is gone means that the server may be."""
    raw = connection.connection
    if raw is None or raw.closed:
        note_failure("it went away")
    connection.close()


@contextmanager
def on_primary() -> Iterator[None]:
    """Ask the primary in the block, outside of any transaction that is open on the replica. Else does nothing."""
    reading = _turn.get()
    if reading is None:
        yield
        return
    token = _turn.set(None)
    connections[DEFAULT_DB_ALIAS] = reading.primary
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = reading.replica
        _turn.reset(token)
