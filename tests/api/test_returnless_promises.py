"""What refund without return promises, for which orders (R1, R3, R4, R6, R9).

Also what asks for it, and what live rooms read.
"""

from datetime import timedelta

import pytest
from django.test import Client

from orders.models import OrderLine
from refunds.returnless import programme
from refunds.sweeps import sweep_due_refunds
from stores import actions as store_actions
from tests.api.helpers import code, detail
from tests.returnless import STEPS, accounts, ask, join, open_shop, place, state
from tests.world import MERCHANT, NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop(db):
    return open_shop()


@pytest.mark.rule("R3")
def test_it_holds_from_the_next_live_session(shop, clock):
    shop.buyer.post("returnless/live-sessions/", {"live_session": "L0"})
    join(shop, session=None)
    assert place(shop, "K1", live_session="L0") == [None]
    assert place(shop, "K2") == [None]
    clock.move(hours=1)
    again = shop.buyer.post("returnless/live-sessions/", {"live_session": "L0"})
    assert (again.status_code, again.json()["covered"]) == (200, False)
    assert state(shop)["status"] == "confirmed"
    late_news = {"live_session": "L-early", "started_at": (NOON - timedelta(minutes=1)).isoformat()}
    assert shop.buyer.post("returnless/live-sessions/", late_news).json()["covered"] is False
    assert state(shop)["status"] == "confirmed"
    assert shop.buyer.post("returnless/live-sessions/", {"live_session": "L1"}).json()["covered"] is True
    assert (state(shop)["status"], state(shop)["in_force_since"]) == ("in_force", "2026-11-20T05:00:00Z")
    later = NOON + timedelta(hours=1)
    assert place(shop, "K3", paid_at=later) == ["returnless"]
    assert place(shop, "K4", paid_at=NOON, live_session="L1") == ["returnless"]
    assert place(shop, "K5", paid_at=NOON) == [None], "paid before it was in force"
    assert place(shop, "K6", paid_at=later, live_session="L0") == [None], "that room was never told"
    assert place(shop, "K7", "8001", paid_at=later) == [None], "not on the list"


@pytest.mark.rule("R3")
def test_what_is_added_waits_for_the_next_session_and_what_was_promised_stays(shop, clock):
    join(shop)
    assert place(shop, "K1") == ["returnless"]
    clock.move(minutes=10)
    now = NOON + timedelta(minutes=10)
    shop.merchant.put("returnless/", {"products": ["8001"]})
    assert place(shop, "K2", "8001", paid_at=now) == [None]
    assert place(shop, "K3", "8000", paid_at=now) == [None], "taken off the list: not promised any more"
    clock.move(minutes=10)
    now = NOON + timedelta(minutes=20)
    shop.buyer.post("returnless/live-sessions/", {"live_session": "L2"})
    assert place(shop, "K4", "8001", paid_at=now) == ["returnless"]
    with shop.scope():
        programme.leave_programme(store=shop.store, actor=MERCHANT, now=now)
    assert place(shop, "K5", "8001", paid_at=now) == [None]
    for number, promised in (("K1", "returnless"), ("K4", "returnless"), ("K2", None)):
        assert shop.merchant.get(f"orders/{number}/").json()["lines"][0]["programme"] == promised
    assert ask(shop, "K1")["programme"] == "returnless"
    assert ask(shop, "K2")["programme"] is None


@pytest.mark.rule("R3")
def test_a_marketplace_that_corrects_an_order_takes_no_promise_away(shop):
    join(shop)
    assert place(shop, "K1", "8000", "8001", ship=False) == ["returnless", None]
    assert place(shop, "K1", "8001", "8000", ship=False, price="58.00") == [None, "returnless"]


@pytest.mark.rule("R4")
def test_only_own_products_of_own_orders(shop):
    refused = shop.merchant.put("returnless/", {**STEPS, "products": ["8000", "8002"]})
    assert code(refused) == (409, "product_not_eligible", "products")
    join(shop)
    for number, source in (("K1", "distribution"), ("K2", "third_party")):
        assert place(shop, number, source=source) == [None]
        assert ask(shop, number)["programme"] is None
    shop.merchant.patch("products/8000/", {"source": "third_party"})
    assert place(shop, "K3") == [None], "the product itself was moved to another platform"


