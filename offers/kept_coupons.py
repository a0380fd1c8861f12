"""Coupons that were granted for keeping an order, once the buyer gets all its money back all the same.

Whether they end then is the marketplace's choice (`coupons_end_with_refund`); if the money comes back, they hold again.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from common.actors import SYSTEM
from common.events import EventType
from common.money import ZERO
from common.queries import among, named_query
from common.writes import WriteSet
from offers.events import COUPON_ENDED, COUPON_HOLDS_AGAIN
from offers.models import CouponGrant, Offer
from orders.models import Order
from payments.models import Payment
from payments.states import PaymentStatus
from refunds.models import Refund


def kept_coupons(orders: Collection[Order]) -> QuerySet[CouponGrant]:
    """What accepted offers about these orders granted, oldest first."""
    grants = CouponGrant.objects.in_scope().filter(offer__isnull=False, order__in=[order.pk for order in orders])
    return grants.filter(store_id__in={order.store_id for order in orders}).select_related("coupon").order_by("id")


@named_query
def kept_of_orders(store_ids, order_ids):
    """The same, read."""
    grants = CouponGrant.objects.filter(among("store", store_ids), among("order", order_ids), offer__isnull=False)
    return grants.select_related("coupon").order_by("id")


def would_end_coupons(refund: Refund) -> bool:
    """Whether the coupons of its order end once this refund is paid: then nothing of the order is left.

    Small payments stand beside what was paid for the order and don't count.
    """
    order = refund.order
    if not (refund.pays and refund.rules.coupons_end_with_refund):
        return False
    return _given_back([order])[order.pk] + refund.amount >= order.paid_amount


def end_coupons(writes: WriteSet, payments: Sequence[Payment], *, now: datetime) -> None:
    """Of the orders of these payments, which have just succeeded (they are locked), end the coupons where all is back.

    The rules of the refund whose payment it is decide.
    """
    last = {payment.order_id: payment for payment in payments}
    orders = [payment.order for payment in last.values()]
    granted = kept_of_orders.all(
        store_ids=list({order.store_id for order in orders}), order_ids=[order.pk for order in orders]
    )
    holding = [grant for grant in granted if grant.ended_at is None]
    if not holding:
        return
    refunds = Refund.objects.in_scope().filter(pk__in=[payment.topic_id for payment in payments])
    ending = {refund.order_id for refund in refunds if refund.rules.coupons_end_with_refund}
    given_back = _given_back(orders, besides=payments)
    for payment in payments:
        given_back[payment.order_id] += payment.amount
    for grant in holding:
        payment = last[grant.order_id]
        if grant.order_id in ending and given_back[grant.order_id] >= payment.order.paid_amount:
            _set(writes, grant, COUPON_ENDED, payment, ended_at=now, now=now)


def revive_coupons(writes: WriteSet, payments: Sequence[Payment], *, now: datetime) -> None:
    """Money of these payments' (locked) orders came back, so that not all is refunded: their coupons hold again."""
    last = {payment.order_id: payment for payment in payments}
    for grant in kept_coupons([payment.order for payment in payments]).exclude(ended_at=None):
        _set(writes, grant, COUPON_HOLDS_AGAIN, last[grant.order_id], ended_at=None, now=now)


def _given_back(orders: Collection[Order], besides: Collection[Payment] = ()) -> dict[UUID, Decimal]:
    """Yuan of these orders that were paid back, by order, not counting the payments `besides`."""
    paid = Payment.objects.in_scope().not_small().filter(status=PaymentStatus.SUCCEEDED)
    paid = paid.filter(store_id__in={order.store_id for order in orders}, order__in=[order.pk for order in orders])
    others = paid.exclude(pk__in=[payment.pk for payment in besides]).order_by()
    return defaultdict(lambda: ZERO, others.values("order").annotate(sum=Sum("amount")).values_list("order", "sum"))


def _set(
    writes: WriteSet,
    grant: CouponGrant,
    event: EventType,
    payment: Payment,
    *,
    ended_at: datetime | None,
    now: datetime,
) -> None:
    grant.ended_at = ended_at
    writes.update(grant, "ended_at")
    Offer.objects.for_store(grant.store_id).filter(pk=grant.offer_id).update(is_rolled=False)  # it costs otherwise now
    writes.event(event, grant, topic=payment.topic_id, at=now, actor=SYSTEM, rule="Q13", coupon=grant.coupon.name)
