"""Orders over the API: placed and delivered by the marketplace, shipped by the merchant."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.api.helpers import ask, code, everything
from tests.cases import for_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PARCEL = {"carrier": "SF", "tracking_number": "SF-1"}


def body(**fields):
    return {
        "number": "TT-1",
        "buyer": {"id": "b-1", "name": "王小明", "credit_score": 700, "vip": True},
        "paid_at": "2026-11-19T12:00:00+08:00",
        "address": "杭州市",
        "lines": [
            {"item_id": "1", "quantity": 3, "unit_price": "10.00"},
            {"item_id": "2", "quantity": 1, "unit_price": "0.50"},
        ],
        **fields,
    }


def test_an_order_is_placed_and_read_by_both_sides(taote):
    placed = taote.buyer.post("orders/", body())
    assert placed.status_code == 201
    order = placed.json()
    assert (order["status"], order["goods_status"], order["tags"]) == ("unshipped", "not_shipped", [])
    assert (order["paid_amount"], order["refundable_amount"]) == ("30.50", "30.50")
    assert order["buyer"] == {"id": "b-1", "name": "王小明", "credit_score": 700, "vip": True}
    assert order["ship_by"] == "2026-11-21T04:00:00Z"
    assert taote.merchant.get("orders/TT-1/").json() == taote.buyer.get("orders/TT-1/").json() == order


def test_the_same_number_brings_the_order_up_to_date(taote):
    taote.buyer.post("orders/", body())
    again = taote.buyer.post(
        "orders/", body(address="上海市", lines=[{"item_id": "9", "quantity": 1, "unit_price": "7"}])
    )
    assert (again.status_code, again.json()["address"], again.json()["paid_amount"]) == (200, "上海市", "7.00")
    assert [line["item_id"] for line in again.json()["lines"]] == ["9"]
    assert len(taote.merchant.get("orders/").json()["results"]) == 1


def test_an_order_has_as_many_lines_as_the_schema_says(taote):
    schema = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    bounds = schema["PlaceOrderRequest"]["properties"]["lines"]
    most = bounds["maxItems"]
    lines = [{"item_id": str(place), "quantity": 1, "unit_price": "1.00"} for place in range(most + 1)]
    assert (most, bounds["minItems"]) == (200, 1)
    for wrong in (lines, []):
        assert code(taote.buyer.post("orders/", body(lines=wrong)))[::2] == (400, "lines.non_field_errors")
    assert taote.buyer.post("orders/", body(lines=lines[:most])).status_code == 201


def test_a_delivery_that_comes_twice_changes_nothing(taote):
    taote.buyer.post("orders/", body())
    before = everything(taote)
    assert taote.buyer.post("orders/", body()).status_code == 200
    assert everything(taote) == before


@for_each("ending", [None, "withdraw"])
def test_lines_do_not_change_once_a_refund_was_asked(taote, ending):
    taote.buyer.post("orders/", body())
    refund = taote.buyer.post(
        "refunds/", {"order": "TT-1", "kind": "refund_only", "reason": "other", "amount": "5.00"}
    ).json()
    if ending:
        taote.buyer.post(f"refunds/{refund['id']}/{ending}/")
    before = everything(taote)
    answer = taote.buyer.post("orders/", body(lines=[{"item_id": "9", "quantity": 1, "unit_price": "7.00"}]))
    assert code(answer) == (409, "invalid_transition", "lines")
    assert everything(taote) == before


def test_lines_do_not_change_once_the_order_has_shipped(taote):
    taote.buyer.post("orders/", body())
    taote.merchant.post("orders/TT-1/ship/", PARCEL)
    before = everything(taote)
    answer = taote.buyer.post("orders/", body(lines=[{"item_id": "9", "quantity": 1, "unit_price": "7.00"}]))
    assert code(answer) == (409, "invalid_transition", "lines")
    assert everything(taote) == before


@for_each(
    ("fields", "attr"),
    [
        ({"number": "a b"}, "number"),
        ({"number": "x" * 65}, "number"),
        ({"number": "."}, "number"),
        ({"number": ".."}, "number"),
        ({"buyer": {"id": "b"}}, "buyer.name"),
        ({"buyer": "b"}, "buyer.non_field_errors"),
        ({"lines": []}, "lines.non_field_errors"),
        ({"lines": [{"item_id": "1", "quantity": 1, "unit_price": "1"}] * 2}, "lines"),
        ({"lines": [{"item_id": "1", "quantity": 1, "unit_price": "100000000.00"}]}, "lines.0.unit_price"),
        ({"lines": [{"item_id": "1", "quantity": 2, "unit_price": "50000000.00"}]}, "lines"),
        ({"lines": [{"item_id": "1", "quantity": 1, "unit_price": "-1"}]}, "lines.0.unit_price"),
        ({"source": "stolen"}, "source"),
        ({"address": ""}, "address"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(taote, fields, attr):
    before = everything(taote)
    answer = taote.buyer.post("orders/", body(**fields))
    assert (answer.status_code, code(answer)[2]) == (400, attr), answer.json()
    assert everything(taote) == before


def test_an_order_may_be_worth_a_hundred_million_less_a_cent(taote):
    lines = [{"item_id": "1", "quantity": 1, "unit_price": "99999999.99"}]
    assert taote.buyer.post("orders/", body(lines=lines)).json()["paid_amount"] == "99999999.99"


def test_an_order_ships_once_and_is_delivered_once(taote):
    taote.buyer.post("orders/", body())
    early = taote.buyer.post("orders/TT-1/deliver/")
    assert code(early) == (409, "invalid_transition", None)
    shipped = taote.merchant.post("orders/TT-1/ship/", PARCEL).json()
    assert (shipped["status"], shipped["goods_status"], shipped["tracking_number"]) == ("shipped", "in_transit", "SF-1")
    before = everything(taote)
    assert code(taote.merchant.post("orders/TT-1/ship/", PARCEL)) == (409, "order_already_shipped", None)
    assert everything(taote) == before
    delivered = taote.buyer.post("orders/TT-1/deliver/").json()
    assert (delivered["status"], delivered["goods_status"]) == ("delivered", "received")
    before = everything(taote)
    assert code(taote.buyer.post("orders/TT-1/deliver/")) == (409, "invalid_transition", None)
    assert everything(taote) == before


def test_a_shipped_order_keeps_its_address_and_deadline(taote):
    taote.buyer.post("orders/", body())
    before = taote.merchant.post("orders/TT-1/ship/", PARCEL).json()
    after = taote.buyer.post("orders/", body(address="elsewhere", ship_by="2027-01-01T00:00:00Z")).json()
    assert (after["address"], after["ship_by"]) == (before["address"], before["ship_by"])


def test_orders_are_found_by_status_tag_buyer_and_text(taote, clock):
    waiting, sent = taote.order(shipped=False, buyer_id="b-7"), taote.order()

    def found(**params):
        return {row["number"] for row in taote.merchant.get("orders/", **params).json()["results"]}

    assert found() == {waiting.number, sent.number}
    assert found(status="unshipped") == found(buyer="b-7") == found(q=waiting.number) == {waiting.number}
    assert found(q="SF") == {sent.number}
    assert found(tag="late") == found(tag="urged") == found(tag="priority_shipping") == set()
    clock.move(hours=25)
    assert found(tag="late") == {waiting.number}
    assert taote.merchant.get(f"orders/{waiting.number}/").json()["tags"] == ["late"]


def test_what_is_claimed_back_is_shown_on_the_order(taote):
    order = taote.order(prices=("10.00", "20.00"), quantity=2)
    ask(taote, order, kind="return_and_refund", amount="15.00", lines=[{"item_id": "8001", "quantity": 1}])
    shown = taote.merchant.get(f"orders/{order.number}/").json()
    assert (shown["paid_amount"], shown["refundable_amount"]) == ("60.00", "45.00")
    claimed = {line["item_id"]: (line["claimed_quantity"], line["claimed_amount"]) for line in shown["lines"]}
    assert claimed == {"8000": (0, "0.00"), "8001": (1, "15.00")}
