"""A copy that was read becomes the mirror, and the refund here follows it: the newer copy wins, whenever it comes."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, OperationalError, transaction

from common.actions import bookkeeping
from common.actors import Actor, ActorKind
from common.errors import Invalid, WanliuError, told_safely
from common.sentences import sentence as _
from common.tenancy import tenant_scope
from common.texts import in_one_line
from common.writes import WriteSet
from connectors.by_hand import close_tasks_of
from connectors.copies import copy_as_json, digest_of, is_same_deadline
from connectors.models import Connection, MirroredRefund
from connectors.outcomes import end_with_copy, sent_parcel
from connectors.personal import erased_copy
from connectors.port import LineCopy, Platform, RefundCopy, RefundStage
from connectors.reasons import note_copy
from connectors.shops import platform_for
from connectors.states import SendingStatus
from orders.marketplace import CopiedLine, CopiedOrder
from refunds.actions import lock_refund
from refunds.fitting import MarketplaceReport
from refunds.handing_over import end_decision
from refunds.marketplace import CopiedRefund, follow, open_followed, opens_with_others

log = logging.getLogger("wanliu.connectors")

LONGEST_ID, MOST_VERSION = 64, 2**63 - 1
CLOCKS_DIFFER = timedelta(days=1)
# What a copy brings to its row.
KEPT = (
    *("version", "digest", "copy", "stage", "raw_status", "order_number", "changed_at", "read_at"),
    *("reasons", "reasons_read_at", "reasons_due", "refund", "problem", "needs_look"),
)


class ReadCopy(NamedTuple):
    """A copy, and when it began to be read."""

    copy: RefundCopy
    read_at: datetime


class _Overtaken(Exception):
    """A refund that was to be opened is here by now: somebody else has read it, too."""


def take_copy(connection: Connection, copy: RefundCopy, *, read_at: datetime, now: datetime) -> bool:
    """Keep a copy and let the refund follow it; returns whether it was news. As `take_copies`."""
    return bool(take_copies(connection, [ReadCopy(copy, read_at)], now=now))


def take_copies(
    connection: Connection, copies: Sequence[ReadCopy], *, now: datetime, at_end: Callable[[], None] | None = None
) -> int:
    """Keep copies and let the refunds follow them, as if one after the other; returns how many were news.

    Nothing happens for one that is older than what is kept, or says the same. Those of refunds that aren't here yet are
    taken together, in one transaction and as few statements as one; every other one in a transaction of its own, so
    that nobody who decides waits for a page. `at_end` is called in the last of these. What nobody can take over is kept
    with the reason, for a person to look at, and harms no other; the next newer copy is tried again.
    """
    runs = deque(_runs(connection, [each for each in copies if _can_be_kept(connection, each.copy, now)]))
    changed = 0
    while runs:
        run = runs.popleft()
        try:
            with transaction.atomic(), tenant_scope(connection.store_id):
                news = _mirror(connection, run, now)
                if at_end is not None and not runs:
                    at_end()
        except _Overtaken:
            runs.extendleft([each] for each in reversed(run))
        else:
            changed += news
    return changed


def _can_be_kept(connection: Connection, copy: RefundCopy, now: datetime) -> bool:
    """Whether it can be a row, and a newer one be told from it: one of tomorrow would be the newest for ever."""
    if 0 < len(copy.id) <= LONGEST_ID and -MOST_VERSION <= copy.version <= MOST_VERSION:
        if copy.updated_at <= now + CLOCKS_DIFFER:
            return True
        words = _("The marketplace says that it changed at a time that is yet to come: look there.")
        told = {"platform_id": copy.id, "order_number": copy.order.number}
        put_aside(connection, **told, problem=str(words), now=now)
        return False
    log.error("a refund of connection %s has an id or a version that nobody can keep", connection.pk)
    return False


def _runs(connection: Connection, copies: Sequence[ReadCopy]) -> list[list[ReadCopy]]:
    """The copies in their order, by transaction: together those that only open refunds, each other one alone."""
    if len(copies) <= 1:
        return [[each] for each in copies]
    with tenant_scope(connection.store_id):
        kept = MirroredRefund.objects.for_store(connection.store_id).filter(refund__isnull=False)
        here = set(kept.filter(platform_id__in=[each.copy.id for each in copies]).values_list("platform_id", flat=True))
    runs: list[list[ReadCopy]] = []
    goes_on = False
    for each in copies:
        is_alone = each.copy.id in here or not opens_with_others(each.copy.stage)
        if goes_on and not is_alone:
            runs[-1].append(each)
        else:
            runs.append([each])
        goes_on = not is_alone
        here.add(each.copy.id)  # listed twice it is one that is here
    return runs


@bookkeeping("The marketplace's copy; what changes here by it is on record with the refund.")
def _mirror(connection: Connection, run: Sequence[ReadCopy], now: datetime) -> int:
    """Keep what is news of copies of different refunds, in the open transaction; returns how many were."""
    platform, writes = platform_for(connection), WriteSet()
    rows = MirroredRefund.objects.for_store(connection.store_id).select_for_update(no_key=True).order_by("platform_id")
    kept = {row.platform_id: row for row in rows.filter(platform_id__in=[each.copy.id for each in run])}
    if len(run) > 1 and any(row.refund_id for row in kept.values()):
        raise _Overtaken  # to follow it, orders are locked: one at a time, as everybody does
    new, news = {}, []
    for copy, read_at in run:
        row = kept.get(copy.id)
        if row is None:
            row = MirroredRefund(store_id=connection.store_id, connection=connection, platform_id=copy.id)
            new[copy.id] = row
        elif not _is_news(row, copy, read_at):
            if copy.version == row.version and read_at > row.read_at:
                row.read_at = read_at
                writes.update(row, "read_at")
            continue
        else:
            writes.update(row, *KEPT)
        _keep(row, copy, read_at, platform)
        news.append((row, copy))
    _let_all_follow(connection, news, now)
    for row, copy in news:
        if row.refund_id is not None and row.refund.order.erased_at is not None:
            row.copy = erased_copy(row.copy, row.refund.order.buyer_id)
        row.needs_look = bool(row.problem) or copy.stage == RefundStage.UNKNOWN
    for _number, row in sorted(new.items()):
        writes.insert(row)
    try:
        writes.flush()
    except IntegrityError as error:
        if "mirrored_refund_once" not in str(error):
            raise
        raise _Overtaken from None
    return len(news)


def put_aside(connection: Connection, *, platform_id: str, order_number: str, problem: str, now: datetime) -> None:
    """A refund that is there and can't be read: kept with the reason, for a person to look at."""
    with transaction.atomic(), tenant_scope(connection.store_id):
        _note_problem(connection, platform_id[:LONGEST_ID], order_number[:LONGEST_ID], problem, now)


