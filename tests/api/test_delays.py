"""Delay reports over the API: deadlines move, buyers are told once, and lifting takes it back (K4)."""

from datetime import datetime, timedelta

import pytest

from common import clock as wall
from common.models import Event
from common.sentences import in_readers_words
from common.tenancy import system_scope
from orders.actions import deliver_order
from orders.delays.overdue import sweep_due_reports
from orders.lateness import sweep_late_orders
from orders.models import Order
from orders.models.delay import DelayedOrder, DelayReport
from tests.api.helpers import ask, code, everything
from tests.books import amiss
from tests.cases import for_each
from tests.world import BUYER, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("K4")]
EXPECTED = NOON + timedelta(days=3)


@pytest.fixture
def shop(db):
    """A Kuaishou store."""
    return make_shop("kuaishou")


def report(shop, *orders, expected_at=EXPECTED, reason="暴雪封路"):
    numbers = [getattr(order, "number", order) for order in orders]
    return shop.merchant.post(
        "delay-reports/", {"reason": reason, "orders": numbers, "expected_at": expected_at.isoformat()}
    )


def ship_by(shop, order) -> datetime:
    return datetime.fromisoformat(shop.merchant.get(f"orders/{order.number}/").json()["ship_by"])


def tags(shop, order) -> list[str]:
    return shop.merchant.get(f"orders/{order.number}/").json()["tags"]


def events(order) -> list[str]:
    with system_scope():
        return list(Event.objects.filter(topic_id=order.pk).order_by("id").values_list("name", flat=True))


def listed(shop, **filters) -> list[str]:
    return sorted(row["number"] for row in shop.merchant.get("orders/", **filters).json()["results"])


def test_deadlines_move_and_come_back(shop):
    first, second = shop.order(shipped=False), shop.order(shipped=False)
    before = ship_by(shop, first)
    answer = report(shop, first, second)
    body = answer.json()
    assert (answer.status_code, body["status"], body["order_count"]) == (201, "open", 2)
    assert body["orders"] == [first.number, second.number]
    assert {ship_by(shop, order) for order in (first, second)} == {EXPECTED}
    assert tags(shop, first) == ["delayed"]
    assert listed(shop, tag="delayed") == [first.number, second.number]
    report(shop, other := shop.order(shipped=False))
    lifted = shop.merchant.post(f"delay-reports/{body['id']}/lift/")
    assert (lifted.status_code, lifted.json()["status"]) == (200, "lifted")
    assert {ship_by(shop, order) for order in (first, second)} == {before}
    assert (tags(shop, first), tags(shop, other)) == ([], ["delayed"])
    assert events(first)[-3:] == ["order.delayed", "buyer.notified", "order.resumed"]
    again = shop.merchant.post(f"delay-reports/{body['id']}/lift/")
    assert code(again) == (409, "invalid_transition", None)


def test_buyers_are_told_once_and_the_marketplace_fetches_it(shop):
    order = shop.order(shipped=False, buyer_id="b-7")
    report(shop, order)
    assert code(report(shop, order)) == (409, "delay_open", "orders.0")
    [notice] = shop.buyer.get("buyer-notices/").json()["results"]
    assert (notice["order"], notice["buyer"]) == (order.number, "b-7")
    assert "暴雪封路" in notice["text"]
    assert "2026-11-23 12:00" in notice["text"]
    assert "敬请谅解" in notice["text"], "in the buyers' language, whatever the caller's"
    assert shop.merchant.get("buyer-notices/", order=order.number).json()["results"] == [notice]
    path = "/api/v1/buyer-notices/"
    english = shop.merchant.client.get(path, headers={"Accept-Language": "en"}).json()["results"][0]["text"]
    assert (
        english
        == f"Your order {order.number} will be shipped by 2026-11-23 12:00: 暴雪封路. We are sorry for the delay."
    )
    assert shop.merchant.get("buyer-notices/", order="x").json()["results"] == []
    with system_scope():
        told = Event.objects.get(topic_id=order.pk, name="buyer.notified")
    assert (in_readers_words(told.data["text"]), told.rule) == (english, "K4")


