"""An exchange from request to the new parcel: goods come back, goods go out, and no money moves."""

import pytest

from orders.parcels import sweep_due_parcels
from tests.api.helpers import ask, code, detail
from tests.api.test_deadlines import nothing_until
from tests.parcels import LOST, ask_everybody, next_look
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.rule("P1")]


@pytest.fixture(params=["tmall", "kuaishou", "pinduoduo"])
def shop(request, clock, everything_holds):
    return make_shop(request.param)


@pytest.fixture
def order(shop):
    order = shop.order(prices=("30.00", "19.00"), quantity=2)
    shop.buyer.post(f"orders/{order.number}/deliver/")
    return order


def exchange(shop, order, **body):
    """A request to exchange the order's goods."""
    lines = body.pop("lines", [{"item_id": "8000", "quantity": 2}, {"item_id": "8001", "quantity": 1}])
    body = {"order": order.number, "kind": "exchange", "reason": "wrong_item", "lines": lines, **body}
    return shop.buyer.post("refunds/", body)


def sent_back(shop, order, number="R1"):
    refund = exchange(shop, order).json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").json()["status"] == "awaiting_return"
    shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": number})
    return refund


def owed(shop):
    parcels = shop.merchant.get("parcels/").json()["results"]
    return sorted((p["item_id"], p["quantity"], p["status"], p["kind"]) for p in parcels)


def is_done(shop, order, refund):
    """Closed without money, the new goods owed within 48 h, and the goods free to be asked about again."""
    done = detail(shop, refund)
    assert (done["status"], done["goods"], done["payments"], done["due_at"]) == ("closed", "exchanged", [], None)
    assert owed(shop) == [("8000", 2, "owed", "exchange"), ("8001", 1, "owed", "exchange")]
    shown = shop.merchant.get(f"orders/{order.number}/").json()
    assert (shown["refundable_amount"], [line["claimed_quantity"] for line in shown["lines"]]) == ("98.00", [0, 0])
    return done


def test_from_the_request_to_the_new_parcel(shop, order, clock):
    refund = sent_back(shop, order)
    assert detail(shop, refund)["amount"] == "79.00"
    assert shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"}).status_code == 200
    is_done(shop, order, refund)
    clock.move(hours=48)
    assert sweep_due_parcels() == 2
    parcel = shop.merchant.get("parcels/").json()["results"][0]
    assert parcel["late_at"] == "2026-11-22T04:00:00Z"
    sent = shop.merchant.post(f"parcels/{parcel['id']}/ship/", {"carrier": "SF", "tracking_number": "N1"})
    assert sent.json()["status"] == "shipped"


def test_without_an_inspection_in_time_the_new_goods_are_owed(shop, order, clock):
    refund = sent_back(shop, order)
    assert nothing_until(shop, clock, refund, days=10)["status"] == "closed"
    is_done(shop, order, refund)


def test_a_lost_return_does_not_keep_the_buyer_waiting(shop, order, clock):
    refund = sent_back(shop, order, f"{LOST}1")
    ask_everybody()
    next_look(clock)
    assert [c["amount"] for c in is_done(shop, order, refund)["tracking"]["carrier_claims"]] == ["79.00"]


def test_a_failed_inspection_rejects_it(shop, order):
    refund = sent_back(shop, order)
    assert shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "failed"}).json()["status"] == "rejected"
    assert owed(shop) == []


def test_goods_under_exchange_are_not_refunded_at_the_same_time(shop, order):
    exchange(shop, order)
    again = ask(shop, order, amount="30.00", lines=[{"item_id": "8000", "quantity": 1}])
    assert code(again) == (409, "refund_open", None)
    assert ask(shop, order, amount="19.00", lines=[{"item_id": "8001", "quantity": 1}]).status_code == 201


def test_exchanged_goods_may_be_returned_later(shop, order):
    refund = sent_back(shop, order)
    shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"})
    assert ask(shop, order, kind="return_and_refund", amount="98.00").status_code == 201


def test_goods_that_were_refunded_in_full_are_not_exchanged(shop, order):
    paid = ask(shop, order, amount="98.00").json()["id"]
    shop.merchant.post(f"refunds/{paid}/approve/")
    assert exchange(shop, order).status_code == 409


def test_goods_that_cost_nothing_are_exchanged_once_at_a_time(shop):
    order = shop.order(prices=("0.00", "19.00"))
    shop.buyer.post(f"orders/{order.number}/deliver/")
    free = [{"item_id": "8000", "quantity": 1}]
    asked = exchange(shop, order, lines=free)
    assert (asked.status_code, asked.json()["amount"]) == (201, "0.00"), asked.content
    assert code(exchange(shop, order, lines=free)) == (409, "refund_open", "lines")
    refund = asked.json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").status_code == 200
    shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": "R1"})
    shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"})
    done = detail(shop, refund)
    assert (done["status"], done["goods"], done["payments"]) == ("closed", "exchanged", [])
    assert owed(shop) == [("8000", 1, "owed", "exchange")]
    for kind in ("refund_only", "return_and_refund"):
        assert ask(shop, order, kind=kind, amount="0.01", lines=free).status_code == 409


def test_the_platform_may_grant_a_disputed_exchange(shop, order):
    refund = sent_back(shop, order)
    shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "failed"})
    dispute = shop.buyer.post("disputes/", {"refund": refund, "claim": "it is fine"}).json()["id"]
    split = {"outcome": "split", "amount": "1.00", "note": "n"}
    assert code(shop.buyer.post(f"disputes/{dispute}/decide/", split)) == (400, "invalid", "outcome")
    decided = shop.buyer.post(f"disputes/{dispute}/decide/", {"outcome": "buyer", "note": "n"})
    assert decided.status_code == 200, decided.content
    is_done(shop, order, refund)


def test_a_refund_needs_an_amount_and_taote_has_no_exchange(db, clock):
    shop = make_shop("pinduoduo")
    body = {"order": shop.order().number, "kind": "refund_only", "reason": "other"}
    assert code(shop.buyer.post("refunds/", body)) == (400, "required", "amount")
    taote = make_shop("taote")
    assert code(exchange(taote, taote.order(), lines=[{"item_id": "8000", "quantity": 1}])) == (
        400,
        "invalid_choice",
        "kind",
    )


@pytest.mark.rule("P5")
def test_a_vips_exchange_is_not_paid_in_money(db, clock):
    shop = make_shop("pinduoduo")
    order = shop.order(vip=True)
    shop.buyer.post(f"orders/{order.number}/deliver/")
    asked = exchange(shop, order, lines=[{"item_id": "8000", "quantity": 1}]).json()
    assert (asked["status"], asked["is_instant"], asked["payments"]) == ("awaiting_merchant", False, [])
    refund = ask(shop, shop.order(vip=True), kind="return_and_refund").json()
    assert refund["is_instant"], "money would have been"
