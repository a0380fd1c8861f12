"""What can be done with an order and its parcels, by where they are (P2, P8, K2–K5, Q16)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.models import DelayReport, OwedParcel, Shipment
from orders.states import OrderStatus, ParcelStatus
from orders.why_not import (
    why_not_ask_carrier,
    why_not_delay,
    why_not_deliver,
    why_not_lift,
    why_not_readdress,
    why_not_send,
    why_not_ship,
    why_not_ship_parcel,
    why_not_urge,
)
from tests.cases import for_each
from tests.rules.things import a_line, an_order, code_of
from tests.world import NOON

ALL = list(OrderStatus)
LEFT, GONE = "order_already_shipped", "invalid_transition"


@pytest.mark.rule("P2", "K2", "K3", "K5")
@for_each(
    ("why_not", "codes"),
    [
        (why_not_ship, [None, LEFT, LEFT, GONE]),
        (why_not_send, [None, LEFT, LEFT, "nothing_to_ship"]),
        (why_not_deliver, [GONE, None, GONE, GONE]),
        (why_not_readdress, [None, LEFT, LEFT, GONE]),
        (why_not_urge, [None, LEFT, LEFT, GONE]),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_where_the_order_is_decides(why_not, codes):
    assert ALL == [OrderStatus.UNSHIPPED, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED]
    orders = [an_order(status=status, carrier="SF", tracking_number="SF1") for status in ALL]
    assert [code_of(why_not(order)) for order in orders] == codes


@pytest.mark.rule("K2")
def test_what_is_claimed_back_whole_is_left_out_of_files_but_may_be_shipped_by_hand():
    claimed = an_order(a_line("59.00", claimed_amount=Decimal("59.00")), status="unshipped")
    assert code_of(why_not_send(claimed)) == "nothing_to_ship"
    assert why_not_ship(claimed) is None
    assert why_not_send(an_order(a_line("59.00", claimed_amount=Decimal("58.99")), status="unshipped")) is None
    assert why_not_send(an_order(a_line("0.00"), status="unshipped")) is None


@pytest.mark.rule("K3")
def test_after_shipping_the_reason_names_the_parcel():
    refused = why_not_readdress(an_order(carrier="SF", tracking_number="SF123"))
    assert refused.detail == (
        "The parcel is on its way (SF Express SF123): its address can't be changed any more."
        " Ask the carrier to redirect it, or return it after receipt."
    )


@pytest.mark.rule("K4")
@for_each(
    ("fields", "code"),
    [
        ({}, None),
        ({"ship_by": NOON + timedelta(days=3)}, "not_delayed"),
        ({"ship_by": NOON + timedelta(days=3) - timedelta(microseconds=1)}, None),
        ({"rule_ship_by": NOON}, "delay_open"),
        ({"status": "shipped"}, LEFT),
        ({"status": "cancelled"}, "nothing_to_ship"),
        ({"claimed_amount": Decimal("59.00"), "rule_ship_by": NOON}, "nothing_to_ship"),
    ],
)
def test_what_a_delay_report_leaves_out(fields, code):
    order = an_order(**{"status": "unshipped", **fields})
    assert code_of(why_not_delay(order, NOON + timedelta(days=3))) == code


@pytest.mark.rule("K4")
def test_a_report_is_lifted_once():
    assert why_not_lift(DelayReport(store_id=1)) is None
    assert code_of(why_not_lift(DelayReport(store_id=1, lifted_at=NOON))) == "invalid_transition"


@pytest.mark.rule("Q16")
def test_a_promised_parcel_is_sent_once_and_an_exchange_after_the_return():
    for status in ParcelStatus:
        refused = why_not_ship_parcel(OwedParcel(store_id=1, status=status))
        assert code_of(refused) == (None if status == ParcelStatus.OWED else "invalid_transition"), status
    waiting = why_not_ship_parcel(OwedParcel(store_id=1, status=ParcelStatus.AWAITING_RETURN))
    assert waiting.detail == "Wait for the buyer's return parcel: an exchange is sent after it."


def test_a_carrier_is_asked_by_hand_only_after_it_fell_silent():
    assert why_not_ask_carrier(Shipment(store_id=1, needs_attention=True)) is None
    assert code_of(why_not_ask_carrier(Shipment(store_id=1))) == "invalid_transition"