@bookkeeping("What the marketplace says and nobody can read; it waits for a person in a list of its own.")
def _note_problem(connection: Connection, platform_id: str, order_number: str, problem: str, now: datetime) -> None:
    row, _is_new = MirroredRefund.objects.get_or_create(
        store_id=connection.store_id,
        platform_id=platform_id,
        defaults={"connection": connection, "order_number": order_number, "read_at": now},
    )
    row.problem, row.needs_look = problem or _("It could not be read."), True
    row.save(update_fields=["problem", "needs_look"])


def _is_news(row: MirroredRefund, copy: RefundCopy, read_at: datetime) -> bool:
    if copy.version != row.version or read_at <= row.read_at:
        return copy.version > row.version
    if row.problem or row.digest != digest_of(copy_as_json(copy)):
        return True
    kept = row.copy["deadline"]
    return not is_same_deadline(copy.deadline, datetime.fromisoformat(kept) if kept else None)


def _keep(row: MirroredRefund, copy: RefundCopy, read_at: datetime, platform: Platform) -> None:
    note_copy(row, copy, platform)
    row.version, row.copy = copy.version, copy_as_json(copy)
    row.digest = digest_of(row.copy)
    row.stage, row.raw_status, row.order_number = copy.stage, copy.raw_status[:100], copy.order.number[:LONGEST_ID]
    row.changed_at, row.read_at, row.problem = copy.updated_at, read_at, ""


