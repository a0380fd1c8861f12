"""What a store owes its orders, and says of those that are late."""

from datetime import timedelta

from common.writes import WriteSet
from orders.delays.actions import report_delay
from orders.parcels import owe_parcel
from tests.world import BUYER, MERCHANT, NOON, Shop


def make_parcel(shop: Shop):
    """A promised gift."""
    refund, writes = shop.refund(), WriteSet()
    with shop.scope():
        parcel = owe_parcel(
            writes,
            order=refund.order,
            topic=refund,
            kind="gift",
            product=None,
            item_id="8000",
            sku="",
            title="Quilt",
            quantity=1,
            rules=refund.rules,
            actor=BUYER,
            now=NOON,
        )
        writes.flush()
    return parcel


def make_delay(shop: Shop):
    """A delay report about one order."""
    with shop.scope():
        return report_delay(
            store=shop.store,
            reason="snow",
            order_numbers=[shop.order(shipped=False).number],
            expected_at=NOON + timedelta(days=3),
            actor=MERCHANT,
            now=NOON,
        )
