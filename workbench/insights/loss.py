"""What a refund or a lost order costs, for the pages about them (K12)."""

from collections.abc import Sequence
from datetime import datetime

from offers.insights.loss import Loss, counted_losses, loss_of
from offers.insights.rates import costs_at, rates_of
from orders.models import Order
from refunds.models import Refund
from refunds.states import RefundStatus

LOST = frozenset({RefundStatus.REFUNDING, RefundStatus.REFUNDED})


def loss_if_lost(refund: Refund, now: datetime) -> Loss | None:
    """What paying the refund costs, while that is undecided; None afterwards."""
    if not refund.is_open or refund.status in LOST:
        return None
    return loss_of(refund.order, refund, costs_at(refund.store_id, now, refund.rules))


def loss_of_order(order: Order, refunds: Sequence[Refund]) -> Loss | None:
    """What the order's refunds have cost, each by the rates of its time; None when none was paid."""
    lost = [refund for refund in refunds if refund.status in LOST]
    if not lost:
        return None
    counted = counted_losses(lost)
    found = sum(counted.values(), Loss())
    if uncounted := [refund for refund in lost if refund.pk not in counted]:
        rates = rates_of(order.store_id)
        costs = [(refund, rates.at(refund.resolved_at, refund.rules)) for refund in uncounted]
        found = sum((loss_of(order, refund, each) for refund, each in costs), found)
    return found
