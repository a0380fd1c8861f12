"""What granting a refund does to goods that the buyer doesn't have yet: leave, stop or recall them (P2, P4, R1)."""

from decimal import Decimal

import pytest

from orders.models import Shipment
from orders.states import OrderStatus, ShipmentStatus
from refunds.goods import GoodsDisposition, reach
from refunds.states import RefundKind, RefundProgramme
from tests.cases import for_each
from tests.rules.things import a_line, a_refund, a_store, an_order

MAYBE = [True, False]


def way(parcel=None, *, others=False, marketplace="pinduoduo", order=(), lines=(), **fields) -> GoodsDisposition:
    """Which way the goods of a refund go; refund only of a shipped Pinduoduo order, unless told otherwise."""
    made = an_order(*lines, store=a_store(marketplace), **{"status": OrderStatus.SHIPPED, **dict(order)})
    refund = a_refund(made, **{"kind": RefundKind.REFUND_ONLY, **fields})
    parcels = [Shipment(store_id=1, status=parcel)] if parcel else []
    return reach(refund, parcels, lambda: others).disposition


@pytest.mark.rule("P2", "P4")
@for_each(
    ("parcel", "expected"),
    [
        (ShipmentStatus.AWAITING_PICKUP, GoodsDisposition.STOP),
        (None, GoodsDisposition.RECALL),
        (ShipmentStatus.IN_TRANSIT, GoodsDisposition.RECALL),
        (ShipmentStatus.CANCELLED, GoodsDisposition.LEAVE),
        (ShipmentStatus.BACK, GoodsDisposition.LEAVE),
        (ShipmentStatus.RECALL_REFUSED, GoodsDisposition.LEAVE),
        (ShipmentStatus.DELIVERED, GoodsDisposition.LEAVE),
        (ShipmentStatus.LOST, GoodsDisposition.LEAVE),
    ],
)
def test_where_the_parcel_is_decides(parcel, expected):
    assert way(parcel) == expected


@pytest.mark.rule("P2", "P4")
@for_each("parcel", [None, *ShipmentStatus])
def test_what_is_unshipped_is_stopped_and_what_is_received_stays(parcel):
    assert way(parcel, order={"status": OrderStatus.UNSHIPPED}) == GoodsDisposition.STOP
    assert way(parcel, order={"status": OrderStatus.DELIVERED}) == GoodsDisposition.LEAVE
    assert way(parcel, order={"status": OrderStatus.CANCELLED}) == GoodsDisposition.LEAVE


@pytest.mark.rule("P2", "P4")
def test_only_where_the_marketplace_reaches_for_parcels():
    assert way(ShipmentStatus.AWAITING_PICKUP, marketplace="tmall") == GoodsDisposition.LEAVE
    assert way(ShipmentStatus.IN_TRANSIT, marketplace="kuaishou") == GoodsDisposition.LEAVE
    assert way(marketplace="taote", order={"status": OrderStatus.UNSHIPPED}) == GoodsDisposition.STOP


@pytest.mark.rule("P4", "R1")
@for_each(
    "fields",
    [{"kind": RefundKind.RETURN_AND_REFUND}, {"kind": RefundKind.EXCHANGE}, {"programme": RefundProgramme.RETURNLESS}],
)
def test_goods_that_the_buyer_sends_back_or_keeps_are_left(fields):
    assert way(ShipmentStatus.IN_TRANSIT, **fields) == GoodsDisposition.LEAVE


@pytest.mark.rule("P2", "P4")
@for_each(
    ("amount", "claimed", "others", "expected"),
    [
        ("59.00", "0.00", False, GoodsDisposition.RECALL),
        ("58.99", "0.00", False, GoodsDisposition.LEAVE),  # a part of the price is money and nothing else
        ("49.00", "10.00", False, GoodsDisposition.RECALL),  # ¥10.00 were paid of it before: the rest is all of it
        ("49.00", "10.00", True, GoodsDisposition.LEAVE),  # … unless another refund is still open
        ("59.00", "0.00", True, GoodsDisposition.RECALL),
    ],
)
def test_only_the_whole_price_touches_the_goods(amount, claimed, others, expected):
    lines = [a_line("59.00", claimed_amount=Decimal(claimed))]
    assert way(ShipmentStatus.IN_TRANSIT, lines=lines, amount=amount, others=others) == expected


@pytest.mark.rule("P4")
def test_a_part_of_a_parcel_is_not_intercepted_but_taken_out_before_pickup():
    lines = [a_line("10.00", quantity=2), a_line("5.00", item_id="8001")]
    part = {"lines": lines, "pieces": [2, 0], "amount": "20.00"}
    assert way(ShipmentStatus.IN_TRANSIT, **part) == GoodsDisposition.LEAVE
    assert way(ShipmentStatus.AWAITING_PICKUP, **part) == GoodsDisposition.STOP
    lines = [a_line("10.00", quantity=2), a_line("5.00", item_id="8001", cancelled_quantity=1)]
    assert way(ShipmentStatus.IN_TRANSIT, lines=lines, pieces=[2, 0], amount="20.00") == GoodsDisposition.RECALL


@pytest.mark.rule("P2", "P4")
def test_pieces_that_another_refund_has_are_left():
    lines = [a_line("10.00", quantity=2, claimed_quantity=1)]
    assert way(ShipmentStatus.IN_TRANSIT, lines=lines, amount="20.00") == GoodsDisposition.LEAVE
