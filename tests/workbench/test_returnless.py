"""Refund without return at the desk: the guided form, the programme's page, the review (R1, R2, R5, R8, R10)."""

import re
from decimal import Decimal

import pytest

from payments.models import Budget
from refunds.models import Message
from refunds.returnless import enrolment, programme
from stores import actions as store_actions
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

PAGE = "refunds/enrolment/"
ENROL = f"{PAGE}enrol/"


@pytest.fixture
def shop(db):
    """A Kuaishou store with two products of its own and one that isn't."""
    shop = make_shop("kuaishou")
    products = [
        {"item_id": item_id, "title": f"Bowl {item_id}", "price": Decimal("59.00"), "source": source}
        for item_id, source in (("8000", "own"), ("8001", "own"), ("8002", "distribution"))
    ]
    with shop.scope():
        store_actions.upsert_products(store=shop.store, products=products, actor=MERCHANT, now=NOON)
    return shop


def join(shop, budget="100.00"):
    """Through the actions, up to a live session."""
    settings = {
        "agreement_version": "3.0",
        "budget": Decimal(budget),
        "auto_top_up": {"on": False, "threshold": Decimal("0.00"), "amount": Decimal("0.00")},
        "products": ["8000"],
    }
    with shop.scope():
        enrolment.change_settings(store=shop.store, settings=settings, actor=MERCHANT, now=NOON)
        enrolment.confirm_enrolment(store=shop.store, actor=MERCHANT, now=NOON)
        programme.start_live_session(store=shop.store, session="L1", actor=MERCHANT, now=NOON)


def promised(shop):
    return shop.refund(shop.order(live_session="L1"), kind="refund_only")


def state(shop):
    return shop.merchant.get("returnless/").json()


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.rule("R2")
def test_the_owner_joins_step_by_step_and_may_go_back(shop, sign_in):
    desk = sign_in("owner", shop)
    assert 'id="decide-enrol"' in text(desk.get(PAGE))
    assert "version 3.0" in text(desk.get(ENROL))
    assert desk.get(ENROL, step="products").status_code == 302, "not yet"
    assert "This field is required" in text(desk.post(ENROL, step="agreement"))
    steps = [
        ("agreement", {"accepted": "on"}),
        ("budget", {"budget_amount": "300.00"}),
        ("auto_top_up", {"is_on": "on", "threshold": "100.00", "top_up_amount": "50.00"}),
        ("products", {"chosen": ["8000"]}),
    ]
    for number, (step, data) in enumerate(steps, 1):
        assert desk.post(ENROL, step=step, **data).status_code == 302
        assert len(state(shop)["steps_done"]) == number
    back = text(desk.get(ENROL, step="budget"))
    assert 'value="300.00"' in back
    assert desk.post(ENROL, step="budget", budget_amount="250.00").status_code == 302
    last = text(desk.get(ENROL))
    assert "until it holds ¥250.00 (now ¥0.00)" in last
    assert state(shop)["budget"]["balance"] == "0.00"
    assert "Bowl 8000" in last
    assert desk.post(ENROL, step="confirm").status_code == 302
    assert (state(shop)["status"], state(shop)["budget"]["balance"]) == ("confirmed", "250.00")
    assert "next live session" in text(desk.get(PAGE))


@pytest.mark.rule("R2", "R5")
def test_with_nothing_in_the_budget_the_last_step_says_what_to_do(shop, sign_in):
    settings = {"agreement_version": "3.0", "budget": "0.00", "auto_top_up": {"on": False}, "products": ["8000"]}
    assert shop.merchant.put("returnless/", settings).status_code == 200
    desk = sign_in("owner", shop)
    last = text(desk.get(ENROL))
    assert "The service budget is empty: top it up, then confirm." in last
    assert "disabled" in re.search(r'<button[^>]*id="next"[^>]*>', last)[0]
    page = text(desk.get(PAGE))
    assert "The service budget is empty: top it up, then confirm." in page
    assert 'id="decide-enrol"' not in page
    assert 'id="decide-top-up"' in page, "the plan may be topped up before joining"
    assert "step=budget" in last
    assert desk.post(ENROL, step="confirm").status_code == 302
    assert desk.post(ENROL, step="budget", budget_amount="10.00").status_code == 302
    assert "disabled" not in re.search(r'<button[^>]*id="next"[^>]*>', text(desk.get(ENROL)))[0]
    assert state(shop)["status"] == "ready"


@pytest.mark.rule("R2")
def test_without_products_the_step_says_where_they_come_from(sign_in):
    shop = make_shop("kuaishou")
    shop.merchant.put("returnless/", {"agreement_version": "3.0", "budget": "1.00", "auto_top_up": {"on": False}})
    page = text(sign_in("owner", shop).get(ENROL, step="products"))
    assert "has no product of its own yet" in page
    assert 'href="/admin/stores/product/"' in page


@pytest.mark.rule("R4")
def test_only_own_products_are_shown_and_taken(shop, sign_in):
    desk = sign_in("owner", shop)
    join(shop)
    shown = text(desk.get(ENROL, step="products"))
    assert "Bowl 8001" in shown
    assert "Bowl 8002" not in shown
    assert desk.post(ENROL, step="products", chosen=["8002"]).status_code == 200
    assert "Choose at least one product." in text(desk.post(ENROL, step="products"))
    assert desk.post(ENROL, step="products", chosen=["8000", "8001"]).status_code == 302
    assert [(row["item_id"], bool(row["holds_since"])) for row in state(shop)["products"]] == [
        ("8000", True),
        ("8001", False),
    ]


