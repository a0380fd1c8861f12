"""Refund without return over the API (R2, R8, R10).

Joining step by step, earlier versions, what malformed settings meet.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from common import clock as wall
from payments.models import Transfer
from refunds.returnless import programme
from tests.api.helpers import code, everything
from tests.cases import for_each
from tests.returnless import STEPS, events, join, open_shop, place, state
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop(db):
    return open_shop()


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
    assert answer["budget"] == {"balance": "0.00", "reserved": "0.00", "available": "0.00"}
    assert answer["planned_budget"] == "500.00"


@pytest.mark.rule("R2", "R5")
def test_no_money_moves_before_the_last_step(shop):
    def moved():
        with shop.scope():
            return [str(amount) for amount in Transfer.objects.order_by("id").values_list("amount", flat=True)]

    top_up = {"on": True, "threshold": "600.00", "amount": "100.00"}
    shop.merchant.put("returnless/", {**STEPS, "auto_top_up": top_up})
    assert shop.merchant.put("returnless/", {"budget": "450.00"}).json()["planned_budget"] == "450.00"
    assert shop.merchant.post("returnless/top-up/", {"amount": "70.00"}).json()["planned_budget"] == "520.00"
    assert moved() == []
    answer = shop.merchant.post("returnless/enrol/").json()
    assert (answer["planned_budget"], answer["budget"]["balance"]) == (None, "620.00")
    assert moved() == ["520.00", "100.00"]
    assert shop.merchant.put("returnless/", {"budget": "700.00"}).json()["budget"]["balance"] == "700.00"
    assert moved() == ["520.00", "100.00", "80.00"]


@pytest.mark.rule("R2")
@for_each("marketplace", ["tmall", "taote", "pinduoduo"])
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
    [began] = events(shop, "returnless.came_into_force")
    assert began.actor_kind == "platform"  # no buyer starts a live session
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


@pytest.mark.rule("R3")
def test_every_live_session_leaves_one_event_whether_it_covers_or_not(shop):
    def told():
        return [(each.data["session"], each.data["covered"]) for each in events(shop, "live_session.started")]

    for _again in range(2):
        shop.buyer.post("returnless/live-sessions/", {"live_session": "L0"})
    assert told() == [("L0", False)]
    join(shop, session="L1")
    assert told() == [("L0", False), ("L1", True)]
    [first, _second] = events(shop, "live_session.started")
    assert first.data["started_at"] == NOON.isoformat()
    assert [each.subject_id for each in events(shop, "returnless.came_into_force")] != [first.subject_id]


@pytest.mark.rule("R3")
def test_a_later_session_leaves_what_earlier_ones_cover_and_covers_what_was_there_when_it_began(shop, clock):
    def covered():
        return [(row["item_id"], row["holds_since"]) for row in state(shop)["products"]]

    join(shop, session="L1")
    clock.move(hours=1)
    began = wall.now()
    product = {"item_id": "8001", "title": "Bowl", "category": "50008163", "price": "9.00", "source": "own"}
    assert shop.merchant.post("products/", [product]).status_code < 300
    shop.merchant.put("returnless/", {"products": ["8000", "8001"]})
    clock.move(hours=1)
    earlier = {"live_session": "L2", "started_at": (began - timedelta(minutes=5)).isoformat()}
    assert shop.buyer.post("returnless/live-sessions/", earlier).status_code < 300
    assert covered() == [("8000", "2026-11-20T04:00:00Z"), ("8001", None)]
    assert shop.buyer.post("returnless/live-sessions/", {"live_session": "L3"}).status_code < 300
    assert covered() == [("8000", "2026-11-20T04:00:00Z"), ("8001", "2026-11-20T06:00:00Z")]


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


@for_each(
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
