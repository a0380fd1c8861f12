"""How processes and work are: database, clocks, broker, workers by queue, beat, how far behind sweeps and replica are.

For whoever looks after the platform and for their alarms (`manage.py health`). `/readyz` tells a web process's load
balancer less, in less time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf

from django.db import Error, connection
from django.db.models import Min
from django.db.models.functions import Now

from common import clock, clock_check, heartbeats
from common.broken import broken
from common.health import check_broker
from common.obligations import obligations
from common.replica.standing import look_at_replica
from common.tenancy import system_scope
from operations.collecting import all_sweeps

ALLOWED_S = 60  # behind, beside the time between two sweeps: below it nobody need look


class State(StrEnum):
    """How a part is. What nobody can say is no alarm by itself: the hint server that would know is a part, too."""

    OK = "ok"
    BEHIND = "behind"
    FAILING = "failing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Part:
    """One line: what it is about, how it is, and that in words."""

    kind: str
    name: str
    state: State
    says: str


def database() -> Iterator[Part]:
    """Whether it answers."""
    yield _probed("database", _ask_database)


def clocks() -> Iterator[Part]:
    """Whether this process's clock agrees with PostgreSQL's, and each of which we heard that it doesn't."""
    try:
        ahead = clock_check.seconds_ahead()
    except Error as error:
        yield Part("clock", "here", State.UNKNOWN, broken(error))
    else:
        yield _clock("here", ahead) if ahead else Part("clock", "here", State.OK, "agrees with PostgreSQL's")
    for process, seconds in (heartbeats.wrong_clocks() or {}).items():
        yield _clock(process, seconds)


def broker() -> Iterator[Part]:
    """Whether the workers' queue takes messages."""
    yield _probed("broker", check_broker)


def workers() -> Iterator[Part]:
    """How many workers live, for each queue that beat sends to and each that ever had one."""
    alive = heartbeats.live_workers()
    for queue in sorted({*heartbeats.queues(), *(alive or {})}):
        if alive is None:
            yield Part("worker", queue, State.UNKNOWN, "the hint server doesn't answer")
        else:
            count = alive.get(queue, 0)
            yield Part("worker", queue, State.OK if count else State.FAILING, f"{count} alive")


def beat() -> Iterator[Part]:
    """Whether one lives, and whether what it asks for is done."""
    for name, count in (("beat", heartbeats.live_beats()), ("beat's work", heartbeats.beat_is_heard())):
        said = {None: "the hint server doesn't answer", True: "is done", False: "isn't done by any worker"}
        says = said[count] if count is None or isinstance(count, bool) else f"{count} alive"
        yield Part("beat", name, State.UNKNOWN if count is None else State.OK if count else State.FAILING, says)


def sweeps() -> Iterator[Part]:
    """How long ago each task of beat's was last done, and since when the oldest row waits that is due."""
    done, periods = heartbeats.since_done(), heartbeats.periods()
    for task in sorted(periods):
        if done is None:
            yield Part("sweep", task, State.UNKNOWN, "the hint server doesn't answer")
        elif done[task] is inf:
            is_young = periods[task] > ALLOWED_S
            yield Part("sweep", task, State.UNKNOWN if is_young else State.BEHIND, "nobody has heard of it being done")
        else:
            behind = max(done[task] - periods[task], 0)
            yield _lag("sweep", task, behind, f"done {done[task]:.0f} s ago, every {periods[task]:.0f} s")
    with system_scope():
        for name, behind in _waiting():
            yield _lag("waiting", name, behind, f"the oldest has waited for {behind:.0f} s")


def replica_lag() -> Iterator[Part]:
    """Where one is set: how far it is behind, and whether calls are answered by it."""
    seen = look_at_replica()
    if seen is None:
        return
    if seen.lag_s is None:
        yield Part("replica", "replica", State.FAILING, f"the primary answers alone: {seen.fails}")
    else:
        says = f"{seen.lag_s:.1f} s behind" + ("" if seen.is_asked else ": the primary answers alone")
        yield Part("replica", "replica", State.OK if seen.is_asked else State.BEHIND, says)


PARTS: dict[str, Callable[[], Iterator[Part]]] = {
    "database": database,
    "clocks": clocks,
    "broker": broker,
    "workers": workers,
    "beat": beat,
    "sweeps": sweeps,
    "replica": replica_lag,
}


def _clock(process: str, ahead: float) -> Part:
    return Part("clock", process, State.FAILING, f"does nothing that is due: {clock_check.beside_postgresqls(ahead)}")


def _probed(name: str, probe: Callable[[], object]) -> Part:
    try:
        probe()
    except Exception as error:
        return Part(name, name, State.FAILING, broken(error))
    return Part(name, name, State.OK, "answers")


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _lag(kind: str, name: str, behind: float, says: str) -> Part:
    return Part(kind, name, State.OK if behind <= ALLOWED_S else State.BEHIND, says)


def _waiting() -> Iterator[tuple[str, float]]:
    """Of each kind of row that falls due: for how many seconds the oldest has been due, by its clock."""
    now = clock.now()
    for sweep in all_sweeps():
        if sweep.undone is not None:
            _model, column = sweep.due[0]
            rows = sweep.undone().filter(**{f"{column}__lte": now})
            yield sweep.name, _seconds(rows.aggregate(first=Min(column))["first"], now)
    for model in obligations():
        found = model._default_manager.overdue().aggregate(first=Min("next_attempt_at"), now=Min(Now()))
        yield model._meta.label, _seconds(found["first"], found["now"])


def _seconds(since: datetime | None, now: datetime | None) -> float:
    return 0.0 if since is None or now is None else max(now - since, timedelta()).total_seconds()
