"""Refunds of goods that the carrier doesn't have: paid when they are asked, and the goods stay (P2)."""

from datetime import timedelta

import pytest

from orders.carriers import sandbox
from orders.carriers.base import CarrierStage
from orders.models import SandboxParcel
from payments.settlement import settle_batch
from stores import marketplaces
from tests.api.helpers import ask, code, detail, everything
from tests.cases import for_each
from tests.parcels import NORECALL, UNPICKED, ask_everybody, shipped
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.rule("P2"), pytest.mark.usefixtures("clock")]
PARCEL = {"carrier": "SF", "tracking_number": "SF1"}


@pytest.fixture
def shop(db):
    return make_shop("pinduoduo")


def names(shop, refund):
    return [(e["name"], e["rule"]) for e in shop.merchant.get(f"refunds/{refund['id']}/timeline/").json()["results"]]


def test_an_unshipped_order_is_refunded_at_once_and_not_shipped_any_more(shop):
    order = shop.order(shipped=False)
    refund = ask(shop, order).json()
    assert (refund["status"], refund["due_at"], refund["goods"]) == ("refunding", None, "stopped")
    assert names(shop, refund)[:3] == [("refund.requested", ""), ("refund.direct", "P2"), ("payment.reserved", "P2")]
    assert code(shop.merchant.post(f"orders/{order.number}/ship/", PARCEL)) == (409, "invalid_transition", None)
    assert shop.merchant.get(f"orders/{order.number}/").json()["status"] == "cancelled"
    assert shop.merchant.get("orders/", status="unshipped").json()["results"] == []
    assert shop.merchant.get("orders/", tag="late").json()["results"] == []
    settle_batch()
    assert detail(shop, refund["id"])["status"] == "refunded"


def test_of_a_part_that_is_refunded_the_rest_is_packed(shop):
    order = shop.order(shipped=False, prices=("40.00", "19.00"), quantity=2)
    refund = ask(shop, order, amount="40.00", lines=[{"item_id": "8000", "quantity": 1}]).json()
    assert refund["status"] == "refunding"
    lines = shop.merchant.get(f"orders/{order.number}/").json()["lines"]
    assert {line["item_id"]: line["cancelled_quantity"] for line in lines} == {"8000": 1, "8001": 0}
    assert shop.merchant.post(f"orders/{order.number}/ship/", PARCEL).status_code == 200
    # What was never sent can't be sent back.
    again = ask(shop, order, kind="return_and_refund", amount="40.00", lines=[{"item_id": "8000", "quantity": 2}])
    assert code(again) == (409, "nothing_to_return", "lines")
    rest = [{"item_id": "8000", "quantity": 1}]
    assert ask(shop, order, kind="return_and_refund", amount="40.00", lines=rest).status_code == 201


def test_a_pick_up_that_is_outstanding_is_cancelled(shop):
    order = shipped(shop, UNPICKED)
    refund = ask(shop, order).json()
    assert (refund["status"], refund["goods"]) == ("refunding", "stopped")
    assert shop.reload(order).status == "cancelled"
    ask_everybody()
    assert detail(shop, refund["id"])["tracking"]["recall"]["status"] == "back"
    assert detail(shop, refund["id"])["tracking"]["shipment"]["status"] == "cancelled"


def test_of_an_order_that_waits_for_its_pick_up_the_rest_is_packed_again(shop):
    order = shipped(shop, UNPICKED, prices=("40.00", "19.00"))
    refund = ask(shop, order, amount="40.00", lines=[{"item_id": "8000", "quantity": 1}]).json()
    assert refund["status"] == "refunding"
    kept = shop.reload(order)
    assert (kept.status, kept.tracking_number, kept.shipped_at) == ("unshipped", "", None)
    assert shop.merchant.post(f"orders/{order.number}/ship/", PARCEL).status_code == 200


def test_a_courier_who_was_faster_is_asked_to_bring_the_parcel_back(shop):
    order = shipped(shop, UNPICKED)
    sandbox.pick_up(order.tracking_number)  # and nobody has told us yet
    refund = ask(shop, order).json()
    assert refund["status"] == "refunding"
    ask_everybody()
    assert detail(shop, refund["id"])["tracking"]["recall"]["status"] == "accepted"


