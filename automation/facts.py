"""What rules look at of a refund: as it was asked for."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from common.calendar import local_time
from common.personal import known_as
from refunds.models import Refund

LOOKS_BACK = timedelta(days=90)  # at what the buyer asked for before


@dataclass(frozen=True)
class RefundFacts:
    """A refund as rules see it; `step` is the hardest quality step in force against its store, empty for none.

    `hour` is the one of the store's clock at which it was asked for, `refunds_before` counts the buyer's in 90 days.
    """

    kind: str
    reason: str
    amount: Decimal
    goods: str
    programme: str
    categories: list[str]
    items: list[str]
    credit: int
    is_vip: bool
    refunds_before: int
    step: str
    hour: int


def looked_at(refund: Refund, *, goods: str, refunds_before: int, step: str) -> RefundFacts:
    """The facts of a refund that is loaded with its order, store and lines; what it doesn't know itself is told."""
    order = refund.order
    return RefundFacts(
        kind=refund.kind,
        reason=refund.reason,
        amount=refund.amount,
        goods=goods,
        programme=refund.programme,
        categories=[line.line.category for line in refund.own_lines],
        items=[line.line.item_id for line in refund.own_lines],
        credit=order.buyer_credit_score,
        is_vip=order.buyer_is_vip,
        refunds_before=refunds_before,
        step=step,
        hour=local_time(refund.created_at, refund.store.time_zone).hour,
    )


def refunds_before(refund: Refund) -> int:
    """How many refunds the buyer asked this store for in the 90 days before this one."""
    since = refund.created_at - LOOKS_BACK
    who = known_as(refund.store, refund.order.buyer_id)
    earlier = Refund.objects.for_store(refund.store_id).filter(order__buyer_id__in=who)
    return earlier.filter(created_at__gte=since, created_at__lt=refund.created_at).exclude(pk=refund.pk).count()
