"""Listing what has changed: windows by update time, behind the platform's clock, overlapping, gone on with after kills.

The cursor says up to when everything is known; it moves in the transaction that keeps the last rows of a window. The
past is listed in the same windows beside it: what is fetched when a shop is connected, and what is compared each night.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from uuid import UUID

from django.db import transaction

from common import clock
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.calendar import local_time
from common.queries import among, named_query
from common.sentences import sentence as _
from common.tenancy import tenant_scope
from common.writes import WriteSet
from connectors.ahead import ReadingAhead
from connectors.connecting import record_connection
from connectors.events import LOOK_BACK_DONE
from connectors.hinting import read_later
from connectors.looking_back import begin_look_back
from connectors.models import Connection, MirroredRefund
from connectors.port import (
    Brief,
    NotThere,
    PlatformError,
    PlatformFault,
    Refusal,
    TokenExpired,
    Unreachable,
    UnreadableCopy,
    Windows,
    WindowTooFull,
)
from connectors.states import LookBack
from connectors.taking import ReadCopy, put_aside, take_copies
from connectors.talking import Talk, held

COMPARED_AGAIN = timedelta(days=3)  # how much of the past a nightly comparison lists
NIGHT = range(2, 6)  # hours of the store's clock
COMPARE_EVERY, COMPARE_AT_LATEST = timedelta(hours=20), timedelta(hours=36)
REACH_MARGIN = timedelta(minutes=10)  # what lies at the very edge of the reach is refused by the time it is asked
SHORTEST = timedelta(seconds=1)
LONGEST_WINDOW_S = 90  # one that takes longer is asked in halves
GLANCE_EVERY_S = 2
LOOK_BACK = ("look_back", "looked_from", "looked_at", "look_until", "look_missed", "compared_at")


class _Mark:
    """How far a listing has come: written in the transaction that keeps its last rows.

    Who decides locks the refund before the connection, who disconnects after it. So nobody waits for the connection's
    row while refunds are locked: where somebody has it just then, a transaction of its own follows.
    """

    def __init__(self, connection: Connection, write: Callable[[Connection], None]) -> None:
        self._connection, self._write = connection, write
        self._is_written = False

    def in_passing(self) -> None:
        """Write it in the open transaction, if nobody has the row."""
        of = self._connection
        mine = _free_by_chance.one(store_id=of.store_id, connection_id=of.pk, turn_id=of.leased_by)
        if mine is not None:
            self._write(mine)
            self._is_written = True

    def at_last(self) -> None:
        """Write it unless it is written. LeaseLost."""
        if not self._is_written:
            with transaction.atomic(), tenant_scope(self._connection.store_id):
                self._write(held(self._connection))


@named_query
def _free_by_chance(store_id: int, connection_id: UUID, turn_id: UUID | None):
    rows = Connection.objects.for_store(store_id).select_for_update(no_key=True, skip_locked=True)
    return rows.filter(pk=connection_id, leased_by=turn_id)


def pull_window(talk: Talk, *, until: datetime, meanwhile: Callable[[], object]) -> bool:
    """List one window of what has changed up to `until`; False when everything is known up to then."""
    connection = talk.connection
    if connection.cursor >= until:
        return False
    windows, known_until = talk.platform.windows, connection.cursor
    since = max(known_until - windows.overlap, earliest(windows))
    end = min(max(known_until, since) + windows.span - windows.overlap, until)
    move = partial(_move_cursor, connection)
    if since > known_until:  # nobody can list any more what lies between
        _Mark(connection, partial(move, since)).at_last()
    while since <= known_until:  # a full window is listed in parts, and the first may lie in the overlap
        since = _list(talk, since, end, meanwhile, move)
    return True


@bookkeeping("How far the changes were listed; each of them is on record.")
def _move_cursor(connection: Connection, reached: datetime, mine: Connection) -> None:
    mine.cursor = connection.cursor = max(reached, mine.cursor)
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

    def move(reached: datetime, mine: Connection) -> None:
        _move_look_back(connection, mine, reached, talk.counts["new"] - before)

    if start < end:
        _list(talk, start, end, meanwhile, move)
    else:
        _Mark(connection, partial(move, connection.look_until)).at_last()
    return True


@bookkeeping("How far the past was listed; that it is done is on record.")
def _move_look_back(connection: Connection, mine: Connection, reached: datetime, missed: int) -> None:
    mine.looked_at, mine.look_missed = reached, mine.look_missed + missed
    if reached >= mine.look_until:
        _end_look_back(mine)
    mine.save(update_fields=LOOK_BACK)
    for field in LOOK_BACK:
        setattr(connection, field, getattr(mine, field))


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


def _list(
    talk: Talk,
    since: datetime,
    until: datetime,
    meanwhile: Callable[[], object],
    move: Callable[[datetime, Connection], None],
) -> datetime:
    """Take everything over that changed in the window, or in as much of it as can be listed, and `move` to its end.

    Returns how far that is.
    """
    is_renewed = False
    while True:
        mark = _Mark(talk.connection, partial(move, until))
        try:
            with ReadingAhead(talk) as ahead:
                _take_pages(talk, since, until, meanwhile, mark, ahead)
            mark.at_last()
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


def _take_pages(
    talk: Talk,
    since: datetime,
    until: datetime,
    meanwhile: Callable[[], object],
    mark: _Mark,
    ahead: ReadingAhead,
) -> None:
    """Take page after page over. Each is kept once it is known whether another one follows."""
    begun = monotonic()
    pages = talk.pages(since=since, until=until)
    page = next(pages, None)
    while page is not None:
        try:
            following = next(pages, None)
        except PlatformError:
            _take_page(talk, page, meanwhile, ahead)
            raise
        _take_page(talk, page, meanwhile, ahead, at_end=mark.in_passing if following is None else None)
        if following is not None and monotonic() - begun > LONGEST_WINDOW_S:
            raise WindowTooFull(ours=_("Listing the changes took too long."))
        page = following


def _take_page(
    talk: Talk,
    page: Sequence[Brief],
    meanwhile: Callable[[], object],
    ahead: ReadingAhead,
    at_end: Callable[[], None] | None = None,
) -> None:
    """Read what is news of a page, outside of any transaction, and take it over; every GLANCE_EVERY_S what is read."""
    news: list[ReadCopy] = []
    glanced = monotonic()
    try:
        for row, read in ahead.each(_news_of(talk, page)):
            copy = _copy_of(talk, row, read)
            if copy is not None:
                news.append(copy)
            if monotonic() - glanced > GLANCE_EVERY_S:
                _take(talk, news)
                meanwhile()
                glanced, news = monotonic(), []
    except PlatformError:
        _take(talk, news)
        raise
    _take(talk, news, at_end)


def _take(talk: Talk, news: Sequence[ReadCopy], at_end: Callable[[], None] | None = None) -> None:
    talk.counts["changed"] += take_copies(talk.connection, news, now=clock.now(), at_end=at_end)


def _known(connection: Connection, page: Sequence[Brief]) -> dict[str, MirroredRefund]:
    with tenant_scope(connection.store_id):
        rows = _mirrored.all(store_id=connection.store_id, numbers=[row.id for row in page])
        return {row.platform_id: row for row in rows}


@named_query
def _mirrored(store_id: int, numbers: list[str]):
    return MirroredRefund.objects.for_store(store_id).filter(among("platform_id", numbers)).defer("copy")


def _news_of(talk: Talk, page: Sequence[Brief]) -> list[Brief]:
    """What a page lists beside that of which everything is known.

    Where a list tells no version only the refund itself says whether it has changed.
    """
    known = _known(talk.connection, page)
    news = []
    for row in page:
        mine = known.get(row.id)
        is_known = mine is not None and not mine.problem and 0 < row.version <= mine.version
        if not (is_known and _is_settled(talk, mine)):
            talk.counts["new"] += mine is None or mine.version < row.version
            news.append(row)
    talk.counts["listed"] += len(page)
    return news


def _is_settled(talk: Talk, known: MirroredRefund) -> bool:
    """Whether a copy was read so long after its change that another change can't bear the same instant."""
    return known.changed_at is not None and known.read_at >= known.changed_at + talk.platform.windows.lag + SHORTEST


def _copy_of(talk: Talk, row: Brief, read: Callable[[], ReadCopy]) -> ReadCopy | None:
    """What `read` answers; None for a refund that can't be read: it is put aside, or asked for again later.

    One about which nobody answers doesn't hold up the others, as long as lists are answered.
    """
    told = {"platform_id": row.id, "order_number": row.order_number}
    if talk.is_silent and row.copy is None:
        read_later(talk.connection, **told, now=clock.now())
        return None
    talk.counts["read"] += row.copy is None
    try:
        return read()
    except (NotThere, Unreachable, PlatformFault):
        read_later(talk.connection, **told, now=clock.now())
    except (Refusal, UnreadableCopy) as error:
        talk.counts["put aside"] += 1
        put_aside(talk.connection, **told, problem=error.explained, now=clock.now())
    return None
