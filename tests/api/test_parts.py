"""An order may leave in several parcels, each with its carrier, number and pieces, and each followed by itself."""

import csv
import io

import pytest

from tests.api.helpers import ask, code, detail, everything
from tests.cases import for_each
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.parcels import UNPICKED, ask_everybody
from tests.parts import A, B, left, names, of, parcels, pieces, send, two_lines
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_an_order_has_shipped_once_everything_in_it_has_left(taote):
    order = two_lines(taote)
    first = send(taote, order, "SF1", pieces(a=2, b=1)).json()
    assert (first["status"], first["goods_status"], first["is_partly_shipped"]) == ("unshipped", "not_shipped", True)
    assert (first["carrier"], first["shipped_at"], left(taote, order)) == ("", None, [0, 1])
    last = send(taote, order, "ZT2", carrier="ZTO").json()
    assert (last["status"], last["is_partly_shipped"], last["goods_status"]) == ("shipped", False, "in_transit")
    assert (last["carrier"], last["tracking_number"], last["shipped_at"]) == ("ZTO", "ZT2", "2026-11-20T04:00:00Z")
    ask_everybody()
    assert parcels(taote, order) == {
        "SF1": ("in_transit", True, {A: 2, B: 1}),
        "ZT2": ("in_transit", True, {B: 1}),
    }
    assert code(send(taote, order, "SF3")) == (409, "order_already_shipped", None)


def test_an_order_that_leaves_whole_counts_nothing(taote):
    order = two_lines(taote)
    whole = send(taote, order, "SF1", pieces(a=2, b=2)).json()
    assert (whole["status"], whole["parcels"]) == ("shipped", [])
    assert [line["shipped_quantity"] for line in whole["lines"]] == [0, 0]


@for_each(
    ("lines", "expected"),
    [
        ([{"item_id": A, "quantity": 2}], (409, "pieces_not_left", "lines")),
        ([{"item_id": "9", "quantity": 1}], (400, "does_not_exist", "lines")),
        ([{"item_id": A, "quantity": 0}], (400, "min_value", "lines.0.quantity")),
        ([{"item_id": A}], (400, "required", "lines.0.quantity")),
        ([{"item_id": A, "quantity": 1}, {"item_id": A, "quantity": 1}], (400, "invalid", "lines")),
        ([{"item_id": A, "quantity": 1, "colour": "red"}], (400, "unknown", "lines.0.colour")),
    ],
)
def test_what_cannot_be_in_a_parcel_is_named_and_leaves_nothing(taote, lines, expected):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=1))
    before = everything(taote)
    assert code(send(taote, order, "SF2", lines)) == expected
    assert everything(taote) == before


def test_a_parcel_without_any_lines_is_refused(taote):
    order = two_lines(taote)
    body = {"carrier": "SF", "tracking_number": "SF1", "lines": []}
    assert code(taote.merchant.post(f"orders/{order.number}/ship/", body))[0] == 400


def test_a_retry_with_its_key_sends_one_parcel(taote):
    order = two_lines(taote)
    body = {"carrier": "SF", "tracking_number": "SF1", "lines": pieces(a=1)}
    first, again = (taote.merchant.post(f"orders/{order.number}/ship/", body, idempotency_key="k1") for _ in range(2))
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", first.json())
    assert left(taote, order) == [1, 2]


def test_many_orders_at_once_leave_in_parts_and_the_rest_of_them(taote):
    first, second = two_lines(taote), two_lines(taote)
    send(taote, first, "SF1", pieces(a=1))
    items = [
        {"number": first.number, "carrier": "SF", "tracking_number": "SF2"},
        {"number": second.number, "carrier": "SF", "tracking_number": "SF3", "lines": pieces(b=1)},
    ]
    answers = taote.merchant.post("orders/ship/bulk/", {"items": items}).json()["results"]
    assert [(each["status"], each["body"]["status"]) for each in answers] == [(200, "shipped"), (200, "unshipped")]
    assert (left(taote, first), left(taote, second)) == ([0, 0], [2, 1])
    items[1]["lines"] = pieces(b=2)
    [_, refused] = taote.merchant.post("orders/ship/bulk/", {"items": items}).json()["results"]
    assert (refused["status"], refused["body"]["errors"][0]["code"]) == (409, "pieces_not_left")


@pytest.mark.rule("P8", "K4")
def test_an_order_is_late_until_its_last_piece_has_left(taote, clock):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2))
    clock.move(days=30)
    assert "late" in of(taote, order)["tags"]
    send(taote, order, "SF2")
    assert of(taote, order)["tags"] == []


def test_one_of_several_numbers_is_corrected(taote):
    order = two_lines(taote)
    send(taote, order, f"{UNPICKED}1", pieces(a=2))
    send(taote, order, f"{UNPICKED}2")
    ask_everybody()
    right = {"carrier": "圆通", "tracking_number": "YT77", "reason": "typed wrong"}
    path = f"orders/{order.number}/correct-shipment/"
    assert code(taote.merchant.post(path, right)) == (400, "invalid", "parcel")
    nobody = {**right, "parcel": str(order.pk)}
    assert code(taote.merchant.post(path, nobody)) == (400, "does_not_exist", "parcel")
    first = of(taote, order)["parcels"][0]["id"]
    answer = taote.merchant.post(path, {**right, "parcel": first}).json()
    assert answer["tracking_number"] == f"{UNPICKED}2"
    assert parcels(taote, order) == {
        f"{UNPICKED}1": ("replaced", False, {A: 2}),
        f"{UNPICKED}2": ("awaiting_pickup", True, {B: 2}),
        "YT77": ("announced", True, {A: 2}),
    }
    assert code(taote.merchant.post(path, {**right, "parcel": first})) == (400, "does_not_exist", "parcel")


