"""What can be done with an order and its parcels, by where they are (P2, P8, K2–K5, Q16)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common.errors import Invalid
from orders.amounts import paid_for
from orders.corrections import why_not_correct, why_not_correct_order, why_not_correct_parcel
from orders.models import DelayReport, OwedParcel, Shipment
from orders.models.shipment_import import ShipmentImport
from orders.states import ImportStatus, OrderStatus, ParcelStatus, ShipmentStatus
from orders.why_not import (
    MOST_ORDERS,
    why_not_ask_carrier,
    why_not_change_lines,
    why_not_choose,
    why_not_confirm_import,
    why_not_delay,
    why_not_deliver,
    why_not_fill_line,
    why_not_lift,
    why_not_lower,
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
    cancelled = why_not_ship_parcel(OwedParcel(store_id=1, status=ParcelStatus.CANCELLED))
    assert cancelled.detail == "This parcel isn't owed any more."


def test_a_carrier_is_asked_by_hand_only_after_it_fell_silent():
    assert why_not_ask_carrier(Shipment(store_id=1, needs_attention=True)) is None
    assert code_of(why_not_ask_carrier(Shipment(store_id=1))) == "invalid_transition"


def test_nothing_goes_to_a_buyer_whose_address_is_masked():
    masked = an_order(status="unshipped", is_masked=True)
    assert code_of(why_not_ship(masked)) == code_of(why_not_send(masked)) == "address_masked"


def test_so_many_orders_are_chosen_at_once():
    assert (why_not_choose(MOST_ORDERS), code_of(why_not_choose(MOST_ORDERS + 1))) == (None, "too_many")


@for_each(
    ("held", "line", "code"),
    [
        ({"claimed_quantity": 1, "claimed_amount": Decimal("59.00")}, {"quantity": 1}, None),
        ({"claimed_quantity": 2}, {"quantity": 1}, GONE),
        ({"claimed_quantity": 1, "cancelled_quantity": 1}, {"quantity": 1}, GONE),
        ({"claimed_quantity": 1, "claimed_amount": Decimal("59.01")}, {"quantity": 1}, GONE),
        ({}, None, GONE),
    ],
)
def test_a_line_is_filled_by_one_that_has_what_refunds_hold_of_it(held, line, code):
    refused = why_not_fill_line(a_line(**held), line and a_line(**line))
    assert code_of(refused) == code


def test_an_order_costs_no_less_than_refunds_hold_of_it():
    assert why_not_lower(an_order(claimed_amount=Decimal("59.00"))) is None
    assert code_of(why_not_lower(an_order(claimed_amount=Decimal("59.01")))) == GONE


@pytest.mark.rule("K2")
@for_each("status", ImportStatus)
def test_a_file_is_confirmed_once_it_is_read_without_an_error_and_once(status):
    job = ShipmentImport(store_id=1, status=status, total=1)
    refused = why_not_confirm_import(job)
    assert code_of(refused) == (None if status == ImportStatus.CHECKED else GONE)
    words = {ImportStatus.READING: "still being read", ImportStatus.UNREADABLE: "can't be read"}
    assert refused is None or words.get(status, "confirmed before") in refused.detail
    job.wrong = 1
    assert code_of(why_not_confirm_import(job)) == ("import_has_errors" if refused is None else GONE)


@for_each("status", ShipmentStatus)
def test_a_number_is_corrected_before_the_carrier_has_the_parcel(status):
    is_early = status in (ShipmentStatus.ANNOUNCED, ShipmentStatus.AWAITING_PICKUP)
    code = None if is_early else "already_picked_up"
    parcel = Shipment(store_id=1, status=status)
    recalled = Shipment(store_id=1, status=status, recalled_at=NOON)
    assert (code_of(why_not_correct(parcel)), code_of(why_not_correct(recalled))) == (code, "already_picked_up")
    assert code_of(why_not_correct(None)) == GONE
    in_part = an_order(status="unshipped", shipped_pieces=1)
    for order, found in ((an_order(), code), (in_part, code), (an_order(status="unshipped"), GONE)):
        assert code_of(why_not_correct_order(order, parcel)) == found
    if not is_early:
        promised = OwedParcel(store_id=1, status=ParcelStatus.SHIPPED, shipment=parcel)
        assert code_of(why_not_correct_parcel(promised)) == code
    assert code_of(why_not_correct_parcel(OwedParcel(store_id=1, status=ParcelStatus.OWED, shipment=parcel))) == GONE


@for_each(
    ("head", "line", "attr"),
    [
        ({}, {}, None),
        ({"paid_amount": Decimal("21.00")}, {}, None),
        ({"paid_amount": Decimal("21.01")}, {}, "paid_amount"),
        ({"discount": Decimal("20.00")}, {}, None),
        ({"discount": Decimal("20.01")}, {}, "discount"),
        ({}, {"discount": Decimal("20.00")}, None),
        ({}, {"discount": Decimal("20.01")}, "lines.0.discount"),
        ({}, {"unit_price": Decimal("10000000000.00")}, "lines"),
    ],
)
def test_an_order_says_what_was_paid_for_it_or_is_refused_by_the_field(head, line, attr):
    head = {"discount": Decimal(0), "shipping_fee": Decimal(1), **head}
    lines = [{"quantity": 2, "unit_price": Decimal("10.00"), **line}]
    if attr is None:
        assert paid_for(head, lines) == Decimal(21) - head["discount"] - line.get("discount", 0)
    else:
        with pytest.raises(Invalid) as refused:
            paid_for(head, lines)
        assert refused.value.attr == attr


@for_each(
    ("fields", "code"),
    [
        ({}, None),
        ({"status": "shipped"}, GONE),
        ({"claimed_amount": Decimal("0.01")}, GONE),
        ({"shipped_pieces": 1}, GONE),
    ],
)
def test_lines_change_until_something_is_asked_back_or_packed(fields, code):
    assert code_of(why_not_change_lines(an_order(**{"status": "unshipped", **fields}))) == code
