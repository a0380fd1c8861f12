"""Refund without return over the API: joining, what is promised, what pays, what live rooms read (R1–R6, R8, R10)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from common.models import Event
from orders.models import OrderLine
from payments.models import Transfer
from payments.settlement import settle_batch
from refunds.returnless import programme
from refunds.sweeps import sweep_due_refunds
from stores import actions as store_actions
from tests.api.helpers import code, detail, everything
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

STEPS = {
    "agreement_version": "3.0",
    "budget": "500.00",
    "auto_top_up": {"on": False, "threshold": "0.00", "amount": "0.00"},
    "products": ["8000"],
}


@pytest.fixture
def shop(db):
    """A Kuaishou store with two products of its own and one of the distribution library."""
    shop = make_shop("kuaishou")
    for item_id, source in (("8000", "own"), ("8001", "own"), ("8002", "distribution")):
        body = {"item_id": item_id, "title": f"Quilt {item_id}", "price": "59.00", "source": source}
        assert shop.merchant.post("products/", body).status_code == 201
    return shop


def join(shop, session="L1", **settings):
    """Do every step, confirm, and start a live session."""
    assert shop.merchant.put("returnless/", {**STEPS, **settings}).status_code == 200
    answer = shop.merchant.post("returnless/enrol/")
    assert answer.status_code == 200, answer.content
    if session:
        assert shop.buyer.post("returnless/live-sessions/", {"live_session": session}).status_code == 201
    return shop


def place(shop, number, *items, ship=True, paid_at=NOON, price="59.00", **head):
    """The marketplace places an order of these items (8000), and it is shipped; returns the lines' programmes."""
    body = {
        "number": number,
        "buyer": {"id": head.pop("buyer_id", "b1"), "name": "李佳怡"},
        "paid_at": paid_at.isoformat(),
        "address": "成都市武侯区",
        "lines": [{"item_id": item, "quantity": 1, "unit_price": price} for item in items or ("8000",)],
        **head,
    }
    answer = shop.buyer.post("orders/", body)
    assert answer.status_code in (200, 201), answer.content
    if ship:
        shop.merchant.post(f"orders/{number}/ship/", {"carrier": "SF", "tracking_number": "SF1"})
    return [line["programme"] for line in answer.json()["lines"]]


