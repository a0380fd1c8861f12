"""Money and coupons for a store's buyers."""

from datetime import timedelta
from decimal import Decimal

from offers.coupons import create_coupon
from payments.models import Payment
from payments.small import send_small_payment
from tests.world import MERCHANT, NOON, Shop


def make_small_payment(shop: Shop, order=None, **kwargs) -> Payment:
    """One yuan for the buyer of an order."""
    order = order or shop.order()
    with shop.scope():
        return send_small_payment(
            store=shop.store,
            order_number=order.number,
            **{"amount": Decimal("1.00"), "purpose": "other", "actor": MERCHANT, "now": NOON, **kwargs},
        )


def make_coupon(shop: Shop):
    """A coupon of the store."""
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name="Thanks",
            channel="general",
            amount_off=Decimal("1.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON,
            valid_until=NOON + timedelta(days=1),
            quantity=1,
            actor=MERCHANT,
            now=NOON,
        )