def test_an_order_is_delivered_when_its_last_parcel_is(taote):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2))
    path = f"orders/{order.number}/deliver/"
    assert code(taote.buyer.post(path)) == (409, "invalid_transition", "parcel")
    first = of(taote, order)["parcels"][0]["id"]
    got = taote.buyer.post(path, {"parcel": first}).json()
    assert (got["status"], got["parcels"][0]["received_at"]) == ("unshipped", "2026-11-20T04:00:00Z")
    assert code(taote.buyer.post(path, {"parcel": first})) == (409, "invalid_transition", "parcel")
    send(taote, order, "SF2")
    second = of(taote, order)["parcels"][1]["id"]
    done = taote.buyer.post(path, {"parcel": second}).json()
    assert (done["status"], done["delivered_at"]) == ("delivered", "2026-11-20T04:00:00Z")
    assert [parcel["status"] for parcel in done["parcels"]] == ["delivered", "delivered"]


def test_all_parcels_arrive_where_only_the_order_is_told_of(taote):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2))
    send(taote, order, "SF2")
    done = taote.buyer.post(f"orders/{order.number}/deliver/").json()
    assert (done["status"], [parcel["status"] for parcel in done["parcels"]]) == ("delivered", ["delivered"] * 2)


@pytest.mark.rule("P1", "Q1")
def test_only_what_has_left_can_be_returned_and_what_has_not_is_not_retained(db, clock):
    shop = make_shop("tmall")
    order = two_lines(shop)
    send(shop, order, "SF1", pieces(a=2))
    here = ask(shop, order, kind="return_and_refund", amount="30.00", lines=pieces(b=1))
    assert code(here) == (409, "nothing_to_return", "lines")
    waits = ask(shop, order, amount="30.00", lines=pieces(b=1)).json()["id"]
    sent = ask(shop, order, amount="10.00", lines=pieces(a=1)).json()["id"]
    assert (detail(shop, waits)["retainable"]["ok"], detail(shop, sent)["retainable"]["ok"]) == (False, True)
    found = shop.merchant.get("refunds/", retainable="true").json()["results"]
    assert [(each["id"], each["goods_status"]) for each in found] == [(sent, "in_transit")]


@pytest.mark.rule("P1")
def test_a_piece_is_returned_once_while_others_of_its_line_are_here(taote):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=1))
    assert ask(taote, order, kind="return_and_refund", amount="10.00", lines=pieces(a=1)).status_code == 201
    again = ask(taote, order, kind="return_and_refund", amount="10.00", lines=pieces(a=1))
    assert code(again)[:2] == (409, "refund_open")


@pytest.mark.rule("K1")
def test_a_proposal_to_stay_ends_when_its_own_goods_leave(db, clock):
    shop = make_shop("kuaishou")
    order = two_lines(shop)
    refund = ask(shop, order, amount="60.00", lines=pieces(b=2)).json()["id"]
    send(shop, order, "SF1", pieces(a=2))
    assert [offer["status"] for offer in detail(shop, refund)["offers"]] == ["pending"]
    send(shop, order, "SF2", pieces(b=1))
    assert [offer["status"] for offer in detail(shop, refund)["offers"]] == ["withdrawn"]


@pytest.mark.rule("K2")
def test_the_file_for_the_erp_names_what_is_left_to_pack_and_every_number(taote):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=1))
    send(taote, order, "SF2", pieces(a=1, b=1))
    answer = taote.merchant.get("orders/export/", format="csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    [row] = list(csv.DictReader(io.StringIO(content)))
    assert (row["items"], row["pieces"], row["tracking_number"]) == (f"{B}*1", "1", "")
    assert row["parcels"] == f"SF SF1 ({A}*1); SF SF2 ({A}*1;{B}*1)"


def test_an_order_is_found_by_each_of_its_numbers(taote):
    order = two_lines(taote)
    send(taote, order, "SF-11", pieces(a=1))
    send(taote, order, "SF-22")
    for number in ("sf11", "SF 22"):
        found = taote.merchant.get("orders/", q=number).json()["results"]
        assert [each["number"] for each in found] == [order.number]


def test_the_events_tell_of_each_parcel(taote):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2))
    send(taote, order, "SF2")
    assert names(taote, order) == ["order.placed", "order.partly_shipped", "order.shipped"]


def test_the_lines_of_an_order_are_fixed_once_a_part_has_left(taote):
    order = two_lines(taote)
    send(taote, order, "SF1", pieces(a=2))
    body = {
        "number": order.number,
        "buyer": {"id": "buyer-1", "name": "王小明"},
        "paid_at": "2026-11-19T04:00:00Z",
        "address": "x",
        "lines": [{"item_id": A, "quantity": 5, "unit_price": "10.00"}],
    }
    assert code(taote.buyer.post("orders/", body)) == (409, "invalid_transition", "lines")