def ask(shop, number, amount="59.00", **body):
    """The buyer asks for a refund only."""
    body = {"order": number, "kind": "refund_only", "reason": "quality", "amount": amount, **body}
    answer = shop.buyer.post("refunds/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def state(shop):
    return shop.merchant.get("returnless/").json()


def budget(shop):
    return tuple(state(shop)["budget"].values())


def accounts(shop, refund_id):
    """From which account the refund was paid, and in which phase that is."""
    with shop.scope():
        rows = Transfer.objects.filter(topic_id=refund_id).select_related("debit_account").order_by("id")
        return [(row.debit_account.kind, row.phase) for row in rows]


def events(shop, name):
    with shop.scope():
        return list(Event.objects.for_store(shop.store.pk).filter(name=name).order_by("id"))


@pytest.mark.rule("R2")
def test_a_store_joins_step_by_step_and_each_step_names_the_next(shop):
    steps = ["agreement_version", "budget", "auto_top_up", "products"]
    for done, field in enumerate(steps):
        for later in steps[done + 1 :]:
            refused = shop.merchant.put("returnless/", {later: STEPS[later]})
            assert code(refused) == (409, "enrolment_incomplete", field)
        assert code(shop.merchant.post("returnless/enrol/")) == (409, "enrolment_incomplete", field)
        answer = shop.merchant.put("returnless/", {field: STEPS[field]}).json()
        assert answer["steps_done"] == ["agreement", "budget", "auto_top_up", "products"][: done + 1]
    assert answer["next_step"] == "confirm"
    assert answer["status"] == "ready"
    assert shop.merchant.post("returnless/enrol/").json()["status"] == "confirmed"
    [accepted] = events(shop, "returnless.agreement_accepted")
    assert (accepted.at, accepted.data["version"], accepted.actor) == (NOON, "3.0", "merchant:erp")
    agreement = state(shop)["agreement"]
    assert (agreement["version"], agreement["accepted_by"]) == ("3.0", "erp")
    assert agreement["accepted_at"] == "2026-11-20T04:00:00Z"
    assert code(shop.merchant.post("returnless/enrol/")) == (409, "invalid_transition", None)


@pytest.mark.rule("R2")
def test_all_steps_at_once_or_none(shop):
    before = everything(shop)
    refused = shop.merchant.put("returnless/", {**STEPS, "products": ["8000", "424242"]})
    assert code(refused) == (409, "product_not_in_warehouse", "products")
    assert everything(shop) == before
    wrong = shop.merchant.put("returnless/", {**STEPS, "agreement_version": "2.0"})
    assert code(wrong) == (400, "invalid", "agreement_version")
    assert everything(shop) == before
    answer = shop.merchant.put("returnless/", STEPS).json()
    assert answer["status"] == "ready"
    assert answer["budget"] == {"balance": "500.00", "reserved": "0.00", "available": "500.00"}


@pytest.mark.rule("R2")
@pytest.mark.parametrize("marketplace", ["tmall", "taote", "pinduoduo"])
def test_other_marketplaces_do_not_have_it(marketplace):
    shop = make_shop(marketplace)
    for answer in (
        shop.merchant.put("returnless/", STEPS),
        shop.merchant.post("returnless/enrol/"),
        shop.merchant.post("returnless/top-up/", {"amount": "1.00"}),
        shop.buyer.post("returnless/live-sessions/", {"live_session": "L"}),
    ):
        assert code(answer) == (409, "method_not_available", None)
    assert state(shop)["offered"] is False
    assert shop.merchant.get("returnless/badges/").json() == {"certified": False, "items": []}


@pytest.mark.rule("R2")
def test_an_empty_budget_cannot_be_confirmed(shop):
    shop.merchant.put("returnless/", {**STEPS, "budget": "0.00"})
    assert code(shop.merchant.post("returnless/enrol/")) == (409, "budget_exhausted", "budget")
    assert shop.merchant.post("returnless/top-up/", {"amount": "10.00"}).status_code == 200
    assert shop.merchant.post("returnless/enrol/").status_code == 200


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


@pytest.mark.rule("R5")
def test_an_approved_amount_is_reserved_then_drawn_from_the_budget(shop):
    join(shop)
    place(shop, "K1")
    refund = ask(shop, "K1")["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    assert budget(shop) == ("500.00", "59.00", "441.00")
    assert settle_batch() == 1
    assert budget(shop) == ("441.00", "0.00", "441.00")
    assert accounts(shop, refund) == [("service_budget", "posted")]
    assert detail(shop, refund)["status"] == "refunded"


@pytest.mark.rule("R5")
def test_a_declined_payment_gives_the_reservation_back_once(shop):
    join(shop)
    place(shop, "K1", buyer_id="sandbox-decline")
    refund = ask(shop, "K1")["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    settle_batch()
    settle_batch()
    assert budget(shop) == ("500.00", "0.00", "500.00")
    assert accounts(shop, refund) == [("service_budget", "voided")]


@pytest.mark.rule("R5")
def test_below_its_threshold_it_tops_itself_up(shop):
    join(shop, budget="100.00", auto_top_up={"on": True, "threshold": "60.00", "amount": "25.00"})
    place(shop, "K1")
    refund = ask(shop, "K1")["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    assert budget(shop) == ("125.00", "59.00", "66.00"), "41.00 would be left: 25.00 more"
    [first, automatic] = events(shop, "budget.topped_up")
    assert (first.data["amount"], first.data["automatic"]) == ("100.00", False)
    assert (automatic.data["amount"], automatic.data["automatic"], automatic.rule) == ("25.00", True, "R5")
    place(shop, "K2", price="300.00")
    big = ask(shop, "K2", "300.00")["id"]
    shop.merchant.post(f"refunds/{big}/approve/")
    assert accounts(shop, big) == [("service_budget", "pending")], "more than it held: topped up as often as it takes"
    assert budget(shop) == ("425.00", "359.00", "66.00")


@pytest.mark.rule("R5")
def test_a_spent_budget_promises_nothing_new_and_keeps_what_was_promised(shop):
    join(shop, budget="60.00")
    place(shop, "K1")
    place(shop, "K2", buyer_id="b2")
    first, second = ask(shop, "K1")["id"], ask(shop, "K2")["id"]
    shop.merchant.post(f"refunds/{first}/approve/")
    assert place(shop, "K3") == ["returnless"], "1.00 is left"
    shop.merchant.post(f"refunds/{second}/approve/")
    assert accounts(shop, second) == [("merchant_funds", "pending")]
    [exceeded] = events(shop, "budget.exceeded")
    assert (str(exceeded.topic_id), exceeded.data["amount"], exceeded.data["available"]) == (second, "59.00", "1.00")
    assert place(shop, "K4") == [None]
    assert shop.merchant.get("returnless/badges/", item_id="8000").json() == {
        "certified": True,
        "items": [{"item_id": "8000", "badge": False}],
    }
    settle_batch()
    assert budget(shop) == ("1.00", "0.00", "1.00")
    assert detail(shop, second)["status"] == "refunded"
    shop.merchant.post("returnless/top-up/", {"amount": "100.00"})
    assert place(shop, "K5") == ["returnless"]


def test_a_budget_is_lowered_but_not_below_what_is_on_its_way(shop):
    join(shop)
    place(shop, "K1")
    shop.merchant.post(f"refunds/{ask(shop, 'K1')['id']}/approve/")
    assert code(shop.merchant.put("returnless/", {"budget": "58.99"})) == (409, "budget_exhausted", "budget")
    assert shop.merchant.put("returnless/", {"budget": "59.00"}).status_code == 200
    assert budget(shop) == ("59.00", "59.00", "0.00")
    assert place(shop, "K2") == [None]


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


@pytest.mark.rule("R8")
def test_from_2_0_in_one_step_with_budget_and_products(shop):
    with shop.scope():
        programme.register_earlier(
            store=shop.store, version="2.0", budget=Decimal("80.00"), item_ids=["8000"], actor=MERCHANT, now=NOON
        )
    assert (state(shop)["version"], state(shop)["status"]) == ("2.0", "earlier")
    assert code(shop.merchant.put("returnless/", {"budget": "1.00"})) == (409, "enrolment_incomplete", "upgrade")
    assert code(shop.merchant.put("returnless/", STEPS)) == (409, "enrolment_incomplete", "upgrade")
    assert place(shop, "K1") == [None]
    answer = shop.merchant.post("returnless/enrol/", {"upgrade": True}).json()
    assert (answer["version"], answer["status"], answer["agreement"]["version"]) == ("3.0", "confirmed", "3.0")
    assert answer["budget"]["balance"] == "80.00"
    assert [product["item_id"] for product in answer["products"]] == ["8000"]
    shop.buyer.post("returnless/live-sessions/", {"live_session": "L1"})
    assert place(shop, "K2") == ["returnless"]
    assert code(shop.merchant.post("returnless/enrol/", {"upgrade": True})) == (409, "invalid_transition", "upgrade")


@pytest.mark.rule("R8")
def test_1_0_has_ended_and_its_stores_join_anew(shop):
    with shop.scope():
        programme.register_earlier(
            store=shop.store, version="1.0", budget=Decimal("80.00"), item_ids=["8000"], actor=MERCHANT, now=NOON
        )
    refused = shop.merchant.post("returnless/enrol/", {"upgrade": True})
    assert code(refused) == (409, "method_not_available", "upgrade")
    assert code(shop.merchant.post("returnless/enrol/")) == (409, "enrolment_incomplete", "agreement_version")
    join(shop)
    assert place(shop, "K1") == ["returnless"]


def test_the_operator_registers_an_earlier_programme(shop):
    code_of = shop.store.code
    call_command("register_programme", code_of, "--programme-version=2.0", "--budget=80.00", "--products", "8000")
    assert (state(shop)["version"], state(shop)["budget"]["balance"]) == ("2.0", "80.00")
    for arguments in (
        [code_of, "--programme-version=2.0"],
        ["no-such-store", "--programme-version=2.0"],
        [code_of, "--programme-version=2.0", "--budget=1e3"],
    ):
        with pytest.raises(CommandError):
            call_command("register_programme", *arguments)


@pytest.mark.rule("R7")
def test_either_side_asks_the_platform_and_what_it_grants_is_drawn_from_the_budget(shop):
    join(shop)
    place(shop, "K1")
    place(shop, "K2", buyer_id="b2")
    for api, number, outcome in ((shop.merchant, "K1", "buyer"), (shop.buyer, "K2", "merchant")):
        refund = ask(shop, number)["id"]
        dispute = api.post("disputes/", {"refund": refund, "claim": "请平台介入"}).json()
        assert detail(shop, refund)["status"] == "disputed"
        decided = shop.buyer.post(f"disputes/{dispute['id']}/decide/", {"outcome": outcome, "note": "已核实"})
        assert decided.status_code == 200, decided.content
        assert accounts(shop, refund) == ([("service_budget", "pending")] if outcome == "buyer" else [])
    assert budget(shop) == ("500.00", "59.00", "441.00")


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


@pytest.mark.rule("R10")
def test_a_store_is_a_certified_merchant_while_it_is_in_force(shop):
    def certified():
        return shop.merchant.get(f"stores/{shop.store.code}/").json()["certified_merchant"]

    join(shop, session=None)
    assert certified() is False
    shop.buyer.post("returnless/live-sessions/", {"live_session": "L1"})
    assert certified() is True
    assert state(shop)["certified"] is True
    with shop.scope():
        programme.leave_programme(store=shop.store, actor=MERCHANT, now=NOON)
    assert certified() is False
    assert state(shop)["status"] == "left"
    join(shop, session="L2")
    assert certified() is True


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"budget": "1e3"}, "budget"),
        ({"budget": "-1.00"}, "budget"),
        ({"products": []}, "products"),
        ({"products": ["x"]}, "products.0"),
        ({"products": "8000"}, "products"),
        ({"auto_top_up": {"threshold": "1.00"}}, "auto_top_up.on"),
        ({"auto_top_up": {"on": True, "threshold": "1.00", "amount": "0.00"}}, "auto_top_up"),
        ({"auto_top_up": 3}, "auto_top_up.non_field_errors"),
        ({"agreement_version": "9"}, "agreement_version"),
    ],
)
def test_malformed_settings_name_the_field(shop, body, attr):
    shop.merchant.put("returnless/", STEPS)
    before = everything(shop)
    answer = shop.merchant.put("returnless/", body)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert everything(shop) == before


def test_a_session_in_the_future_is_not_told(shop):
    body = {"live_session": "L9", "started_at": (NOON + timedelta(minutes=1)).isoformat()}
    assert code(shop.buyer.post("returnless/live-sessions/", body)) == (400, "invalid", "started_at")


def test_stores_without_the_programme_place_orders_without_a_thought(shop):
    assert place(shop, "K1") == [None]
    with shop.scope():
        assert OrderLine.objects.get(order__number="K1").programme == ""
        store_actions.update_store(store=shop.store, name="N", actor=MERCHANT, now=NOON)
