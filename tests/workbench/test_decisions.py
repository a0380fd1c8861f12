"""Decisions at the desk: who may, what a GET does (nothing), and what follows."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from offers.coupons import create_coupon
from orders.models import Order
from payments.models import Payment
from payments.settlement import settle_batch
from payments.states import PaymentStatus
from refunds import actions, returns
from refunds.sweeps import sweep_due_refunds
from stores import actions as store_actions
from stores import marketplaces
from stores.marketplaces import current_rules
from tests.cases import for_each
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db


def path(refund, page="change/"):
    return f"refunds/refund/{refund.pk}/{page}"


@pytest.mark.rule("T8")
@for_each("role", ["viewer", "finance", "warehouse"])
@for_each(
    ("page", "data"),
    [
        ("decide/approve/", {}),
        ("decide/reject/", {"reason": "worn"}),
        (
            "negotiate/",
            {"step": "send", "method": "change_to_refund_only", "amount": "2.00", "agreed_with_buyer": "on"},
        ),
    ],
)
def test_deciding_is_for_agents_and_owners(taote, clock, sign_in, role, page, data):
    refund = taote.refund()
    desk = sign_in(role, taote)
    data = {**data, **({"return_address": str(taote.address.pk)} if "approve" in page else {})}
    assert desk.get(path(refund)).status_code == 200
    assert desk.get(path(refund, page)).status_code == 403
    assert desk.post(path(refund, page), **data).status_code == 403
    assert taote.reload(refund).status == "awaiting_merchant"
    assert taote.merchant.get(f"refunds/{refund.pk}/").json()["offers"] == []
    shown = desk.get(path(refund)).content.decode()
    assert 'id="decide-approve"' not in shown
    assert "Your role in this store doesn&#x27;t allow this." in shown

    agent = sign_in("agent", taote)
    assert 'id="decide-approve"' in agent.get(path(refund)).content.decode()
    assert agent.post(path(refund, page), **data).status_code == 302
    assert taote.reload(refund).status != "awaiting_merchant" or page == "negotiate/"


def test_a_get_decides_nothing(taote, clock, sign_in):
    refund, desk = taote.refund(), sign_in("owner", taote)
    before = taote.merchant.get(f"refunds/{refund.pk}/timeline/").json()
    for page in ("decide/approve/", "decide/reject/", "negotiate/", "change/"):
        for params in ({}, {"step": "send", "reason": "x", "return_address": str(taote.address.pk)}):
            assert desk.get(path(refund, page), **params).status_code == 200
    order = taote.order(shipped=False)
    assert desk.get(f"orders/order/{order.pk}/ship/", carrier="SF", tracking_number="1").status_code == 200
    assert taote.reload(order).status == "unshipped"
    assert taote.merchant.get(f"refunds/{refund.pk}/timeline/").json() == before


def test_posts_need_the_csrf_token(taote, clock, sign_in):
    refund, desk = taote.refund(), sign_in("owner", taote, enforce_csrf_checks=True)
    for page in ("decide/approve/", "decide/reject/", "negotiate/"):
        assert desk.post(path(refund, page), reason="no").status_code == 403
    assert desk.post("switch-store/", store=taote.store.pk).status_code == 403
    assert taote.reload(refund).status == "awaiting_merchant"


@pytest.mark.rule("T8", "P1")
def test_approving_a_return_names_the_address_that_was_chosen(taote, clock, sign_in):
    refund, desk = taote.refund(), sign_in("agent", taote)
    with taote.scope():
        second = store_actions.add_return_address(
            store=taote.store, contact="二仓", phone="1", address="杭州", actor=MERCHANT, now=NOON
        )
    page = desk.get(path(refund, "decide/approve/")).content.decode()
    assert "within 7 days" in page
    assert "二仓" in page
    assert desk.post(path(refund, "decide/approve/"), return_address=str(second.pk)).status_code == 302
    now = taote.reload(refund)
    assert (now.status, now.return_address_id) == ("awaiting_return", second.pk)


def test_an_address_of_another_store_is_no_choice(taote, other, clock, sign_in):
    refund, desk = taote.refund(), sign_in("agent", taote)
    answer = desk.post(path(refund, "decide/approve/"), return_address=str(other.address.pk))
    assert answer.status_code == 200
    assert taote.reload(refund).status == "awaiting_merchant"


@pytest.mark.rule("T8")
def test_rejecting_needs_a_reason(taote, clock, sign_in):
    refund, desk = taote.refund(), sign_in("agent", taote)
    answer = desk.post(path(refund, "decide/reject/"), reason="  ")
    assert "This field is required." in answer.content.decode()
    assert taote.reload(refund).status == "awaiting_merchant"
    desk.post(path(refund, "decide/reject/"), reason="商品已使用")
    now = taote.reload(refund)
    assert (now.status, now.rejection_reason) == ("rejected", "商品已使用")
    assert "商品已使用" in desk.get(path(refund)).content.decode()


@pytest.mark.rule("T10")
def test_after_the_deadline_a_rejection_is_refused_with_the_reason(taote, clock, sign_in):
    refund, desk = taote.refund(), sign_in("agent", taote)
    clock.move(hours=36)
    answer = desk.client.post(f"/admin/{path(refund, 'decide/reject/')}", {"reason": "late"}, follow=True)
    assert "The deadline has passed" in answer.content.decode()
    assert taote.reload(refund).status == "awaiting_merchant"


@pytest.fixture
def returned(taote, clock):
    """A return on its way to the merchant."""
    refund = taote.refund()
    with taote.scope():
        actions.approve_refund(store_id=taote.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        returns.ship_return(
            store_id=taote.store.pk, refund_id=refund.pk, carrier="YTO", tracking_number="1", actor=BUYER, now=NOON
        )
    return refund


@pytest.mark.rule("P1")
@for_each(
    ("code", "note", "status"), [("inspection-passed", "", "refunding"), ("inspection-failed", "worn", "rejected")]
)
def test_the_warehouse_inspects(taote, returned, sign_in, code, note, status):
    agent, warehouse = sign_in("agent", taote), sign_in("warehouse", taote)
    assert agent.post(path(returned, f"decide/{code}/"), note=note).status_code == 403
    assert taote.reload(returned).status == "returning"
    assert warehouse.post(path(returned, f"decide/{code}/"), note=note).status_code == 302
    assert taote.reload(returned).status == status


@pytest.mark.rule("P1")
def test_a_failed_inspection_says_why(taote, returned, sign_in):
    desk = sign_in("warehouse", taote)
    assert desk.post(path(returned, "decide/inspection-failed/"), note="").status_code == 200
    assert taote.reload(returned).status == "returning"


def test_paying_again_is_for_finance(taote, clock, sign_in):
    refund = taote.refund(taote.order(buyer_id="sandbox-decline"), kind="refund_only")
    desk = sign_in("agent", taote)
    desk.post(path(refund, "decide/approve/"))
    settle_batch()
    assert taote.reload(refund).needs_attention
    assert refund.order.number in desk.get("refunds/refund/", queue="attention").content.decode()
    assert desk.post(path(refund, "decide/pay-again/")).status_code == 403
    assert sign_in("finance", taote).post(path(refund, "decide/pay-again/")).status_code == 302
    with taote.scope():
        assert Payment.objects.filter(topic_id=refund.pk).count() == 2


def test_a_payment_that_waits_for_a_person_is_resumed_by_finance(taote, clock, sign_in):
    refund = taote.refund(kind="refund_only")
    agent = sign_in("agent", taote)
    agent.post(path(refund, "decide/approve/"))
    with taote.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
        Payment.objects.filter(pk=payment.pk).update(needs_attention=True, next_attempt_at=None)
    resume = f"payments/payment/{payment.pk}/resume/"
    assert agent.post(resume).status_code == 403
    finance = sign_in("finance", taote)
    assert finance.get(resume).status_code == 200
    assert taote.reload(payment).needs_attention
    assert finance.post(resume).status_code == 302
    now = taote.reload(payment)
    assert (now.needs_attention, now.status) == (False, PaymentStatus.PENDING)


def test_the_warehouse_ships_and_the_viewer_does_not(taote, clock, sign_in):
    order = taote.order(shipped=False)
    parcel = {"carrier": "SF", "tracking_number": "SF1"}
    assert sign_in("viewer", taote).post(f"orders/order/{order.pk}/ship/", **parcel).status_code == 403
    desk = sign_in("warehouse", taote)
    assert desk.post(f"orders/order/{order.pk}/ship/", carrier="").status_code == 200
    assert taote.reload(order).status == "unshipped"
    assert desk.post(f"orders/order/{order.pk}/ship/", **parcel).status_code == 302
    again = desk.client.post(f"/admin/orders/order/{order.pk}/ship/", parcel, follow=True)
    assert "already been shipped" in again.content.decode()
    with taote.scope():
        assert Order.objects.get(pk=order.pk).tracking_number == "SF1"


@pytest.mark.rule("T8")
@for_each(("marketplace", "named"), [("taote", True), ("tmall", False), ("pinduoduo", False)])
def test_a_rule_is_named_only_where_it_is_the_marketplaces_own(sign_in, clock, marketplace, named):
    shop = make_shop(marketplace)
    refund, desk = shop.refund(), sign_in("agent", shop)
    assert desk.post(path(refund, "decide/reject/"), reason="worn").status_code == 302
    page = desk.get(path(refund)).content.decode()
    assert "Request rejected" in page
    assert (">T8</abbr>" in page) is named


def test_a_conflict_is_shown_and_settled_on_the_payments_page(taote, clock, sign_in):
    refund = taote.refund(taote.order(buyer_id="sandbox-decline"), kind="refund_only")
    taote.merchant.post(f"refunds/{refund.pk}/approve/")
    settle_batch()
    with taote.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
        Payment.objects.filter(pk=payment.pk).update(conflict="paid_there")
    finance = sign_in("finance", taote)
    page = f"payments/payment/{payment.pk}/"
    shown = finance.get(page + "change/").content.decode()
    fits = [way for way in ("book", "demand-back", "keep") if f"{page}{way}/" in shown]
    assert fits == ["book", "demand-back"]
    assert "contradicts" in finance.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert finance.get(page + "book/").status_code == 200
    assert finance.post(page + "book/").status_code == 302
    assert taote.reload(payment).status == "succeeded"
    assert taote.reload(refund).status == "refunded"


@pytest.mark.rule("T10")
def test_a_return_without_an_address_is_listed_and_gets_one(taote, clock, sign_in):
    with taote.scope():
        taote.address.delete()
    refund, desk = taote.refund(), sign_in("agent", taote)
    assert refund.order.number in desk.get("refunds/refund/", queue="no_address").content.decode()
    nowhere = "The store has no return address yet"
    shown = desk.get(path(refund)).content.decode()
    assert nowhere in shown
    assert 'id="decide-approve"' not in shown
    clock.move(hours=36)
    sweep_due_refunds()
    shown = desk.get(path(refund)).content.decode()
    assert nowhere in shown
    assert 'id="decide-return-address"' not in shown
    assert 'id="decide-pay-again"' not in shown, "no payment has failed"
    assert refund.order.number in desk.get("refunds/refund/", queue="attention").content.decode()
    with taote.scope():
        address = store_actions.add_return_address(
            store=taote.store, contact="二仓", phone="1", address="杭州", actor=MERCHANT, now=NOON
        )
    assert refund.order.number in desk.get("refunds/refund/", queue="no_address").content.decode()
    assert 'id="decide-return-address"' in desk.get(path(refund)).content.decode()
    assert desk.post(path(refund, "decide/return-address/"), return_address=str(address.pk)).status_code == 302
    assert taote.reload(refund).return_address_id == address.pk
    assert refund.order.number not in desk.get("refunds/refund/", queue="no_address").content.decode()
    assert 'id="decide-return-address"' not in desk.get(path(refund)).content.decode()


@for_each("page", ["refunds/refund/{refund}/decide/", "payments/payment/{payment}/"])
def test_declined_money_is_given_up_on_the_refunds_page_and_on_the_payments(sign_in, clock, page):
    shop = make_shop("tmall")
    refund = shop.refund(shop.order(buyer_id="sandbox-decline"), kind="refund_only")
    sent = {"refund": str(refund.pk), "method": "red_packet", "amount": "5.00", "message": "亲"}
    offer = shop.merchant.post("offers/", sent).json()["id"]
    shop.buyer.post(f"offers/{offer}/accept/")
    settle_batch()
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
    finance = sign_in("finance", shop)
    here = page.format(refund=refund.pk, payment=payment.pk)
    shown = finance.get(here.replace("decide/", "") + "change/").content.decode()
    assert f"{here}give-up/" in shown
    assert "5.00 is sent to sandbox, which declined" in shown
    assert finance.get(here + "give-up/").status_code == 200
    assert finance.post(here + "give-up/").status_code == 302
    assert shop.reload(refund).status == "awaiting_merchant"
    assert "given up" in finance.get(path(refund)).content.decode()


def test_the_button_of_owed_money_says_why_it_is_grey(taote, clock, sign_in):
    refund = taote.refund(taote.order(buyer_id="sandbox-decline"))
    with taote.scope():
        order = {"store_id": taote.store.pk, "refund_id": refund.pk, "now": NOON}
        actions.approve_refund(**order, actor=MERCHANT)
        returns.ship_return(**order, carrier="SF", tracking_number="SF9", actor=BUYER)
        returns.inspect_return(**order, passed=True, note="", actor=MERCHANT)
    settle_batch()
    shown = sign_in("finance", taote).get(path(refund)).content.decode()
    assert "you owe ¥59.00" in shown
    assert "give-up/" not in shown


@pytest.mark.parametrize(("ends", "told"), [(False, "keeps the coupons"), (True, "the coupons end")])
def test_approving_tells_what_the_buyer_has_already(sign_in, clock, monkeypatch, ends, told):
    rules = replace(current_rules("tmall"), version=99, coupons_end_with_refund=ends)
    monkeypatch.setitem(marketplaces._ALL, ("tmall", 99), rules)
    shop = make_shop("tmall")
    order = shop.order(prices=("100.00",))
    paid = {"order": order.number, "amount": "50.00", "purpose": "other"}
    assert shop.merchant.post("payments/", paid, **{"Idempotency-Key": "1"}).status_code == 201
    with shop.scope():
        coupon = create_coupon(
            store=shop.store,
            name="回头客",
            channel="smart_retention",
            amount_off=Decimal("5.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON,
            valid_until=NOON + timedelta(days=9),
            quantity=1,
            actor=MERCHANT,
            now=NOON,
        )
    kept = shop.refund(order, kind="refund_only", amount="100.00")
    terms = {"refund": str(kept.pk), "method": "coupon", "coupons": [str(coupon.pk)], "message": "亲"}
    shop.buyer.post(f"offers/{shop.merchant.post('offers/', terms).json()['id']}/accept/")
    refund = shop.refund(order, kind="refund_only", amount="100.00")
    assert shop.merchant.get(f"refunds/{refund.pk}/").json()["compensated"] == "50.00"
    asked = sign_in("agent", shop).get(path(refund, "decide/approve/")).content.decode()
    assert "already got ¥50.00 in small payments" in asked
    assert "that is ¥150.00, and ¥100.00 were paid" in asked
    assert "回头客" in asked
    assert told in asked
