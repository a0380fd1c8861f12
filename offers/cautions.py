"""What costs more than it keeps: said where it is decided, and asked twice at the desk (K12, docs/adr/0029).

The only place that decides so, for offers, for coupons by hand and for small payments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from common.money import ZERO, yuan
from common.sentences import sentence as _
from offers.coupons import coupons_of, shown_of
from offers.insights.loss import loss_of
from offers.insights.rates import costs_at
from offers.methods import METHODS, Method, Terms
from offers.models import Coupon, CouponGrant, Offer
from orders.models import Order
from payments.models import Payment
from payments.small import sent_before
from refunds.models import Refund


@dataclass(frozen=True)
class Caution:
    """Something that is allowed and that nobody would want by mistake. `code` is stable, `detail` for people."""

    code: str
    detail: str


def cautions_of_offer(offer: Offer, now: datetime) -> list[Caution]:
    """What speaks against an offer, should the buyer accept it. It comes with its refund and order."""
    return _cautions(offer, coupons_of(offer), now)


def cautions_of_terms(refund: Refund, method: Method, terms: Terms, now: datetime) -> list[Caution]:
    """What would speak against an offer with these terms, were it sent now."""
    return _cautions(offer_of_terms(refund, method, terms), shown_of(terms.coupons, refund), now)


def offer_of_terms(refund: Refund, method: Method, terms: Terms) -> Offer:
    """What an offer with these terms would be, as far as its cost goes; nothing is sent."""
    return Offer(
        store_id=refund.store_id,
        refund=refund,
        method=method.code,
        amount=terms.amount,
        asked_amount=refund.amount,
        product_price=method.worth(refund, terms.product) if terms.product else None,
    )


def cautions_of_grant(grant: CouponGrant, now: datetime) -> list[Caution]:
    """What speaks against a coupon that was given by hand for an order: those before it count together with it (K7)."""
    given = CouponGrant.objects.for_store(grant.store_id).filter(order=grant.order, offer=None)
    cost = given.aggregate(total=Sum("coupon__amount_off"))["total"]
    return _too_dear(cost, grant.order, None, now)


def _cautions(offer: Offer, coupons: Sequence[Coupon], now: datetime) -> list[Caution]:
    refund, method = offer.refund, METHODS[offer.method]
    found = []
    is_all = offer.amount is not None and offer.amount >= offer.asked_amount
    if is_all and method.spares_return and refund.has_left:
        kept = _("The buyer keeps the goods and gets all the money that was asked for: %(asked)s.")
        found.append(Caution("buyer_keeps_goods_and_money", kept % {"asked": yuan(offer.asked_amount)}))
    return found + _too_dear(method.cost(offer, coupons), refund.order, refund, now)


def cautions_of_payment(payment: Payment, refund: Refund | None, now: datetime) -> list[Caution]:
    """What speaks against a small payment about its order, or about a refund of it.

    It counts together with the order's earlier small payments. Nothing speaks against a payment of another kind: what
    it belongs to was decided before.
    """
    if not payment.is_small:
        return []
    return _too_dear(payment.amount + sent_before(payment), payment.order, refund, now)


def _too_dear(cost: Decimal, order: Order, refund: Refund | None, now: datetime) -> list[Caution]:
    """Whether `cost` yuan are more than the whole order brought, or than granting the refund would cost.

    Granting costs the refund's amount at least, so the store's rates are read only for what costs more.
    """
    found = []
    if cost > order.paid_amount:
        dear = _("This costs %(cost)s. The whole order was paid with %(paid)s.")
        found.append(Caution("costs_more_than_order", dear % {"cost": yuan(cost), "paid": yuan(order.paid_amount)}))
    if refund is not None and ZERO < refund.amount < cost:
        lost = loss_of(order, refund, costs_at(refund.store_id, now, refund.rules)).total
        if cost > lost:
            dear = _("This costs %(cost)s. Granting the request costs %(lost)s, the hidden costs included.")
            found.append(Caution("costs_more_than_granting", dear % {"cost": yuan(cost), "lost": yuan(lost)}))
    return found
