"""Races on real connections: every contender is a thread with a connection of its own.

`together` lets them go at the same instant. `overtaken` is the deterministic variant: the first holds its transaction
open until PostgreSQL itself says that the second waits for a lock (or the second is done because it needn't wait).
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial

from django.db import connection

from common.errors import Refused

PATIENCE = 60  # seconds until a race that stands still fails its test
GLANCE = 0.002  # seconds between two looks at pg_stat_activity


@dataclass
class Result:
    """What became of one contender: `ok` and its `value`, or the `error` it ended with."""

    value: object = None
    error: BaseException | None = None

    @property
    def ok(self) -> bool:
        """Whether it had its effect."""
        return self.error is None

    @property
    def code(self) -> str:
        """`ok`, the code of the refusal, or a re-raise of an error that no client should ever see."""
        if self.error is None:
            return "ok"
        if isinstance(self.error, Refused):
            return self.error.code
        raise AssertionError(f"unexpected {type(self.error).__name__}: {self.error}") from self.error


class Contender(threading.Thread):
    """Runs `call` on a connection of its own, which it closes in the end."""

    def __init__(self, call: Callable):
        super().__init__(daemon=True)
        self.call = call
        self.result = Result()
        self.connected = threading.Event()
        self.backend = 0

    def run(self) -> None:
        """The thread's life."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = cursor.fetchone()[0]
            self.connected.set()
            self.result.value = self.call()
        except BaseException as error:
            self.result.error = error
        finally:
            self.connected.set()
            connection.close()

    def finish(self) -> Result:
        """Wait for the end; a contender that hangs is an error."""
        self.join(PATIENCE)
        if self.is_alive():
            self.result.error = TimeoutError(f"still running after {PATIENCE} s")
        return self.result


def together(*calls: Callable) -> list[Result]:
    """Run the calls at the same instant, each on its own connection; their results in the same order."""
    barrier = threading.Barrier(len(calls))

    def on_signal(call):
        barrier.wait(PATIENCE)
        return call()

    contenders = [Contender(partial(on_signal, call)) for call in calls]
    for contender in contenders:
        contender.start()
    return [contender.finish() for contender in contenders]


@dataclass
class Race:
    """Both results of `overtaken`, and whether the second had to wait for the first."""

    first: Result
    second: Result
    waited: bool

    @property
    def codes(self) -> tuple[str, str]:
        """Both outcomes in order of arrival."""
        return self.first.code, self.second.code


def overtaken(first: Callable, second: Callable, *, scope: AbstractContextManager | None = None) -> Race:
    """Run `first` in `scope` up to its COMMIT, let `second` arrive and get as far as it can, then commit `first`.

    `second` brings its own scope.
    """
    at_commit, go_on = threading.Event(), threading.Event()

    def hold():
        with scope or nullcontext():
            value = first()
            at_commit.set()
            go_on.wait(PATIENCE)
        return value

    holder, arriving = Contender(hold), Contender(second)
    holder.start()
    await_(lambda: at_commit.is_set() or not holder.is_alive(), "the first to come to its commit")
    arriving.start()
    arriving.connected.wait(PATIENCE)
    waited = False

    def stands_still() -> bool:
        nonlocal waited
        waited = is_blocked(arriving.backend)
        return waited or not arriving.is_alive()

    try:
        await_(stands_still, "the second to wait for a lock or to be done")
    finally:
        go_on.set()
    return Race(holder.finish(), arriving.finish(), waited)


def await_(condition: Callable[[], object], what: str, patience: float = PATIENCE, *, glance: float = GLANCE) -> None:
    """Return as soon as `condition` holds, looked at every `glance` s; AssertionError when it doesn't come true."""
    deadline = time.perf_counter() + patience
    while not condition():
        assert time.perf_counter() < deadline, f"waited {patience} s in vain for {what}"
        time.sleep(glance)


def is_blocked(backend: int) -> bool:
    """Whether PostgreSQL says that this backend waits for a lock that another one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wait_event_type = 'Lock' AND cardinality(pg_blocking_pids(pid)) > 0 "
            "FROM pg_stat_activity WHERE pid = %s",
            [backend],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
