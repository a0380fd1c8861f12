"""Refunds of a connected shop follow the marketplace: whatever it says they are, they are here, whatever they were.

Who reads the marketplace's copies hands on each newer one as a `MarketplaceReport`, in the order of their versions.
Any stage may come after any other. Holds, payments (through the gateway that pays by itself), disputes and owed parcels
are made to fit it, so that every check holds after every report.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.actions import action
from common.actors import Actor
from common.personal import marked
from common.rows import new_row
from common.writes import WriteSet
from orders.marketplace import CopiedLine, CopiedOrder, ToldOrder, lines_named, take_orders
from orders.models import Order, OrderLine
from refunds.actions import lock_refund
from refunds.events import REFUND_REQUESTED
from refunds.fitting import EXCHANGING, LEFT, STATUSES, MarketplaceReport, fit, is_promised
from refunds.models import Refund, RefundLine
from refunds.quality.counting import count_applications
from refunds.signals import refund_requested
from refunds.states import (
    MarketplaceStage,
    RefundKind,
    RefundReason,
    RefundStatus,
)
from stores.models import Store


@dataclass(frozen=True, kw_only=True)
class CopiedRefund:
    """A refund that the marketplace has and nobody has here. `lines` are the goods that it is about."""

    order: CopiedOrder
    lines: Sequence[CopiedLine]
    report: MarketplaceReport


def opens_with_others(stage: str) -> bool:
    """Whether a refund that is in this stage may be opened together with others, of which nothing is written yet.

    What a dispute is advised depends on the buyer's other refunds, and new goods are owed one exchange after the other.
    """
    return stage != MarketplaceStage.DISPUTED and stage not in EXCHANGING


@action
def open_followed(*, store: Store, copied: Sequence[CopiedRefund], actor: Actor, now: datetime) -> list[Refund]:
    """Add refunds that the marketplace has, in whatever stage each is there; their orders, too, as far as they're told.

    Many cost as few statements as one (`opens_with_others`). Invalid `amount` for one that can't be; Refused
    `amount_above_refundable` or `refund_open` when an order that is known in full doesn't have it left: none of them is
    kept then.
    """
    writes = WriteSet()
    told = [ToldOrder(each.order, each.lines, each.report.created_at) for each in copied]
    orders = take_orders(writes, store=store, told=told, actor=actor, now=now)
    asked = []
    for each, order in zip(copied, orders, strict=True):
        report = _heard(order, each.report)
        refund = _asked(store, order, report)
        refund.own_lines = [_line_of(refund, line, count) for line, count in lines_named(order, each.lines)]
        asked.append((refund, report))
    _begin(writes, asked, actor=actor, now=now)
    writes.flush()
    return [refund for refund, _report in asked]


@action
def follow(*, store_id: int, refund_id: UUID | str, report: MarketplaceReport, actor: Actor, now: datetime) -> Refund:
    """Let a refund be what the marketplace says it is now; NotFound. The same report again changes nothing.

    Returns the refund that is followed from now on: another one where the buyer had withdrawn this for what was
    promised, and asks there again; what was promised stays with the first. Invalid and Refused as `open_followed`.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    report = _heard(refund.order, report)
    writes = WriteSet()
    if _is_asked_again(refund, report):
        refund = _again(refund, report)
        _begin(writes, [(refund, report)], actor=actor, now=now)
    else:
        fit(writes, [(refund, report)], actor=actor, now=now)
    writes.flush()
    return refund


def _heard(order: Order, report: MarketplaceReport) -> MarketplaceReport:
    """What is taken of a report: of an order whose buyer's data is erased nothing that they wrote."""
    return report if order.erased_at is None else replace(report, description=marked(report.description))


def _asked(store: Store, order: Order, report: MarketplaceReport) -> Refund:
    """The request, before anything became of it."""
    rules = store.rules
    refund = new_row(
        Refund,
        store_id=store.pk,
        kind=report.kind or RefundKind.REFUND_ONLY,
        reason=report.reason or RefundReason.OTHER,
        description=report.description[:500],
        amount=report.amount,
        is_followed=True,
        rules_name=rules.name,
        rules_version=rules.version,
        created_at=report.created_at,
    )
    refund.store, refund.order = store, order
    return refund


def _line_of(refund: Refund, line: OrderLine, quantity: int) -> RefundLine:
    row = new_row(RefundLine, store_id=refund.store_id, quantity=quantity)
    row.refund, row.line = refund, line
    return row


def _again(refund: Refund, report: MarketplaceReport) -> Refund:
    """The same request of the marketplace once more, about the same goods."""
    again = _asked(refund.store, refund.order, report)
    again.own_lines = [_line_of(again, each.line, each.quantity) for each in refund.own_lines]
    return again


def _is_asked_again(refund: Refund, report: MarketplaceReport) -> bool:
    """Whether a refund that was withdrawn for a promise, which is kept, isn't withdrawn at the marketplace any more."""
    stage = MarketplaceStage(report.stage)
    is_left = stage == MarketplaceStage.UNKNOWN or (STATUSES[stage] in LEFT and stage not in EXCHANGING)
    return refund.status == RefundStatus.WITHDRAWN and not is_left and is_promised(refund)


def _begin(writes: WriteSet, asked: Sequence[tuple[Refund, MarketplaceReport]], *, actor: Actor, now: datetime) -> None:
    """New refunds in the caller's writes, moved on to where they are."""
    for refund, _report in asked:
        writes.insert(refund)
        for line in refund.own_lines:
            writes.insert(line)
        writes.event(
            REFUND_REQUESTED,
            refund,
            topic=refund,
            at=now,
            actor=actor,
            states=("", refund.status),
            kind=refund.kind,
            reason=refund.reason,
            amount=f"{refund.amount:.2f}",
            order=refund.order.number,
            programme="",
        )
        refund_requested.send(sender=Refund, refund=refund, writes=writes, actor=actor, now=now)
    count_applications(writes, [refund for refund, _report in asked], actor=actor, now=now)
    fit(writes, asked, actor=actor, now=now)
