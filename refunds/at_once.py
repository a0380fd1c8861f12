"""Requests that are answered the moment they are made: the first of these that knows an answer gives it."""

from collections.abc import Callable
from datetime import datetime

from common.actors import SYSTEM
from common.writes import WriteSet
from refunds import goods
from refunds.actions import pay, record
from refunds.models import Refund
from refunds.states import Kind

Answer = Callable[[WriteSet, Refund, datetime], bool]


def answer_at_once(writes: WriteSet, refund: Refund, now: datetime) -> None:
    """Answer a refund that is being opened, its order locked, if something can be answered without the merchant."""
    for answer in ANSWERS:
        if answer(writes, refund, now):
            return


def refund_before_pickup(writes: WriteSet, refund: Refund, now: datetime) -> bool:
    """The carrier doesn't have the goods yet: they aren't shipped, and the buyer is refunded (P2)."""
    if refund.kind != Kind.REFUND_ONLY or not refund.rules.refunds_before_pickup:
        return False
    whereabouts = goods.Whereabouts([refund])
    if whereabouts.way_of(refund) != goods.Way.STOP:
        return False
    before = refund.status
    refund.approve_payment()
    record(writes, "direct", refund, before, actor=SYSTEM, now=now, rule="P2", amount=str(refund.amount))
    goods.stop(writes, refund, whereabouts.parcel_of(refund), actor=SYSTEM, now=now, rule="P2")
    pay(writes, refund, actor=SYSTEM, now=now, rule="P2")
    return True


# In this order.
ANSWERS: tuple[Answer, ...] = (refund_before_pickup,)
