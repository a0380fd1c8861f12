"""What the platform answers the moment a refund is asked for, before its merchant sees it."""

from collections.abc import Callable
from datetime import datetime

from django.dispatch import receiver

from common.actors import Actor, ActorKind
from common.writes import WriteSet
from refunds.actions import pay, record
from refunds.models import Refund
from refunds.signals import refund_requested
from refunds.states import Kind

PLATFORM = Actor(ActorKind.PLATFORM)


def refund_trusted_buyer(writes: WriteSet, refund: Refund, *, now: datetime) -> bool:
    """Buyers of high credit and VIPs get their money at once, wherever the goods are; an exchange is no money (P5)."""
    rules, order = refund.rules, refund.order
    threshold = rules.instant_refund_credit_score
    has_credit = threshold is not None and order.buyer_credit_score >= threshold
    is_vip = rules.instant_refund_for_vip and order.buyer_is_vip
    if refund.kind == Kind.EXCHANGE or not (has_credit or is_vip):
        return False
    before = refund.status
    refund.refund_instantly()
    pay(writes, refund, actor=PLATFORM, now=now, rule="P5")
    record(
        writes,
        "refunded_instantly",
        refund,
        before,
        actor=PLATFORM,
        now=now,
        rule="P5",
        amount=str(refund.amount),
        credit_score=order.buyer_credit_score,
        vip=order.buyer_is_vip,
    )
    return True


# In this order; the first that applies answers, and the rest aren't asked.
ANSWERS: tuple[Callable[..., bool], ...] = (refund_trusted_buyer,)


@receiver(refund_requested)
def answer_at_once(sender, refund, writes, now, **kwargs) -> None:
    """Let the first rule that applies answer the request."""
    any(answer(writes, refund, now=now) for answer in ANSWERS)
