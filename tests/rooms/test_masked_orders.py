"""An order that only a marketplace's copy of a refund tells of has no address, goes nowhere, and is filled later."""

from decimal import Decimal

import pytest

from orders.bulk import ship_orders
from orders.models import Order
from tests.cases import for_each
from tests.marketplace import copied_line, copied_order, followed, told
from tests.rooms.test_following import assert_sound
from tests.rules.things import code_of
from tests.world import MERCHANT, NOON

pytestmark = pytest.mark.django_db


def whole(refund, price: str, **facts) -> dict:
    """The refund's order as the marketplace posts it in full."""
    lines = [{"item_id": "8000", "quantity": 2, "unit_price": price}]
    buyer = {"id": "buyer-9", "name": "王小明", "credit_score": 0, "vip": False}
    head = {"number": refund.order.number, "buyer": buyer, "paid_at": NOON.isoformat(), "source": "own"}
    return {**head, "address": "杭州市西湖区文三路 1 号", "lines": lines, **facts}


def test_it_is_no_warehouses(taote, clock):
    refund = followed(taote, "asked", "20.00", order=copied_order(is_shipped=False), kind="refund_only")
    order = taote.reload(refund.order)
    assert (order.status, order.address, order.is_masked) == ("unshipped", "", True)
    with taote.scope():
        assert not Order.objects.for_store(taote.store.pk).to_ship().exists()
    exported = b"".join(taote.merchant.get("orders/export/", format="csv").streaming_content).decode()
    assert order.number not in exported
    body = {"carrier": "SF", "tracking_number": "SF1234567890"}
    answer = taote.merchant.post(f"orders/{order.number}/ship/", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "address_masked")


def test_nor_is_it_shipped_among_many(taote, clock):
    masked = followed(taote, "asked", kind="refund_only", order=copied_order(is_shipped=False)).order
    sent = {"carrier": "SF", "tracking_number": "SF1"}
    parcels = [{"number": order.number, **sent} for order in (masked, taote.order(shipped=False))]
    with taote.scope():
        refused, shipped = ship_orders(store_id=taote.store.pk, parcels=parcels, actor=MERCHANT, now=NOON)
    assert (code_of(refused), shipped.status) == ("address_masked", "shipped")
    assert taote.reload(masked).status == "unshipped"


def test_it_grows_with_what_copies_tell(taote, clock):
    order = copied_order(paid_amount=None)
    first = followed(taote, "refunded", "30.00", order=order, lines=[copied_line(price=None)])
    followed(taote, "refunded", "12.50", order=order, lines=[copied_line("8001", None)])
    told(taote, first, "refunded", "31.00")
    grown = taote.reload(first.order)
    assert str(grown.claimed_amount) == "43.50"
    assert grown.paid_amount >= grown.claimed_amount
    assert_sound()


def test_pieces_cost_a_cent_more_when_a_cent_is_missing_of_them_all(taote, clock):
    refund = followed(taote, "refunded", "30.00", lines=[copied_line(price="10.00", quantity=3)])
    told(taote, refund, "refunded", "30.01")
    with taote.scope():
        line = taote.reload(refund.order).lines.get()
    assert (str(line.unit_price), str(line.claimed_amount)) == ("10.01", "30.01")
    assert_sound()


def test_pieces_whose_price_no_copy_tells_cost_together_no_less_than_was_paid(taote, clock):
    order = copied_order(paid_amount=Decimal("10.00"))
    refund = followed(taote, "refunded", "1.00", order=order, lines=[copied_line(price=None, quantity=3)])
    with taote.scope():
        assert str(taote.reload(refund.order).lines.get().unit_price) == "3.34"
    assert_sound()


@for_each("lines", [[copied_line(price="25.00")], []])
def test_the_order_itself_fills_it(taote, clock, lines):
    refund = followed(taote, "agreed", "20.00", lines=lines, kind="refund_only")
    assert taote.buyer.post("orders/", whole(refund, "59.00")).status_code in (200, 201)
    order = taote.reload(refund.order)
    assert (order.is_masked, order.address, order.buyer_id) == (False, "杭州市西湖区文三路 1 号", "buyer-9")
    assert (order.paid_amount, order.claimed_amount) == (Decimal("118.00"), Decimal("20.00"))
    told(taote, refund, "refunded", "20.00", kind="refund_only")
    assert_sound()


def test_an_order_that_cost_less_than_was_refunded_is_not_believed(taote, clock):
    refund = followed(taote, "refunded", "59.00")
    answer = taote.buyer.post("orders/", whole(refund, "10.00"))
    assert (answer.status_code, taote.reload(refund.order).is_masked) == (409, True)
    assert_sound()


def test_goods_that_cost_less_than_was_refunded_of_them_are_not_believed(taote, clock):
    """Though the whole order cost enough."""
    refund = followed(taote, "refunded", "59.00")
    goods = [("8000", "10.00"), ("8001", "300.00")]
    lines = [{"item_id": item_id, "quantity": 2, "unit_price": price} for item_id, price in goods]
    answer = taote.buyer.post("orders/", whole(refund, "10.00", lines=lines))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "invalid_transition")
    assert taote.reload(refund.order).is_masked
    assert_sound()
