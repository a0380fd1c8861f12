"""How far the replica has come, and by how much it is behind the primary. No clocks of two machines are compared.

The primary is asked for its position, then the replica for its own. Of the primary's positions that a process
remembers, the newest that the replica has passed says since when at most something can be missing there.
"""

import logging
import threading
from collections import deque
from dataclasses import dataclass
from math import inf
from time import monotonic, sleep

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from common.broken import broken
from common.errors import kind_of
from common.sentences import kept
from common.sentences import sentence as _

log = logging.getLogger("wanliu.replica")

ALIAS = "replica"
EVERY_S = 1.0  # a process asks both servers so often
SOONER_S = 0.2  # and so often while the replica is behind
REST_S = 5.0  # a replica that has failed is left alone
GLANCE_S = 0.02
MEASURED_S = 0.5

_IDENTITY = "(SELECT system_identifier FROM pg_control_system())"
_PRIMARY = f"SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint, {_IDENTITY}"
# NULL for a server that is no replica, or isn't one any more.
POSITION = "CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END"
_REPLICA = f"""
    SELECT {POSITION}, {_IDENTITY}, extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8
"""
_WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"


class NoReplica(RuntimeError):
    """The server isn't a replica of the primary; says why, for people."""


@dataclass(frozen=True)
class ReplicaStanding:
    """`replayed`: the position in the WAL up to which the replica shows everything, in bytes.

    At the instant `caught_up_at` (of `monotonic`) the primary had nothing that the replica lacks. `says` is why it
    isn't to be asked, empty when it answers.
    """

    replayed: int
    caught_up_at: float
    asked_at: float
    says: str = ""

    @property
    def lag_s(self) -> float:
        """For how many seconds at most something has been missing on the replica."""
        return monotonic() - self.caught_up_at

    @property
    def is_good(self) -> bool:
        """Whether it answers and is near enough."""
        return not self.says and self.lag_s <= settings.REPLICA_MOST_LAG_S

    @property
    def is_fresh(self) -> bool:
        """Whether nobody need ask again yet."""
        lasts = REST_S if self.says else EVERY_S if self.is_good else SOONER_S
        return monotonic() - self.asked_at < lasts


NOTHING_KNOWN = ReplicaStanding(0, -inf, -inf, "not asked yet")
_asking = threading.Lock()
_passed: deque[tuple[float, int]] = deque(maxlen=300)  # when the primary was where
_last = NOTHING_KNOWN


def standing() -> ReplicaStanding:
    """How it stands, as this process has last heard it; asked anew by one thread at a time."""
    global _last
    if not _last.is_fresh and _asking.acquire(blocking=False):
        try:
            if not _last.is_fresh:
                _last = _ask()
        finally:
            _asking.release()
    return _last


def note_failure(says: str) -> None:
    """It has just failed: nobody of this process asks it for REST_S."""
    global _last
    _last = _failed(says)


def forget_standing() -> None:
    """Ask anew next time, and know nothing of before."""
    global _last
    _passed.clear()
    _last = NOTHING_KNOWN


def _ask() -> ReplicaStanding:
    at = monotonic()
    try:
        primary, identity = _row(connections[DEFAULT_DB_ALIAS], _PRIMARY)
        replayed = _position(identity)[0]
    except (Error, NoReplica) as error:
        return _failed(kept(error.args[0])["text"] if isinstance(error, NoReplica) else kind_of(error))
    if _last.says and _last is not NOTHING_KNOWN:
        log.info("the replica answers again")
    _passed.append((at, primary))
    since = max((when for when, position in _passed if position <= replayed), default=-inf)
    return ReplicaStanding(replayed, since, monotonic())


def _failed(says: str) -> ReplicaStanding:
    """It is left alone for a while. Told as a warning once, however long it lasts."""
    level = logging.INFO if says == _last.says else logging.WARNING
    log.log(level, "the replica isn't asked for %g s (%s)", REST_S, says)
    return ReplicaStanding(0, -inf, monotonic(), says)


def _position(identity: int) -> tuple[int, float | None]:
    """How far the replica of this cluster has come, and how old the last commit there is. Error, NoReplica.

    None while it has replayed no commit since it began.
    """
    try:
        replayed, own, age = _row(replica_connection(), _REPLICA)
    except Error:
        replica_connection().close()
        raise
    if own != identity:
        raise NoReplica(_("it is of another cluster"))
    if replayed is None:
        raise NoReplica(_("it isn't in recovery: no replica, or promoted"))
    return replayed, age


def _row(connection: BaseDatabaseWrapper, sql: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def replica_connection() -> BaseDatabaseWrapper:
    """This thread's connection to it. It calls itself the default one, which it is while it stands in for it."""
    connection = connections[ALIAS]
    connection.alias = DEFAULT_DB_ALIAS
    return connection


def written_up_to() -> int:
    """The primary's position just now, in bytes: whatever is committed by now lies before it."""
    [position] = _row(connections[DEFAULT_DB_ALIAS], _WRITTEN)
    return position


def wait_for_replica(position: int) -> None:
    """Return once the replica shows everything up to `position`, at the latest when others won't ask it any more.

    Returns at once when it doesn't answer.
    """
    gives_up = monotonic() + settings.REPLICA_MOST_LAG_S
    try:
        while (_row(replica_connection(), _REPLICA)[0] or position) < position and monotonic() < gives_up:
            sleep(GLANCE_S)
    except Error as error:
        replica_connection().close()
        note_failure(kind_of(error))


def measured_lag_s() -> float:
    """By how many seconds it is behind just now, for people and figures: how long it takes to show what there is.

    When that takes longer than MEASURED_S, the age of the last commit that it shows. Error, NoReplica.
    """
    began = monotonic()
    primary, identity = _row(connections[DEFAULT_DB_ALIAS], _PRIMARY)
    while True:
        replayed, age = _position(identity)
        if replayed >= primary:
            return monotonic() - began
        if monotonic() - began > MEASURED_S:
            if age is None:
                raise NoReplica(_("it doesn't follow: it has replayed nothing since it began"))
            return max(age, MEASURED_S)
        sleep(GLANCE_S)


@dataclass(frozen=True)
class Seen:
    """How it is, for people: seconds behind, None when it `fails`, which says why."""

    lag_s: float | None
    fails: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether calls are answered by it."""
        return self.lag_s is not None and self.lag_s <= settings.REPLICA_MOST_LAG_S


def look_at_replica() -> Seen | None:
    """How it is just now; None where there is none."""
    if not settings.REPLICA_DATABASE:
        return None
    try:
        return Seen(measured_lag_s())
    except NoReplica as why:
        return Seen(None, why.args[0])
    except Error as error:
        return Seen(None, broken(error))
