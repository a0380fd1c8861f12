"""Crashes at a chosen statement of this thread's connection.

COMMIT counts as a statement; BEGIN travels with the first.

The default crash ends the server's side of the connection, as a network failure or a restart would. A real process
that dies is in `process.py`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from django.db import OperationalError, close_old_connections, connection

from tests.concurrency.harness import await_


class Moment(StrEnum):
    """When the crash comes."""

    BEFORE = "before"  # the statement never reaches the server
    AFTER = "after"  # the server has done it, its answer is lost


class Bug(RuntimeError):
    """A fault in our own code while the connection lives on."""


@dataclass
class Steps:
    """The statements that were seen, by their first word."""

    names: list[str] = field(default_factory=list)
    crashed: bool = False

    def __len__(self) -> int:
        return len(self.names)

    def commits(self) -> list[int]:
        """The numbers of the COMMITs, counted from 1."""
        return [number for number, name in enumerate(self.names, 1) if name == "COMMIT"]


def kill_connection() -> None:
    """End this thread's database connection from the server's side, and wait until it is gone."""
    backend = connection.connection.info.backend_pid
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
            assert cursor.fetchone()[0]
            await_(lambda: not is_there(cursor, backend), "the connection to end")  # the server would sleep 0.1 s
    finally:
        other.close()


def is_there(cursor, backend: int) -> bool:
    """Whether the server still has this backend."""
    cursor.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend])
    return cursor.rowcount > 0


def raise_bug() -> None:
    """Crash in Python only."""
    raise Bug


@contextmanager
def crash_at(step: int | None, moment: Moment = Moment.BEFORE, *, kill: Callable = kill_connection) -> Iterator[Steps]:
    """Count the statements of the block and crash at number `step`, once; with None only count them.

    Whoever comes next is a new request or task: like these it begins with Django's look at the connection's health.
    """
    steps = Steps()

    def pass_(name: str, run: Callable):
        steps.names.append(name)
        if len(steps.names) != step:
            return run()
        steps.crashed = True
        if moment == Moment.BEFORE:
            kill()
            return run()
        run()
        kill()
        raise OperationalError("the answer was lost")

    def execute(run, sql, params, many, context):
        return pass_(str(sql).split(maxsplit=1)[0], partial(run, sql, params, many, context))

    commit = connection._commit
    connection._commit = lambda: pass_("COMMIT", commit)
    try:
        with connection.execute_wrapper(execute):
            yield steps
    finally:
        del connection._commit
        close_old_connections()


def every_crash(steps: int) -> Iterator[tuple[int, Moment]]:
    """Every statement, before and after."""
    for step in range(1, steps + 1):
        yield from ((step, moment) for moment in Moment)


def around_commits(steps: Steps) -> Iterator[tuple[int, Moment]]:
    """Just before and just after each COMMIT: the only places that differ once every statement has been tried."""
    for step in steps.commits():
        yield from ((step, moment) for moment in Moment)
