"""A copy that was read becomes the mirror, and the refund here follows it: the newer copy wins, whenever it comes."""

import logging
from dataclasses import replace
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from common.actions import bookkeeping
from common.actors import Actor, ActorKind
from common.errors import Invalid, WanliuError, kind_of, told_safely
from common.tenancy import tenant_scope
from connectors.by_hand import close_tasks_of
from connectors.copies import copy_as_json, digest_of, is_same_deadline
from connectors.models import Connection, MirroredRefund
from connectors.outcomes import end_with_copy, sent_parcel
from connectors.port import LineCopy, RefundCopy, RefundStage
from connectors.reasons import note_copy
from connectors.shops import platform_for
from connectors.states import SendingStatus
from orders.marketplace import CopiedLine, CopiedOrder
from refunds.actions import lock_refund
from refunds.fitting import MarketplaceReport
from refunds.handing_over import end_decision
from refunds.marketplace import follow, open_followed

log = logging.getLogger("wanliu.connectors")

LONGEST_ID, MOST_VERSION = 64, 2**63 - 1


def take_copy(connection: Connection, copy: RefundCopy, *, read_at: datetime, now: datetime) -> bool:
    """Keep a copy and let the refund follow it, in a transaction of its own; returns whether it was news.

    Nothing happens for one that is older than what is kept, or says the same. What nobody can take over is kept with
    the reason, for a person to look at; the next newer copy is tried again.
    """
    if not 0 < len(copy.id) <= LONGEST_ID or not -MOST_VERSION <= copy.version <= MOST_VERSION:
        log.error("a refund of connection %s has an id or a version that nobody can keep", connection.pk)
        return False
    with transaction.atomic(), tenant_scope(connection.store_id):
        return _mirror(connection, copy, read_at, now)


@bookkeeping("The marketplace's copy; what changes here by it is on record with the refund.")
def _mirror(connection: Connection, copy: RefundCopy, read_at: datetime, now: datetime) -> bool:
    rows = MirroredRefund.objects.for_store(connection.store_id).select_for_update(no_key=True)
    row = rows.filter(platform_id=copy.id).first()
    if row is None:
        row = MirroredRefund(store_id=connection.store_id, connection=connection, platform_id=copy.id)
    elif not _is_news(row, copy, read_at):
        if copy.version == row.version and read_at > row.read_at:
            row.read_at = read_at
            row.save(update_fields=["read_at"])
        return False
    note_copy(row, copy, platform_for(connection))
    _keep(row, copy, read_at)
    try:
        with transaction.atomic():
            _let_follow(connection, row, copy, now)
    except OperationalError:
        raise
    except Exception as error:
        log.warning("refund %s of connection %s: %s", row.pk, connection.pk, told_safely(error))
        row.problem = (str(error) if isinstance(error, WanliuError) else kind_of(error))[:300]
    row.needs_look = bool(row.problem) or copy.stage == RefundStage.UNKNOWN
    row.save()
    return True


def put_aside(connection: Connection, *, platform_id: str, order_number: str, problem: str, now: datetime) -> None:
    """A refund that is there and can't be read: kept with the reason, for a person to look at."""
    with transaction.atomic(), tenant_scope(connection.store_id):
        _note_problem(connection, platform_id[:LONGEST_ID], order_number[:LONGEST_ID], problem[:300], now)


@bookkeeping("What the marketplace says and nobody can read; it waits for a person in a list of its own.")
def _note_problem(connection: Connection, platform_id: str, order_number: str, problem: str, now: datetime) -> None:
    row, _is_new = MirroredRefund.objects.get_or_create(
        store_id=connection.store_id,
        platform_id=platform_id,
        defaults={"connection": connection, "order_number": order_number, "read_at": now},
    )
    row.problem, row.needs_look = problem or str(_("It could not be read.")), True
    row.save(update_fields=["problem", "needs_look"])


def _is_news(row: MirroredRefund, copy: RefundCopy, read_at: datetime) -> bool:
    if copy.version != row.version or read_at <= row.read_at:
        return copy.version > row.version
    if row.problem or row.digest != digest_of(copy):
        return True
    kept = row.copy["deadline"]
    return not is_same_deadline(copy.deadline, datetime.fromisoformat(kept) if kept else None)


def _keep(row: MirroredRefund, copy: RefundCopy, read_at: datetime) -> None:
    row.version, row.digest, row.copy = copy.version, digest_of(copy), copy_as_json(copy)
    row.stage, row.raw_status, row.order_number = copy.stage, copy.raw_status[:100], copy.order.number[:LONGEST_ID]
    row.changed_at, row.read_at, row.problem = copy.updated_at, read_at, ""


def _let_follow(connection: Connection, row: MirroredRefund, copy: RefundCopy, now: datetime) -> None:
    """The one place where a copy becomes what the refund here is."""
    done = {"actor": Actor(ActorKind.PLATFORM, connection.platform), "now": now}
    report = _report_of(copy)
    if row.refund_id is None:
        order, lines = _order_of(copy)
        row.refund = open_followed(store=connection.store, order=order, lines=lines, report=report, **done)
        return
    told = {"store_id": row.store_id, "refund_id": row.refund_id}
    refund = lock_refund(**told)
    if copy.order.number != refund.order.number:
        raise Invalid("order", _("The marketplace names another order for this refund: look there which is right."))
    ended = end_with_copy(**told, copy=copy, **done)
    if ended == SendingStatus.CONFIRMED and copy.stage == RefundStage.RESHIPPED:
        report = replace(report, **sent_parcel(**told))
    row.refund = follow(**told, report=report, **done)
    if ended == SendingStatus.CONFIRMED:  # where the refund hasn't moved by it
        end_decision(**told, is_refused=False, code="", text="", **done)
    close_tasks_of(**told, stage=copy.stage, **done)


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
        buyer_name=order.buyer_name,
        paid_amount=order.paid_amount,
        paid_at=order.paid_at,
        is_shipped=bool(order.is_shipped),
    )
    return copied, [_line_of(line) for line in copy.lines or order.lines]


def _line_of(line: LineCopy) -> CopiedLine:
    return CopiedLine(item_id=line.item_id, quantity=line.quantity, unit_price=line.unit_price, title=line.title)
