"""Refunds that are granted the moment they are requested: not picked up yet, or a trusted buyer (P2, P5)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from common.actors import SYSTEM, Actor, ActorKind
from common.writes import WriteSet
from refunds import goods
from refunds.actions import pay, record
from refunds.events import REFUND_DIRECT, REFUND_REFUNDED_INSTANTLY
from refunds.models import Refund
from refunds.states import RefundKind

PLATFORM = Actor(ActorKind.PLATFORM)

Answer = Callable[[WriteSet, Refund, goods.Whereabouts, datetime], bool]


def answer_at_once(writes: WriteSet, refunds: Sequence[Refund], now: datetime) -> None:
    """Answer those of these refunds that can be answered without the merchant.

    They are being opened, each of another order, which is locked.
    """
    whereabouts = goods.Whereabouts([refund for refund in refunds if _may_stop(refund)])
    for refund in refunds:
        for answer in ANSWERS:
            if answer(writes, refund, whereabouts, now):
                break


def _may_stop(refund: Refund) -> bool:
    return refund.kind == RefundKind.REFUND_ONLY and refund.rules.refunds_before_pickup


def refund_before_pickup(writes: WriteSet, refund: Refund, whereabouts: goods.Whereabouts, now: datetime) -> bool:
    """The carrier doesn't have the goods yet: they aren't shipped, and the buyer is refunded (P2)."""
    if not _may_stop(refund):
        return False
    reach = whereabouts.reach(refund)
    if reach.disposition != goods.GoodsDisposition.STOP:
        return False
    before = refund.status
    refund.approve_payment()
    record(writes, REFUND_DIRECT, refund, before, actor=SYSTEM, now=now, rule="P2", amount=f"{refund.amount:.2f}")
    goods.stop(writes, refund, reach.parcels, actor=SYSTEM, now=now, rule="P2")
    pay(writes, refund, actor=SYSTEM, now=now, rule="P2")
    return True


def refund_trusted_buyer(writes: WriteSet, refund: Refund, whereabouts: goods.Whereabouts, now: datetime) -> bool:
    """Buyers of high credit and VIPs get their money at once, wherever the goods are; an exchange is no money (P5)."""
    rules, order = refund.rules, refund.order
    threshold = rules.instant_refund_credit_score
    has_credit = threshold is not None and order.buyer_credit_score >= threshold
    is_vip = rules.instant_refund_for_vip and order.buyer_is_vip
    if not refund.pays or not (has_credit or is_vip):
        return False
    before = refund.status
    refund.refund_instantly()
    record(
        writes,
        REFUND_REFUNDED_INSTANTLY,
        refund,
        before,
        actor=PLATFORM,
        now=now,
        rule="P5",
        amount=f"{refund.amount:.2f}",
        credit_score=order.buyer_credit_score,
        vip=order.buyer_is_vip,
    )
    pay(writes, refund, actor=PLATFORM, now=now, rule="P5")
    return True


# In this order.
ANSWERS: tuple[Answer, ...] = (refund_before_pickup, refund_trusted_buyer)
