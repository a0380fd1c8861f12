"""Listing what has changed: windows by update time, behind the platform's clock, overlapping, gone on with after kills.

The cursor says up to when everything is known; it moves once the last row of a window is kept. The past is listed in
the same windows beside it: what is fetched when a shop is connected, and what is compared each night.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction

from common import clock
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.calendar import local_time
from common.tenancy import tenant_scope
from common.writes import WriteSet
from connectors.connecting import record_connection
from connectors.events import LOOK_BACK_DONE
from connectors.hinting import read_later
from connectors.looking_back import begin_look_back
from connectors.models import Connection, MirroredRefund
from connectors.port import (
    Brief,
    NotThere,
    RefundCopy,
    Refusal,
    TokenExpired,
    UnreadableCopy,
    Windows,
    WindowTooFull,
)
from connectors.states import LookBack
from connectors.taking import put_aside, take_copy
from connectors.talking import Talk, held

COMPARED_AGAIN = timedelta(days=3)  # how much of the past a nightly comparison lists
NIGHT = range(2, 6)  # hours of the store's clock
COMPARE_EVERY, COMPARE_AT_LATEST = timedelta(hours=20), timedelta(hours=36)
REACH_MARGIN = timedelta(minutes=10)  # what lies at the very edge of the reach is refused by the time it is asked
SHORTEST = timedelta(seconds=1)
LONGEST_WINDOW_S = 90  # one that takes longer is asked in halves
GLANCE_EVERY_S = 2
LOOK_BACK = ("look_back", "looked_from", "looked_at", "look_until", "look_missed", "compared_at")


def pull_window(talk: Talk, *, until: datetime, meanwhile: Callable[[], object]) -> bool:
    """List one window of what has changed up to `until`; False when everything is known up to then."""
    connection = talk.connection
    if connection.cursor >= until:
        return False
    windows = talk.platform.windows
    since = max(connection.cursor - windows.overlap, earliest(windows))
    end = min(max(connection.cursor, since) + windows.span - windows.overlap, until)
    reached = since
    while reached <= connection.cursor:  # a full window is listed in parts, and the first may lie in the overlap
        reached = _list(talk, reached, end, meanwhile)
    with transaction.atomic(), tenant_scope(connection.store_id):
        _move_cursor(connection, reached)
    return True


@bookkeeping("How far the changes were listed; each of them is on record.")
def _move_cursor(connection: Connection, reached: datetime) -> None:
    mine = held(connection)
    mine.cursor = connection.cursor = reached
    mine.pulled_at = connection.pulled_at = clock.now()
    mine.save(update_fields=["cursor", "pulled_at"])


def look_back_window(talk: Talk, *, meanwhile: Callable[[], object]) -> bool:
    """List one window of the past; False when there is nothing left to look back at."""
    connection = talk.connection
    if not connection.look_back:
        return False
    windows = talk.platform.windows
    start = max(connection.looked_at, earliest(windows))
    end = min(start + windows.span, connection.look_until)
    before = talk.counts["new"]
    reached = _list(talk, start, end, meanwhile) if start < end else connection.look_until
    with transaction.atomic(), tenant_scope(connection.store_id):
        mine = _move_look_back(connection, reached, talk.counts["new"] - before)
    for field in LOOK_BACK:
        setattr(connection, field, getattr(mine, field))
    return True


@bookkeeping("How far the past was listed; that it is done is on record.")
def _move_look_back(connection: Connection, reached: datetime, missed: int) -> Connection:
    mine = held(connection)
    mine.looked_at, mine.look_missed = reached, mine.look_missed + missed
    if reached >= mine.look_until:
        _end_look_back(mine)
    mine.save(update_fields=LOOK_BACK)
    return mine


def compare_by_night(connection: Connection) -> bool:
    """Begin the nightly comparison of a held connection, when it is time and nothing else is looked back at."""
    now = clock.now()
    since_last = now - (connection.compared_at or connection.created_at)
    is_night = local_time(now, connection.store.time_zone).hour in NIGHT
    if connection.look_back or since_last < (COMPARE_EVERY if is_night else COMPARE_AT_LATEST):
        return False
    begin_look_back(connection, LookBack.COMPARISON, now - COMPARED_AGAIN)
    return True


def earliest(windows: Windows) -> datetime:
    """The oldest change that can be listed now."""
    if windows.reach is None:
        return datetime.min.replace(tzinfo=clock.now().tzinfo)
    return clock.now() - windows.reach + REACH_MARGIN


def _end_look_back(connection: Connection) -> None:
    now, kind = clock.now(), connection.look_back
    if kind == LookBack.BACK_FILL or connection.look_missed:
        writes = WriteSet()
        missed = connection.look_missed if kind == LookBack.COMPARISON else 0
        record_connection(writes, LOOK_BACK_DONE, connection, actor=SYSTEM, now=now, kind=str(kind), missed=missed)
        writes.flush()
    connection.look_back, connection.compared_at = "", now
    connection.looked_from = connection.looked_at = connection.look_until = None


def _list(talk: Talk, since: datetime, until: datetime, meanwhile: Callable[[], object]) -> datetime:
    """Take everything over that changed in the window, or in as much of it as can be listed; returns how far."""
    is_renewed = False
    while True:
        try:
            _take_pages(talk, since, until, meanwhile)
            return until
        except TokenExpired:
            if is_renewed:
                raise
            talk.renew()
            is_renewed = True
        except WindowTooFull:
            if until - since <= SHORTEST:
                raise
            until = since + (until - since) / 2


def _take_pages(talk: Talk, since: datetime, until: datetime, meanwhile: Callable[[], object]) -> None:
    begun = glanced = monotonic()
    for page in talk.pages(since=since, until=until):
        known = _known(talk.connection, page)
        for row in page:
            _take_row(talk, row, known.get(row.id))
            if monotonic() - glanced > GLANCE_EVERY_S:
                meanwhile()
                glanced = monotonic()
        if monotonic() - begun > LONGEST_WINDOW_S:
            raise WindowTooFull("It took too long.")


def _known(connection: Connection, page: Sequence[Brief]) -> dict[str, MirroredRefund]:
    with tenant_scope(connection.store_id):
        rows = MirroredRefund.objects.for_store(connection.store_id).filter(platform_id__in=[row.id for row in page])
        return {row.platform_id: row for row in rows.defer("copy")}


def _take_row(talk: Talk, row: Brief, known: MirroredRefund | None) -> None:
    talk.counts["listed"] += 1
    # Where a list tells no version only the refund itself says whether it has changed.
    if known is not None and not known.problem and 0 < row.version <= known.version and _is_settled(talk, known):
        return
    if known is None or known.version < row.version:
        talk.counts["new"] += 1
    read_at = clock.now()
    copy = row.copy or read_refund(talk, refund_id=row.id, order_number=row.order_number)
    if copy is not None and take_copy(talk.connection, copy, read_at=read_at, now=clock.now()):
        talk.counts["changed"] += 1


def _is_settled(talk: Talk, known: MirroredRefund) -> bool:
    """Whether a copy was read so long after its change that another change can't bear the same instant."""
    return known.changed_at is not None and known.read_at >= known.changed_at + talk.platform.windows.lag + SHORTEST


def read_refund(talk: Talk, *, refund_id: str, order_number: str) -> RefundCopy | None:
    """Read one refund; None for one that can't be read: it is put aside, or asked for again later."""
    try:
        talk.counts["read"] += 1
        return talk.ask(
            lambda platform, shop: platform.read(shop, refund_id=refund_id, order_number=order_number, now=clock.now())
        )
    except NotThere:
        read_later(talk.connection, platform_id=refund_id, order_number=order_number, now=clock.now())
    except (Refusal, UnreadableCopy) as error:
        talk.counts["put aside"] += 1
        put_aside(
            talk.connection,
            platform_id=refund_id,
            order_number=order_number,
            problem=str(error),
            now=clock.now(),
        )
    return None
