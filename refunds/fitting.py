"""A refund, and all that hangs on it, is made what its marketplace says it is: see refunds.marketplace."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Invalid
from common.events import EventType
from common.money import ZERO
from common.writes import WriteSet
from orders.marketplace import make_room
from orders.models import OrderLine, OwedParcel
from orders.parcels import announce_parcel, cancel_parcel, keep_promise, owe_parcel
from orders.states import ParcelKind, ParcelStatus
from payments.models import Payment
from payments.reported import book_reported, tell_settled
from refunds.events import (
    REFUND_APPROVED,
    REFUND_CHANGED,
    REFUND_CLOSED,
    REFUND_FOLLOWED,
    REFUND_REFUNDED,
    REFUND_WITHDRAWN,
)
from refunds.events.goods import REFUND_RETURN_SHIPPED
from refunds.holds import hold, hold_pieces, lines_of, release
from refunds.models import Dispute, Refund
from refunds.platform.disputes import drop_disputes
from refunds.platform.events import DISPUTE_OPENED, REFUND_DISPUTED
from refunds.platform.suggestions import suggest
from refunds.pleas import reason_given
from refunds.quality.counting import count_correction
from refunds.signals import faults_verified, promise_asked, refund_followed, refunds_decided
from refunds.states import (
    CaseSide,
    MarketplaceStage,
    RefundGoods,
    RefundKind,
    RefundStatus,
)
from stores.models import Product

STATUSES = {
    MarketplaceStage.ASKED: RefundStatus.AWAITING_MERCHANT,
    MarketplaceStage.AWAITING_RETURN: RefundStatus.AWAITING_RETURN,
    MarketplaceStage.RETURNING: RefundStatus.RETURNING,
    MarketplaceStage.AGREED: RefundStatus.REFUNDING,
    MarketplaceStage.REFUNDED: RefundStatus.REFUNDED,
    MarketplaceStage.REFUSED: RefundStatus.REJECTED,
    MarketplaceStage.DISPUTED: RefundStatus.DISPUTED,
    MarketplaceStage.TO_RESHIP: RefundStatus.CLOSED,
    MarketplaceStage.RESHIPPED: RefundStatus.CLOSED,
    MarketplaceStage.EXCHANGED: RefundStatus.CLOSED,
    MarketplaceStage.WITHDRAWN: RefundStatus.WITHDRAWN,
    MarketplaceStage.CLOSED: RefundStatus.CLOSED,
    MarketplaceStage.FAILED: RefundStatus.REFUNDING,
}
ENDED = frozenset({RefundStatus.REFUNDED, RefundStatus.WITHDRAWN, RefundStatus.CLOSED})
LEFT = frozenset({RefundStatus.WITHDRAWN, RefundStatus.CLOSED})  # they hold nothing
EXCHANGING = frozenset({MarketplaceStage.TO_RESHIP, MarketplaceStage.RESHIPPED, MarketplaceStage.EXCHANGED})
PAYING = frozenset({MarketplaceStage.AGREED, MarketplaceStage.REFUNDED, MarketplaceStage.FAILED})
GOODS_COME_BACK = frozenset({MarketplaceStage.AWAITING_RETURN, MarketplaceStage.RETURNING})
# What the rules call such a step; anything else is `refund.followed`.
STEPS: dict[tuple[str, str], EventType] = {
    (RefundStatus.AWAITING_MERCHANT, RefundStatus.AWAITING_RETURN): REFUND_APPROVED,
    (RefundStatus.AWAITING_MERCHANT, RefundStatus.REFUNDING): REFUND_APPROVED,
    (RefundStatus.AWAITING_RETURN, RefundStatus.RETURNING): REFUND_RETURN_SHIPPED,
    (RefundStatus.AWAITING_MERCHANT, RefundStatus.WITHDRAWN): REFUND_WITHDRAWN,
    (RefundStatus.AWAITING_RETURN, RefundStatus.WITHDRAWN): REFUND_WITHDRAWN,
    (RefundStatus.REJECTED, RefundStatus.WITHDRAWN): REFUND_WITHDRAWN,
    (RefundStatus.DISPUTED, RefundStatus.WITHDRAWN): REFUND_WITHDRAWN,
    (RefundStatus.AWAITING_MERCHANT, RefundStatus.DISPUTED): REFUND_DISPUTED,
    (RefundStatus.RETURNING, RefundStatus.DISPUTED): REFUND_DISPUTED,
    (RefundStatus.REJECTED, RefundStatus.DISPUTED): REFUND_DISPUTED,
    (RefundStatus.AWAITING_RETURN, RefundStatus.CLOSED): REFUND_CLOSED,
    (RefundStatus.REJECTED, RefundStatus.CLOSED): REFUND_CLOSED,
}


@dataclass(frozen=True, kw_only=True)
class MarketplaceReport:
    """What a marketplace says about one refund. Yuan; aware instants of the marketplace.

    `kind` and `reason` are ours, empty where its own have no counterpart; `raw_status` is its word for the stage.
    `refunded_amount` is what it has paid out, where it says so; `deadline` of whoever is to act there. The new parcel
    is the one with an exchange's new goods, where its number went straight to the marketplace.
    """

    stage: str
    raw_status: str
    kind: str = ""
    reason: str = ""
    description: str = ""
    amount: Decimal
    refunded_amount: Decimal | None = None
    deadline: datetime | None = None
    return_carrier: str = ""
    return_tracking_number: str = ""
    new_carrier: str = ""
    new_tracking_number: str = ""
    created_at: datetime
    updated_at: datetime


def is_promised(refund: Refund) -> bool:
    """Whether the buyer said yes to something instead of this refund, and it stands."""
    return any(answer for _receiver, answer in promise_asked.send(sender=Refund, refund=refund))


@dataclass
class _News:
    """What the fitting of some refunds brings that others wait for: told of them all at once."""

    settled: list[Payment] = field(default_factory=list)
    verified: list[Refund] = field(default_factory=list)
    decided: list[Refund] = field(default_factory=list)

    def tell(self, writes: WriteSet, *, actor: Actor, now: datetime) -> None:
        tell_settled(writes, self.settled, now=now)
        for signal, refunds in ((faults_verified, self.verified), (refunds_decided, self.decided)):
            if refunds:
                signal.send(sender=Refund, refunds=refunds, writes=writes, actor=actor, now=now)


def fit(writes: WriteSet, reports: Sequence[tuple[Refund, MarketplaceReport]], *, actor: Actor, now: datetime) -> None:
    """Make locked (or new) refunds, and all that hangs on them, what the reports say."""
    news = _News()
    for refund, report in reports:
        _fit(writes, refund, report, news, actor=actor, now=now)
    news.tell(writes, actor=actor, now=now)
    for refund, report in reports:
        refund_followed.send(sender=Refund, refund=refund, report=report, writes=writes, actor=actor, now=now)


def _fit(
    writes: WriteSet, refund: Refund, report: MarketplaceReport, news: _News, *, actor: Actor, now: datetime
) -> None:
    before, was, goods = refund.status, (refund.kind, refund.amount), refund.goods
    stage = MarketplaceStage(report.stage)
    if stage == MarketplaceStage.UNKNOWN and refund.is_new:
        stage = MarketplaceStage.ASKED  # it is there, and somebody has to look at it
    if stage != MarketplaceStage.UNKNOWN:
        _fit_stage(writes, refund, report, stage, news, actor=actor, now=now)
    refund.marketplace_status, refund.marketplace_read_at = report.raw_status[:100], now
    _take_words(writes, refund, report, actor=actor, now=now)
    writes.update(refund, "marketplace_status", "marketplace_read_at")
    if not refund.is_new and was != (refund.kind, refund.amount):
        writes.event(
            REFUND_CHANGED,
            refund,
            topic=refund,
            at=now,
            actor=actor,
            states=(before, before),
            kind=[was[0], refund.kind],
            amount=[f"{was[1]:.2f}", f"{refund.amount:.2f}"],
        )
    has_moved = (before, goods) != (refund.status, refund.goods)
    if has_moved or was != (refund.kind, refund.amount):
        refund.decision_sent = ""
        writes.update(refund, "decision_sent")
    if has_moved:
        _record_step(writes, refund, report, before, news, actor=actor, now=now)


def _fit_stage(
    writes: WriteSet,
    refund: Refund,
    report: MarketplaceReport,
    stage: MarketplaceStage,
    news: _News,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    before = refund.status
    status = STATUSES[stage]
    if status == RefundStatus.CLOSED and stage not in EXCHANGING and is_promised(refund):
        status = RefundStatus.WITHDRAWN  # it ended without money, as the buyer had agreed
    kind = _kind_of(refund, report, stage)
    amount = _amount_of(report, stage, kind)
    held = not refund.is_new and before not in LEFT
    holds = status not in LEFT
    if held and (not holds or refund.amount != amount):
        release(writes, [refund])
        held = False
    had_pieces = refund.holds_pieces
    refund.kind = kind
    refund.goods = RefundGoods.EXCHANGED if stage in EXCHANGING else ""
    if holds:
        _fit_holds(writes, refund, amount, had_pieces=had_pieces if held else None)
    else:
        refund.amount = amount
    is_moving = before != status
    ended_at = None
    if status in ENDED:
        ended_at = report.updated_at if is_moving else refund.resolved_at
    refund.follow(status, due_at=report.deadline if status not in ENDED else None, ended_at=ended_at)
    if is_moving or stage == MarketplaceStage.FAILED:
        refund.needs_attention = stage == MarketplaceStage.FAILED
    writes.update(refund, "kind", "goods", "amount", "needs_attention")
    writes.update(refund, "status", "due_at", "due_action", "resolved_at", "refunded_on")
    owed = amount if stage in (MarketplaceStage.AGREED, MarketplaceStage.REFUNDED) else None
    news.settled += book_reported(
        writes,
        order=refund.order,
        topic=refund,
        amount=owed,
        is_paid=stage == MarketplaceStage.REFUNDED,
        reason=report.raw_status,
        actor=actor,
        now=now,
    )
    _fit_dispute(writes, refund, before, actor=actor, now=now)
    _fit_parcels(writes, refund, report, stage, actor=actor, now=now)


def _fit_holds(writes: WriteSet, refund: Refund, amount: Decimal, *, had_pieces: bool | None) -> None:
    """Let the refund hold `amount` yuan, and its pieces if they come back; `had_pieces` is None where it held nothing.

    Yuan that it held already stay on their lines: what was paid for these goods is counted there (Q18).
    """
    pieces = refund.holds_pieces
    if pieces == had_pieces:
        return
    if refund.order.is_masked and (pieces or had_pieces is None):
        make_room(writes, refund.order, lines_of([refund])[refund.pk], amount, pieces=pieces)
    if had_pieces is None:
        hold(writes, refund, amount, pieces=int(pieces))
    else:
        hold_pieces(writes, refund, 1 if pieces else -1)


def _kind_of(refund: Refund, report: MarketplaceReport, stage: MarketplaceStage) -> str:
    """What kind the refund is, given the stage that it is in: an exchange that is paid out is none any more."""
    kind = report.kind or refund.kind
    if stage in EXCHANGING:
        return RefundKind.EXCHANGE
    if stage in PAYING and kind == RefundKind.EXCHANGE:
        return RefundKind.RETURN_AND_REFUND
    if stage in GOODS_COME_BACK and kind == RefundKind.REFUND_ONLY:
        return RefundKind.RETURN_AND_REFUND
    return kind


def _amount_of(report: MarketplaceReport, stage: MarketplaceStage, kind: str) -> Decimal:
    """Yuan that the refund amounts to: once paid out, what was paid out."""
    amount = report.amount
    if stage == MarketplaceStage.REFUNDED and report.refunded_amount is not None:
        amount = report.refunded_amount
    if amount < ZERO or (amount == ZERO and kind != RefundKind.EXCHANGE):
        raise Invalid("amount", _("The marketplace names no amount that can be refunded."))
    return amount


def _fit_dispute(writes: WriteSet, refund: Refund, before: str, *, actor: Actor, now: datetime) -> None:
    """While the marketplace decides there is one open dispute; how it decided, the refund's next stage tells."""
    if refund.status == before:
        return
    if before == RefundStatus.DISPUTED:
        drop_disputes(writes, [refund], actor=actor, now=now)
    if refund.status != RefundStatus.DISPUTED:
        return
    dispute = Dispute(
        store_id=refund.store_id,
        refund=refund,
        opened_by=CaseSide.BUYER,
        plea=refund.description or reason_given(refund.reason),
        evidence_until=refund.due_at or now + refund.rules.evidence_within,
        suggestion=suggest(refund, now),
        opened_at=now,
    )
    writes.insert(dispute)
    writes.event(
        DISPUTE_OPENED,
        dispute,
        topic=refund,
        at=now,
        actor=actor,
        states=("", dispute.status),
        rule="R7",
        opened_by=dispute.opened_by,
        claim=dispute.plea,
    )