def _let_all_follow(connection: Connection, news: Sequence[tuple[MirroredRefund, RefundCopy]], now: datetime) -> None:
    """Let the refunds be what their copies say. Where some can't, the others are, as if those had never come."""
    if not news:
        return
    try:
        with transaction.atomic():
            if news[0][0].refund_id is None:
                _open(connection, news, now)
            else:
                _let_follow(connection, *news[0], now)
    except OperationalError:
        raise
    except Exception as error:
        if len(news) > 1:
            half = len(news) // 2
            _let_all_follow(connection, news[:half], now)
            _let_all_follow(connection, news[half:], now)
            return
        row = news[0][0]
        log.warning("refund %s of connection %s: %s", row.pk, connection.pk, told_safely(error))
        words = str(error) if isinstance(error, WanliuError) else _("It could not be taken over: the log says why.")
        row.problem = str(words)[:300]


def _by_platform(connection: Connection) -> Actor:
    return Actor(ActorKind.PLATFORM, connection.platform)


def _open(connection: Connection, news: Sequence[tuple[MirroredRefund, RefundCopy]], now: datetime) -> None:
    """Refunds that aren't here yet; all of them, or none."""
    copied = []
    for _row, copy in news:
        order, lines = _order_of(copy)
        copied.append(CopiedRefund(order=order, lines=lines, report=_report_of(copy)))
    opened = open_followed(store=connection.store, copied=copied, actor=_by_platform(connection), now=now)
    for (row, _copy), refund in zip(news, opened, strict=True):
        row.refund = refund


def _let_follow(connection: Connection, row: MirroredRefund, copy: RefundCopy, now: datetime) -> None:
    """A refund that is here becomes what the copy says."""
    done = {"actor": _by_platform(connection), "now": now}
    report = _report_of(copy)
    told = {"store_id": row.store_id, "refund_id": row.refund_id}
    refund = lock_refund(**told)
    if copy.order.number != refund.order.number:
        raise Invalid("order", _("The marketplace names another order for this refund: look there which is right."))
    ended = end_with_copy(**told, copy=copy, **done)
    if ended == SendingStatus.CONFIRMED and copy.stage == RefundStage.RESHIPPED:
        report = replace(report, **sent_parcel(**told))
    followed = follow(**told, report=report, **done)
    if ended == SendingStatus.CONFIRMED:  # where the refund hasn't moved by it
        end_decision(**told, is_refused=False, code="", text="", **done)
    close_tasks_of(**told, stage=copy.stage, **done)
    row.refund = followed


def _report_of(copy: RefundCopy) -> MarketplaceReport:
    return MarketplaceReport(
        stage=str(copy.stage),
        raw_status=copy.raw_status,
        kind=copy.kind,
        reason=copy.reason,
        description=copy.description,
        amount=copy.amount,
        refunded_amount=copy.refunded_amount,
        deadline=copy.deadline,
        return_carrier=copy.return_carrier,
        return_tracking_number=copy.return_tracking_number,
        created_at=copy.created_at or copy.updated_at,
        updated_at=copy.updated_at,
    )


def _order_of(copy: RefundCopy) -> tuple[CopiedOrder, list[CopiedLine]]:
    order = copy.order
    copied = CopiedOrder(
        number=order.number,
        buyer_id=order.buyer_id,
        buyer_name=in_one_line(order.buyer_name),
        paid_amount=order.paid_amount,
        paid_at=order.paid_at,
        is_shipped=bool(order.is_shipped),
    )
    return copied, [_line_of(line) for line in copy.lines or order.lines]


def _line_of(line: LineCopy) -> CopiedLine:
    quantity = max(1, line.quantity)
    return CopiedLine(
        item_id=line.item_id, quantity=quantity, unit_price=line.unit_price, title=in_one_line(line.title)
    )