def test_the_courier_takes_the_parcel_with_this_number_that_waits_and_once(shop):
    orders = [shipped(shop, f"{UNPICKED}{number}") for number in (1, 2)]
    ask_everybody()
    assert [sandbox.pick_up(order.tracking_number) for order in [*orders, orders[0]]] == [1, 1, 0]
    stale = SandboxParcel.objects.get(tracking_number=orders[0].tracking_number)
    sandbox.move(orders[0].tracking_number, CarrierStage.DELIVERED)
    sandbox.SandboxCarrier()._move(stale, CarrierStage.COMING_BACK)
    assert stale.stage == CarrierStage.DELIVERED, "whoever was slower takes what has become of it"
    assert SandboxParcel.objects.get(pk=stale.pk).stage == CarrierStage.DELIVERED


def test_once_it_is_picked_up_the_merchant_is_asked(shop):
    order = shipped(shop)
    assert ask(shop, order).json()["status"] == "awaiting_merchant"
    assert names(shop, ask(shop, shipped(shop, NORECALL)).json()) == [("refund.requested", "")]


def test_as_long_as_nobody_knows_whether_it_was_picked_up_nothing_is_paid(shop):
    """The carrier hasn't answered: the goods may be on their way."""
    assert ask(shop, shop.order()).json()["status"] == "awaiting_merchant"


def test_a_part_of_the_price_is_no_reason_to_stop_the_goods(shop):
    order = shop.order(shipped=False)
    refund = ask(shop, order, amount="5.00").json()
    assert (refund["status"], refund["goods"]) == ("awaiting_merchant", "")
    shop.merchant.post(f"refunds/{refund['id']}/approve/")
    assert shop.reload(order).status == "unshipped"
    # What is left of the price is the whole of it.
    settle_batch()
    assert ask(shop, order, amount="54.00").json()["status"] == "refunding"
    assert shop.reload(order).status == "cancelled"


RETURNING = [
    (rules.name, kind)
    for rules in marketplaces.newest().values()
    for kind in ("return_and_refund", "exchange")
    if kind in rules.refund_kinds
]


@for_each(("marketplace", "kind"), RETURNING)
def test_goods_that_were_never_sent_can_not_be_sent_back(marketplace, kind):
    shop = make_shop(marketplace)
    order = shop.order(shipped=False)
    refused = ask(shop, order, kind=kind)
    assert code(refused) == (409, "nothing_to_return", "kind")
    assert "Ask for a refund only" in refused.json()["errors"][0]["detail"]
    assert shop.reload(order).awaits_shipping
    assert shop.merchant.get("refunds/").json()["results"] == []
    assert ask(shop, order).status_code == 201


@for_each("marketplace", ["taote", "tmall", "kuaishou"])
def test_elsewhere_the_merchant_answers_first_and_the_goods_stay_after_the_answer(db, marketplace):
    shop = make_shop(marketplace)
    order = shop.order(shipped=False)
    refund = ask(shop, order).json()
    assert refund["status"] == "awaiting_merchant"
    shop.merchant.post(f"refunds/{refund['id']}/approve/")
    assert shop.reload(order).status == "cancelled"
    assert code(shop.merchant.post(f"orders/{order.number}/ship/", PARCEL)) == (409, "invalid_transition", None)


class TestACancelledOrder:
    """Whatever is asked of an order of which nothing is left to ship gets an answer that fits."""

    @pytest.fixture
    def order(self, shop):
        """One that was refunded whole before it shipped, late and urged and delayed as it was."""
        order = shop.order(shipped=False, now=NOON - timedelta(days=3))
        shop.buyer.post(f"orders/{order.number}/urge/")
        ask(shop, order)
        assert shop.reload(order).status == "cancelled"
        return order

    @for_each(("path", "body"), [("change-address", {"address": "上海市"}), ("urge", {})])
    def test_neither_readdressed_nor_urged(self, shop, order, path, body):
        before = everything(shop)
        answer = shop.buyer.post(f"orders/{order.number}/{path}/", body)
        assert code(answer) == (409, "invalid_transition", None)
        assert "cancelled" in answer.json()["errors"][0]["detail"]
        assert everything(shop) == before

    def test_not_delayed(self, shop, order):
        body = {"orders": [order.number], "reason": "snow", "expected_at": "2026-11-25T04:00:00Z"}
        assert code(shop.merchant.post("delay-reports/", body)) == (409, "nothing_to_ship", "orders.0")

    @for_each("tag", ["late", "soon_late", "urged", "priority_shipping", "delayed"])
    def test_carries_no_tag(self, shop, order, tag):
        assert shop.merchant.get("orders/", tag=tag).json()["results"] == []
        assert shop.merchant.get(f"orders/{order.number}/").json()["tags"] == []