@pytest.mark.rule("R2")
@for_each(("role", "may_pay"), [("agent", False), ("warehouse", False), ("viewer", False), ("finance", True)])
def test_the_owner_enrols_and_finance_tops_up(shop, sign_in, role, may_pay):
    desk = sign_in(role, shop)
    assert 'id="decide-enrol"' not in text(desk.get(PAGE))
    for send in (desk.get, desk.post):
        assert send(ENROL, step="agreement", accepted="on").status_code == 403
    join(shop)
    assert ('id="decide-top-up"' in text(desk.get(PAGE))) is may_pay
    assert desk.post(f"{PAGE}top-up/", amount="10.00").status_code == (302 if may_pay else 403)
    assert state(shop)["budget"]["balance"] == ("110.00" if may_pay else "100.00")
    for view in ("leave", "upgrade"):
        assert desk.post(f"{PAGE}{view}/").status_code == 403
    assert state(shop)["status"] == "in_force"


def test_another_store_is_not_found(shop, sign_in):
    other, desk = make_shop("kuaishou"), sign_in("owner", shop)
    join(shop)
    for view in ("", "enrol/", "top-up/", "leave/", "upgrade/"):
        for named in (other.store.pk, 999_999, "x", "٣"):
            assert desk.get(f"{PAGE}{view}", store=named).status_code == 404
            if view:
                assert desk.post(f"{PAGE}{view}", store=named, amount="1.00").status_code == 404
    with other.scope():
        assert not Budget.objects.exists()


def test_stores_of_other_marketplaces_have_no_such_page(taote, sign_in):
    desk = sign_in("owner", taote)
    assert "Refund without return" not in text(desk.get(""))
    assert "is there for stores of Kuaishou" in text(desk.get(PAGE))
    assert desk.get(PAGE, store=taote.store.pk).status_code == 404
    assert desk.post(ENROL, step="agreement", accepted="on").status_code == 404


@pytest.mark.rule("R10")
def test_the_page_shows_budget_products_sessions_and_the_certified_mark(shop, sign_in):
    desk = sign_in("owner", shop)
    join(shop)
    refund = promised(shop)
    approve = f"refunds/refund/{refund.pk}/decide/approve/"
    assert "from the service budget at once; the buyer keeps the goods" in text(desk.get(approve))
    assert desk.post(approve).status_code == 302
    shown = text(desk.get(PAGE))
    for part in (
        'id="certified"',
        "¥41.00",
        refund.order.number,
        "Quilt 8000",
        "L1",
        f"/live/{shop.store.code}/badges.json",
    ):
        assert part in shown, part
    assert "Certified merchant" in text(desk.get(f"stores/store/{shop.store.pk}/change/"))
    assert "Leave the programme" in text(desk.get(f"{PAGE}leave/"))
    assert state(shop)["status"] == "in_force", "a GET leaves nothing"
    assert desk.post(f"{PAGE}leave/").status_code == 302
    assert 'id="certified"' not in text(desk.get(PAGE))
    assert "Certified merchant" not in text(desk.get(f"stores/store/{shop.store.pk}/change/"))


@pytest.mark.rule("R1")
def test_the_agent_reviews_talks_first_and_approves(shop, sign_in):
    join(shop, budget="50.00")
    ordinary, refund = shop.refund(kind="refund_only"), promised(shop)
    desk = sign_in("agent", shop)
    queue = text(desk.get("refunds/refund/", queue="returnless"))
    assert refund.order.number in queue
    assert ordinary.order.number not in queue
    page = f"refunds/refund/{refund.pk}/"
    shown = text(desk.get(f"{page}change/"))
    assert "¥50.00 available" in shown
    assert "paid from your own funds" in shown
    assert 'id="decide-negotiate-first"' in shown
    assert 'id="decide-negotiate-first"' not in text(desk.get(f"refunds/refund/{ordinary.pk}/change/"))
    assert desk.post(f"{page}decide/negotiate-first/", text="补您一只碗，好吗？").status_code == 302
    with shop.scope():
        assert Message.objects.get(refund=refund).text == "补您一只碗，好吗？"
    assert "Negotiating since" in text(desk.get(f"{page}change/"))
    assert ">negotiating<" in text(desk.get("refunds/refund/", queue="returnless"))
    assert desk.post(f"{page}decide/approve/").status_code == 302
    assert "Merchant&#x27;s funds" in text(desk.get(f"{page}change/"))


@pytest.mark.rule("R8")
def test_the_owner_switches_from_2_0(shop, sign_in):
    with shop.scope():
        programme.register_earlier(
            store=shop.store, version="2.0", budget=Decimal("80.00"), item_ids=["8000"], actor=MERCHANT, now=NOON
        )
    desk = sign_in("owner", shop)
    assert 'id="decide-upgrade"' in text(desk.get(PAGE))
    assert 'id="decide-enrol"' not in text(desk.get(PAGE)), "one step does it"
    assert "version 3.0" in text(desk.get(f"{PAGE}upgrade/"))
    assert desk.post(f"{PAGE}upgrade/").status_code == 302
    assert (state(shop)["version"], state(shop)["status"]) == ("3.0", "confirmed")


@pytest.mark.rule("R8")
def test_who_is_on_1_0_reads_why_it_is_not_switched_and_joins_anew(shop, sign_in):
    with shop.scope():
        programme.register_earlier(
            store=shop.store, version="1.0", budget=Decimal("80.00"), item_ids=["8000"], actor=MERCHANT, now=NOON
        )
    page = text(sign_in("owner", shop).get(PAGE))
    assert "Version 1.0 has ended: join anew, beginning with the agreement." in page
    assert "The store hasn&#x27;t joined." in page, "nor can it leave"
    shown = re.findall(r'id="decide-([a-z-]+)"', page)
    assert "enrol" in shown
    assert not {"upgrade", "leave"} & set(shown)
