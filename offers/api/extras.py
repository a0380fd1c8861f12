"""What offers add to a refund's detail, and to the answer about a small payment."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from drf_spectacular.utils import extend_schema_field

from common import clock
from common.api.represent import represent
from common.together import read_together
from offers.api.serializers import OfferSerializer
from offers.cautions import cautions_of_payment
from offers.eligibility import why_not_retain
from offers.insights.loss import KEPT, LOSS_PARTS, Loss, counted_losses, loss_of
from offers.insights.rates import RateHistory, rates_of_stores
from offers.kept_coupons import kept_of_orders, would_end_coupons
from offers.models import CouponGrant
from offers.retainable import filter_retainable
from offers.situation import Situation, offers_before
from orders.models import Order
from payments.api.extras import WARNINGS
from payments.models import Payment
from refunds.api.extras import DETAIL_FIELDS, LIST_FILTERS
from refunds.api.serializers import KeptCouponSerializer, RefundDetailSerializer
from refunds.models import Refund


def offers_of(refund: Refund) -> list[dict]:
    """Oldest first."""
    offers = offers_before(refund)
    for offer in offers:
        offer.refund = refund
    return [represent(OfferSerializer, offer) for offer in offers]


def retainable(refund: Refund) -> dict:
    """Whether something may be offered now."""
    refused = why_not_retain(Situation(refund, clock.now()))
    return {"ok": refused is None, "code": refused and refused.code}


def by_retainable(refunds, *, store, wanted: bool):
    """The list's filter `retainable`."""
    return filter_retainable(refunds, store=store, now=clock.now(), wanted=wanted)


def loss(refund: Refund) -> dict | None:
    """What it costs when the refund is paid, by the store's rates (K12); null when the buyer has given up."""
    if refund.status in KEPT:
        return None
    found = _counted_loss(refund)
    if found is None:
        found = loss_of(refund.order, refund, _rates_of(refund).at(refund.resolved_at or clock.now(), refund.rules))
    return {name: f"{getattr(found, name):.2f}" for name in LOSS_PARTS}


def warnings_of(payment: Payment) -> list[dict[str, str]]:
    """What speaks against a small payment."""
    refund = None
    if payment.topic_id != payment.order_id:
        refund = Refund.objects.for_store(payment.store_id).filter(pk=payment.topic_id).first()
    return [asdict(caution) for caution in cautions_of_payment(payment, refund, payment.created_at)]


@read_together
def _counted_loss(refunds: Sequence[Refund]) -> dict[UUID, Loss | None]:
    return dict.fromkeys([refund.pk for refund in refunds]) | counted_losses(refunds)


@read_together
def _rates_of(refunds: Sequence[Refund]) -> dict[UUID, RateHistory]:
    histories = rates_of_stores({refund.store_id for refund in refunds})
    return {refund.pk: histories[refund.store_id] for refund in refunds}


LIST_FILTERS["retainable"] = by_retainable


def coupons_of_order(refund: Refund) -> list[dict]:
    """What accepted offers about the order granted its buyer, and what becomes of it."""
    if not (grants := _grants_about(refund.order)):
        return []
    ends = would_end_coupons(refund)
    return [
        represent(
            KeptCouponSerializer,
            {
                "id": grant.coupon_id,
                "name": grant.coupon.name,
                "ends": ends and grant.ended_at is None,
                "ended_at": grant.ended_at,
            },
        )
        for grant in grants
    ]


@read_together
def _grants_about(orders: Sequence[Order]) -> dict[UUID, list[CouponGrant]]:
    found: dict[UUID, list[CouponGrant]] = {order.pk: [] for order in orders}
    stores = list({order.store_id for order in orders})
    for grant in kept_of_orders.all(store_ids=stores, order_ids=[order.pk for order in orders]):
        found[grant.order_id].append(grant)
    return found


DETAIL_FIELDS["kept_coupons"] = coupons_of_order
DETAIL_FIELDS["loss"] = loss
DETAIL_FIELDS["offers"] = offers_of
extend_schema_field(OfferSerializer(many=True))(RefundDetailSerializer.get_offers)
DETAIL_FIELDS["retainable"] = retainable
WARNINGS.append(warnings_of)