def _fit_parcels(
    writes: WriteSet,
    refund: Refund,
    report: MarketplaceReport,
    stage: MarketplaceStage,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The new goods of an exchange are owed, or on their way, or not owed any more."""
    if refund.is_new and stage not in EXCHANGING:
        return
    standing = OwedParcel.objects.for_store(refund.store_id).filter(topic_id=refund.pk, kind=ParcelKind.EXCHANGE)
    standing = standing.exclude(status=ParcelStatus.CANCELLED).select_for_update(no_key=True).order_by("id")
    if stage not in EXCHANGING:
        if refund.status == RefundStatus.WITHDRAWN:
            return  # the parcel of an offer that the buyer took
        for parcel in standing.filter(status=ParcelStatus.OWED):
            cancel_parcel(writes, parcel, actor=actor, now=now)
        return
    parcels = list(standing)
    parcels += _owe_missing(writes, refund, {(parcel.item_id, parcel.sku) for parcel in parcels}, actor=actor, now=now)
    if stage != MarketplaceStage.TO_RESHIP:
        for parcel in parcels:
            if parcel.status == ParcelStatus.OWED:
                sent = {"carrier": report.new_carrier, "tracking_number": report.new_tracking_number}
                if report.new_tracking_number:
                    announce_parcel(writes, parcel, **sent, now=now)
                keep_promise(writes, parcel, **sent, actor=actor, now=now)


def _owe_missing(
    writes: WriteSet, refund: Refund, there: set[tuple[str, str]], *, actor: Actor, now: datetime
) -> list[OwedParcel]:
    """Owe the lines of which no parcel is `there`, by item and SKU; one that names no SKU is of whichever it has."""
    missing = [each for each in refund.own_lines if there.isdisjoint(_ways_to_name(each.line))]
    wanted = [each.line.item_id for each in missing]
    found = Product.objects.for_store(refund.store_id).filter(item_id__in=wanted) if wanted else ()
    products = {product.item_id: product for product in found}
    return [
        owe_parcel(
            writes,
            order=refund.order,
            topic=refund,
            kind=ParcelKind.EXCHANGE,
            product=products.get(each.line.item_id),
            item_id=each.line.item_id,
            sku=each.line.sku,
            title=each.line.title,
            quantity=each.quantity,
            rules=refund.rules,
            actor=actor,
            now=now,
            goods_are_back=True,
        )
        for each in missing
    ]


def _ways_to_name(line: OrderLine) -> list[tuple[str, str]]:
    return [(line.item_id, line.sku), (line.item_id, "")]


def _take_words(writes: WriteSet, refund: Refund, report: MarketplaceReport, *, actor: Actor, now: datetime) -> None:
    """What the buyer says, and the parcel in which the goods come back."""
    reason = refund.reason
    refund.reason = report.reason or reason
    refund.description = report.description[:500] or refund.description
    refund.return_carrier = report.return_carrier[:50] or refund.return_carrier
    refund.return_tracking_number = report.return_tracking_number[:64] or refund.return_tracking_number
    writes.update(refund, "reason", "description", "return_carrier", "return_tracking_number")
    if refund.reason != reason:
        count_correction(writes, refund, actor=actor, now=now)


def _step(refund: Refund, report: MarketplaceReport, before: str) -> tuple[EventType, dict]:
    """The event of a step and its data: what the rules call it, or else what happened at the marketplace."""
    amount = f"{refund.amount:.2f}"
    parcel = {"carrier": refund.return_carrier, "tracking_number": refund.return_tracking_number}
    if refund.goods != RefundGoods.EXCHANGED:
        match STEPS.get((before, refund.status)), RefundStatus(refund.status):
            case _, RefundStatus.REFUNDED:
                return REFUND_REFUNDED, {"amount": amount, "error": ""}
            case event, RefundStatus.AWAITING_RETURN | RefundStatus.REFUNDING if event:
                return event, {"amount": amount}
            case event, RefundStatus.RETURNING if event and all(parcel.values()):
                return event, parcel
            case event, RefundStatus.WITHDRAWN | RefundStatus.DISPUTED | RefundStatus.CLOSED if event:
                return event, {}
    return REFUND_FOLLOWED, {"stage": report.stage, "status": report.raw_status, "amount": amount}


def _record_step(
    writes: WriteSet,
    refund: Refund,
    report: MarketplaceReport,
    before: str,
    news: _News,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The event of a step, and what ends or counts with it."""
    event, data = _step(refund, report, before)
    states = (before, refund.status)
    writes.event(event, refund, topic=refund, at=now, actor=actor, states=states, **data)
    if report.stage in (MarketplaceStage.AGREED, MarketplaceStage.REFUNDED, *EXCHANGING):
        news.verified.append(refund)
    if before == RefundStatus.AWAITING_MERCHANT:
        news.decided.append(refund)