def test_a_retry_with_its_key_reports_once(shop):
    order = shop.order(shipped=False)
    body = {"reason": "x", "orders": [order.number], "expected_at": EXPECTED.isoformat()}
    answers = [shop.merchant.post("delay-reports/", body, **{"Idempotency-Key": "d-1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    with system_scope():
        assert (DelayReport.objects.count(), DelayedOrder.objects.count()) == (1, 1)


def test_the_same_order_twice_in_one_report_is_one(shop):
    order = shop.order(shipped=False)
    assert report(shop, order, order).json()["order_count"] == 1


def test_each_order_at_fault_is_named_and_nothing_is_left(shop):
    good, shipped, whole, delayed = (shop.order(shipped=n == 1) for n in range(4))
    ask(shop, whole)
    report(shop, delayed)
    later = shop.order(shipped=False, now=NOON + timedelta(days=9))
    before = everything(shop)
    answer = report(shop, good, shipped, whole, delayed, later)
    errors = answer.json()["errors"]
    assert answer.status_code == 409
    assert [(error["code"], error["attr"]) for error in errors] == [
        ("order_already_shipped", "orders.1"),
        ("nothing_to_ship", "orders.2"),
        ("delay_open", "orders.3"),
        ("not_delayed", "orders.4"),
    ]
    for error, order in zip(errors, (shipped, whole, delayed, later), strict=True):
        assert order.number in error["detail"]
    missing = report(shop, good, "no-such-order", shipped)
    assert (missing.status_code, [error["attr"] for error in missing.json()["errors"]]) == (
        404,
        ["orders.1", "orders.2"],
    )
    assert everything(shop) == before


def test_bad_input_names_the_field(shop):
    order = shop.order(shipped=False)
    before = everything(shop)
    assert code(report(shop, order, expected_at=NOON)) == (400, "invalid", "expected_at")
    assert code(report(shop, order, expected_at=NOON + timedelta(days=91))) == (400, "invalid", "expected_at")
    assert code(report(shop, order, reason="")) == (400, "blank", "reason")
    assert code(report(shop, order, reason="x" * 201)) == (400, "max_length", "reason")
    assert code(report(shop)) == (400, "empty", "orders")
    assert code(shop.merchant.post("delay-reports/", {})) == (400, "required", "reason")
    assert everything(shop) == before


def test_a_shipped_order_keeps_what_it_was_when_the_report_is_lifted(shop):
    first, second = shop.order(shipped=False), shop.order(shipped=False)
    made = report(shop, first, second).json()
    shop.merchant.post(f"orders/{first.number}/ship/", {"carrier": "SF", "tracking_number": "1"})
    shop.merchant.post(f"delay-reports/{made['id']}/lift/")
    assert ship_by(shop, first) == EXPECTED
    assert shop.reload(first).rule_ship_by is None
    assert "order.resumed" not in events(first)
    assert amiss() == {}
    assert listed(shop, tag="delayed") == []


def test_the_marketplace_repeats_an_order_and_the_delay_stays(shop):
    order = shop.order(shipped=False)
    made = report(shop, order).json()
    number, rule = order.number, order.ship_by
    body = {
        "number": number,
        "buyer": {"id": "buyer-1", "name": "王小明"},
        "paid_at": (NOON - timedelta(days=1)).isoformat(),
        "address": "上海",
        "lines": [{"item_id": "8000", "quantity": 1, "unit_price": "59.00"}],
    }
    assert shop.buyer.post("orders/", body).json()["ship_by"] == EXPECTED.isoformat().replace("+00:00", "Z")
    moved = rule + timedelta(hours=5)
    shop.buyer.post("orders/", {**body, "ship_by": moved.isoformat()})
    assert ship_by(shop, order) == EXPECTED
    shop.merchant.post(f"delay-reports/{made['id']}/lift/")
    assert ship_by(shop, order) == moved


def test_a_report_is_flagged_when_its_date_passes_with_orders_left(shop, clock):
    order = shop.order(shipped=False)
    made = report(shop, order).json()
    assert sweep_due_reports() == 0
    clock.move(days=3, seconds=1)
    assert (sweep_due_reports(), sweep_due_reports()) == (1, 0)
    assert shop.merchant.get(f"delay-reports/{made['id']}/").json()["status"] == "overdue"
    assert [row["id"] for row in shop.merchant.get("delay-reports/", status="overdue").json()["results"]] == [
        made["id"]
    ]
    assert tags(shop, order) == ["late", "delayed"]
    assert shop.merchant.post(f"delay-reports/{made['id']}/lift/").json()["status"] == "lifted"


def test_a_report_whose_orders_have_all_shipped_ends_by_itself(shop, clock):
    order = shop.order(shipped=False)
    made = report(shop, order).json()
    report(shop, left := shop.order(shipped=False))
    shop.merchant.post(f"orders/{order.number}/ship/", {"carrier": "SF", "tracking_number": "1"})
    clock.move(days=4)
    assert sweep_due_reports() == 2
    assert shop.merchant.get(f"delay-reports/{made['id']}/").json()["status"] == "lifted"
    assert [row["id"] for row in shop.merchant.get("delay-reports/", status="lifted").json()["results"]] == [made["id"]]
    assert shop.merchant.get("delay-reports/", status="open").json()["results"] == []
    with system_scope():
        assert [row.order_id for row in DelayedOrder.objects.filter(is_open=True)] == [left.pk]


def test_lifting_after_the_deadline_makes_the_order_late(shop, clock):
    order = shop.order(shipped=False)
    made = report(shop, order).json()
    clock.move(days=2)
    assert tags(shop, order) == ["delayed"]
    shop.merchant.post(f"delay-reports/{made['id']}/lift/")
    assert tags(shop, order) == ["late"]


def test_after_a_lift_an_order_can_be_reported_again(shop):
    order = shop.order(shipped=False)
    made = report(shop, order).json()
    shop.merchant.post(f"delay-reports/{made['id']}/lift/")
    assert report(shop, order).status_code == 201
    assert len(shop.buyer.get("buyer-notices/").json()["results"]) == 2


@pytest.mark.rule("P8")
class TestTheShippingPromise:
    """Late and soon late."""

    @for_each(("marketplace", "hours"), [("pinduoduo", 24), ("kuaishou", 48), ("tmall", 48)])
    def test_the_deadline_is_the_marketplaces(self, marketplace, hours):
        order = make_shop(marketplace).order(shipped=False)
        assert order.ship_by == order.paid_at + timedelta(hours=hours)

    def test_soon_late_and_late_at_their_edges(self, clock):
        shop = make_shop("pinduoduo")
        order = shop.order(shipped=False, now=NOON + timedelta(days=1))  # paid now, to be shipped in 24 hours
        clock.move(hours=17, minutes=59)
        assert (tags(shop, order), listed(shop, tag="soon_late")) == ([], [])
        clock.move(minutes=1)
        assert (tags(shop, order), listed(shop, tag="soon_late")) == (["soon_late"], [order.number])
        clock.move(hours=6)
        assert (tags(shop, order), listed(shop, tag="late")) == (["soon_late"], [])
        clock.move(seconds=1)
        assert (tags(shop, order), listed(shop, tag="late")) == (["late"], [order.number])
        assert listed(shop, tag="soon_late") == []

    def test_what_was_shipped_or_claimed_back_is_not_late(self, clock):
        shop = make_shop("pinduoduo")
        shipped, whole = shop.order(), shop.order(shipped=False)
        ask(shop, whole)
        clock.move(days=3)
        assert listed(shop, tag="late") == []
        assert sweep_late_orders() == 0
        with shop.scope():
            deliver_order(store_id=shop.store.pk, number=shipped.number, actor=BUYER, now=wall.now())

    def test_an_order_becomes_late_once(self, clock):
        shop = make_shop("pinduoduo")
        order = shop.order(shipped=False)
        assert sweep_late_orders() == 0  # at the deadline itself there is still time
        clock.move(seconds=1)
        assert (sweep_late_orders(), sweep_late_orders()) == (1, 0)
        assert events(order)[-1] == "order.late"
        with system_scope():
            late = Event.objects.get(name="order.late")
            assert (late.rule, late.actor_kind) == ("P8", "system")
            assert Order.objects.get(pk=order.pk).late_at == wall.now()
        report(shop, order, expected_at=NOON + timedelta(days=2))
        clock.move(days=4)
        assert sweep_late_orders() == 0
        assert events(order).count("order.late") == 1
