"""One shop's turn: whoever holds its lease sends what waits, reads what was hinted at, and lists what has changed.

A turn lasts some seconds and begins with what people wait for. What goes wrong is planned by its class: later again, by
itself once the platform's ban is over, or after a person has acted. No other shop waits for any of it.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest, Now

from common import clock
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.broken import broken
from common.errors import Refused, kind_of, told_safely
from common.queries import named_query
from common.tenancy import system_scope, tenant_scope
from common.workers import in_turn, take_up
from common.writes import WriteSet
from connectors.deciding import send_next
from connectors.hinting import fetch_hints, read_hinted
from connectors.mending import stop_following, warn_in_time
from connectors.models import Connection, RefundHint, SentDecision
from connectors.port import PlatformError, ReauthorisationNeeded, Throttled, TokenExpired, WrongSetup
from connectors.pulling import compare_by_night, look_back_window, pull_window
from connectors.reasons import read_reasons
from connectors.talking import LeaseLost, Talk, held
from connectors.waking import ask_again

log = logging.getLogger("wanliu.connectors")

TURN_S = 20
SIDE_BY_SIDE = 4  # shops of one worker: a turn is mostly waiting for answers
SOONEST, LATEST = timedelta(seconds=5), timedelta(seconds=settings.CONNECTOR_LONGEST_PAUSE_S)
QUIET_SHARE = 20  # a shop in which nothing has happened for an hour is asked after three minutes again
REASONS_A_WINDOW = 20  # for each window of the past: beside it they cost a call for every refund that waits
LONGEST_BAN = timedelta(hours=1)  # within a ban the platform isn't asked; the turn still sends and reads what it may


def work_on_shops(*, ids: Sequence[UUID] | None = None, counts: Counter | None = None) -> int:
    """Take up one shop that is due (of these connections, if given) and give it its turn; returns how many: 0 or 1.

    Safe to run anywhere, any number of times, and to kill at any moment.
    """
    with system_scope():
        taken, worn_out = _take_shop(ids)
    for done in in_turn(taken, _turn):
        if counts is not None:
            counts.update(done)
    return len(taken) + len(worn_out)


def shops_due(*, ids: Sequence[UUID] | None = None) -> int:
    """How many threads have a shop to work on now (of these connections, if given): SIDE_BY_SIDE at most."""
    with system_scope():
        rows = Connection.objects.connected().due()
        return (rows if ids is None else rows.filter(pk__in=ids))[:SIDE_BY_SIDE].count()


@bookkeeping("A lease on a shop; what its turn brings is on record.")
def _take_shop(ids: Sequence[UUID] | None) -> tuple[list[Connection], list[Connection]]:
    rows = Connection.objects.connected().select_related("store")
    taken, worn_out = take_up(rows if ids is None else rows.filter(pk__in=ids), limit=1)
    for connection in [*taken, *worn_out]:
        connection.save(update_fields=connection.WORK_FIELDS)
    return taken, worn_out


def _turn(connection: Connection) -> Counter:
    counts: Counter[str] = Counter()
    after: timedelta | None = None
    failure: Exception | None = None
    try:
        talk = Talk(connection)
        counts = talk.counts
        after = _work(talk)
    except LeaseLost:
        log.warning("connection %s is another worker's by now", connection.pk)
        return counts
    except Exception as error:
        failure = error
        log.warning("connection %s: %s", connection.pk, told_safely(error))
    with transaction.atomic(), tenant_scope(connection.store_id):
        try:
            mine = held(connection)
            mine.store = connection.store
            has_other_tokens = mine.sealed_tokens != connection.sealed_tokens
            if has_other_tokens and isinstance(failure, ReauthorisationNeeded | TokenExpired):
                after, failure = timedelta(0), None  # who held the shop before has kept new ones meanwhile
            if counts["changed"]:
                mine.changed_at = clock.now()
            _plan(mine, after, failure)
        except LeaseLost:
            log.warning("connection %s is another worker's by now", connection.pk)
    return counts


def _work(talk: Talk) -> timedelta:
    """Do what is due, one thing after the other, for TURN_S; returns after how long to come again."""
    ends_at = monotonic() + TURN_S
    horizon = clock.now() - talk.platform.windows.lag
    pause: timedelta | None = None

    def meanwhile() -> None:
        while send_next(talk):
            pass

    is_first, has_messages = True, False
    reasons = 0
    while monotonic() < ends_at:
        if send_next(talk):
            continue
        if is_first:
            is_first, has_messages = False, _fetch_hints(talk)
        if read_hinted(talk):
            continue
        try:
            if pause is None and pull_window(talk, until=horizon, meanwhile=meanwhile):
                continue
            if has_messages:  # what is listed doesn't wait for a heap of them
                has_messages = _fetch_hints(talk)
                continue
            is_turn_of_reasons = reasons < REASONS_A_WINDOW or not talk.connection.look_back
            if pause is None and is_turn_of_reasons and read_reasons(talk):
                reasons += 1
                continue
            if pause is None and look_back_window(talk, meanwhile=meanwhile):
                reasons = 0
                continue
        except Throttled as error:
            pause = min(timedelta(seconds=error.seconds or 0), LONGEST_BAN)
            continue
        return pause or _quiet(talk)
    return timedelta(0)


def _fetch_hints(talk: Talk) -> bool:
    """Fetch a batch of messages; whether there may be more.

    They only hint at what is listed anyway: a platform that gives none (yet) is followed without them.
    """
    try:
        return fetch_hints(talk)
    except ReauthorisationNeeded:
        raise
    except PlatformError as error:
        log.warning("connection %s has no messages: %s", talk.connection.pk, kind_of(error))
        return False


def _quiet(talk: Talk) -> timedelta:
    """How long nobody need look: the less happens, the longer."""
    if talk.counts["changed"]:
        return min(SOONEST, LATEST)
    changed_at = talk.connection.changed_at or talk.connection.created_at
    return min(max((clock.now() - changed_at) / QUIET_SHARE, SOONEST), LATEST)


@bookkeeping("When a shop is looked at again; that it stopped or ends soon is on record.")
def _plan(connection: Connection, after: timedelta | None, failure: Exception | None) -> None:
    """Write down when a held, locked connection is due again."""
    now = clock.now()
    match failure:
        case None:
            if connection.last_error:
                ask_again(connection)
            connection.fault = connection.told = ""
            connection.plan(after)
            _not_after_what_waits(connection)
        case ReauthorisationNeeded() | TokenExpired() | WrongSetup():
            stop_following(connection=connection, error=failure, actor=SYSTEM, now=now)
            return
        case Throttled():
            connection.plan(min(timedelta(seconds=failure.seconds or 0), LONGEST_BAN))
            connection.last_error = failure.in_words
        case _:
            connection.told = failure.said[:300] if isinstance(failure, PlatformError) else ""
            connection.attempts = min(connection.attempts, 8)  # a platform that is down for a day costs delay only
            connection.put_off(_why(failure))
    if compare_by_night(connection):
        connection.next_attempt_at = Now()
    writes = WriteSet()
    warn_in_time(writes, connection, now)
    connection.save()
    writes.flush()


def _why(failure: Exception) -> str:
    """For people; of what broke here nothing that somebody said."""
    if isinstance(failure, PlatformError):
        return failure.explained
    return failure.detail if isinstance(failure, Refused) else broken(failure)


def _not_after_what_waits(connection: Connection) -> None:
    """Somebody may have decided, or a message come, since this turn looked: the row is locked, so none is missed."""
    for soonest in (_soonest_decision, _soonest_hint):
        if (row := soonest.one(store_id=connection.store_id)) is not None:
            connection.next_attempt_at = min(connection.next_attempt_at, row.free_at)


@named_query
def _soonest_decision(store_id: int):
    return _by_when_they_are_free(SentDecision.objects.for_store(store_id))


@named_query
def _soonest_hint(store_id: int):
    return _by_when_they_are_free(RefundHint.objects.for_store(store_id))


def _by_when_they_are_free(rows: QuerySet) -> QuerySet:
    free_at = Greatest("next_attempt_at", "leased_until")  # of a lease that is empty PostgreSQL takes no notice
    return rows.filter(next_attempt_at__isnull=False).only("id").annotate(free_at=free_at).order_by("free_at")[:1]