@pytest.mark.rule("R1")
def test_which_requests_run_under_the_programme(shop):
    join(shop)
    place(shop, "K1", "8000", "8001")
    assert ask(shop, "K1", "10.00")["programme"] is None, "one of the goods was not promised"
    one = ask(shop, "K1", "10.00", lines=[{"item_id": "8000", "quantity": 1}])
    assert one["programme"] == "returnless"
    place(shop, "K2")
    assert ask(shop, "K2", kind="return_and_refund")["programme"] is None
    place(shop, "K3", ship=False)
    assert ask(shop, "K3")["programme"] is None, "nothing has shipped: there is nothing to keep"
    listed = shop.merchant.get("refunds/", programme="returnless").json()["results"]
    assert [row["id"] for row in listed] == [one["id"]]


@pytest.mark.rule("R1")
def test_the_merchant_talks_first_and_the_clock_goes_on(shop, clock):
    join(shop)
    place(shop, "K1")
    refund = ask(shop, "K1")
    answer = shop.merchant.post(f"refunds/{refund['id']}/negotiate/", {"text": "补您一瓶可以吗？"})
    assert answer.status_code == 200
    assert answer.json()["negotiating_since"] == "2026-11-20T04:00:00Z"
    assert answer.json()["due_at"] == refund["due_at"]
    [message] = shop.buyer.get(f"refunds/{refund['id']}/messages/").json()["results"]
    assert (message["from"], message["text"]) == ("merchant", "补您一瓶可以吗？")
    clock.move(hours=48)
    refused = shop.merchant.post(f"refunds/{refund['id']}/negotiate/", {"text": "?"})
    assert code(refused) == (409, "invalid_transition", None)
    assert sweep_due_refunds() == 1
    assert detail(shop, refund["id"])["status"] == "refunding"
    assert accounts(shop, refund["id"]) == [("service_budget", "pending")]
    place(shop, "K2", "8001")
    ordinary = ask(shop, "K2")
    refused = shop.merchant.post(f"refunds/{ordinary['id']}/negotiate/", {"text": "?"})
    assert code(refused) == (409, "method_not_available", None)


@pytest.mark.rule("R6")
def test_live_rooms_read_badges_with_and_without_a_key(shop):
    public = f"/live/{shop.store.code}/badges.json"
    nothing = {"certified": False, "items": []}
    assert Client().get(public).json() == Client().get("/live/no-such-store/badges.json").json() == nothing
    shop.buyer.post("returnless/live-sessions/", {"live_session": "L0"})
    join(shop)
    both = {"item_id": ["8000", "8001"]}
    for api in (shop.merchant, shop.buyer):
        assert api.get("returnless/badges/", **both).json() == {
            "certified": True,
            "items": [{"item_id": "8000", "badge": True}, {"item_id": "8001", "badge": False}],
        }
        old_room = api.get("returnless/badges/", item_id="8000", live_session="L0").json()
        assert old_room["items"] == [{"item_id": "8000", "badge": False}]
        assert api.get("returnless/badges/", live_session="L1").json()["items"] == [{"item_id": "8000", "badge": True}]
    answer = Client().get(public)
    assert answer.json() == {"certified": True, "items": [{"item_id": "8000", "badge": True}]}
    assert "max-age=30" in answer["Cache-Control"]
    assert code(shop.merchant.get("returnless/badges/", item_id="x")) == (400, "invalid", "item_id")


@pytest.mark.rule("R9")
def test_it_is_no_quality_refund_whatever_the_reason(shop):
    join(shop)
    place(shop, "K1")
    place(shop, "K2", "8001")
    assert ask(shop, "K1", reason="quality")["programme"] == "returnless"
    before = shop.merchant.get("quality/").json()
    assert (before["quality_refunds"], before["orders"]) == (0, 2), "in the denominator only"
    assert ask(shop, "K2", reason="quality")["programme"] is None
    assert shop.merchant.get("quality/").json()["quality_refunds"] == 1


def test_a_session_in_the_future_is_not_told(shop):
    body = {"live_session": "L9", "started_at": (NOON + timedelta(minutes=1)).isoformat()}
    assert code(shop.buyer.post("returnless/live-sessions/", body)) == (400, "invalid", "started_at")


def test_stores_without_the_programme_place_orders_without_a_thought(shop):
    assert place(shop, "K1") == [None]
    with shop.scope():
        assert OrderLine.objects.get(order__number="K1").programme == ""
        store_actions.update_store(store=shop.store, name="N", actor=MERCHANT, now=NOON)
