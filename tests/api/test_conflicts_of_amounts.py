"""A gateway that says of failed money that another amount was paid: the buyer may have it, so no more goes out."""

import pytest

from orders.models import Order
from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from refunds.models import Refund
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import ask, code, detail
from tests.api.test_conflicts import hear_that_it_was_paid, settle
from tests.api.test_given_up import declined, give_up
from tests.api.test_small_payments import send
from tests.world import make_shop

BLOCKED = (409, "payment_in_conflict", None)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


def test_beside_money_that_was_paid_in_another_amount_nothing_is_sent():
    shop = make_shop("tmall")
    refund, payment = declined(shop)
    give_up(shop, payment)
    SandboxTransfer.objects.filter(key=payment).update(amount="58.00")
    hear_that_it_was_paid(payment)
    with shop.scope():
        assert Payment.objects.get(pk=payment).conflict == "amount"
        Payment.objects.update(buyer_id="buyer")
    refund.order.buyer_id = "buyer"
    with shop.scope():
        refund.order.save(update_fields=["buyer_id"])
    answer = shop.merchant.post(f"refunds/{refund.pk}/approve/")
    assert code(answer)[:2] == (409, "payment_in_conflict")
    settle_batch()
    assert [p["status"] for p in detail(shop, refund)["payments"]] == ["failed"]


def given_up_and_paid_after_all():
    """A refund whose declined money was given up, and which was withdrawn; then the same goods are asked for anew."""
    shop = make_shop("tmall")
    order = shop.order(buyer_id="sandbox-decline")
    refund, payment = declined(shop, order=order)
    give_up(shop, payment)
    assert shop.buyer.post(f"refunds/{refund.pk}/withdraw/").status_code == 200
    again = ask(shop, order, kind="refund_only").json()["id"]
    hear_that_it_was_paid(payment)
    return shop, again, payment


def test_what_was_given_up_and_paid_after_all_stops_whoever_decides_about_another_refund_of_the_order():
    shop, again, payment = given_up_and_paid_after_all()
    refused = shop.merchant.post(f"refunds/{again}/approve/")
    assert (code(refused), payment in refused.json()["errors"][0]["detail"]) == (BLOCKED, True)
    money = {"refund": again, "method": "partial_refund", "amount": "5.00", "message": "亲"}
    assert code(shop.merchant.post("offers/", money)) == BLOCKED
    options = shop.merchant.get(f"refunds/{again}/offer-options/").json()["options"]
    assert {each["method"] for each in options} & {"partial_refund", "red_packet"} == set()
    assert settle(shop, payment, "demand_back").status_code == 200
    assert code(shop.merchant.post(f"refunds/{again}/approve/")) == BLOCKED
    assert settle(shop, payment, "write_off").status_code == 200
    assert shop.merchant.post(f"refunds/{again}/approve/").status_code == 200


def test_it_stops_nothing_about_another_order_and_no_small_payment():
    shop, again, _payment = given_up_and_paid_after_all()
    with shop.scope():
        order = Order.objects.get(pk=Refund.objects.get(pk=again).order_id)
    assert send(shop, order, "1.00").status_code == 201
    elsewhere = ask(shop, shop.order(), kind="refund_only").json()["id"]
    assert shop.merchant.post(f"refunds/{elsewhere}/approve/").status_code == 200


def test_the_deadline_goes_on_and_its_money_is_held_back(clock):
    shop, again, _payment = given_up_and_paid_after_all()
    clock.move(days=10)
    sweep_due_refunds()
    with shop.scope():
        Payment.objects.filter(topic_id=again).update(buyer_id="buyer")
    settle_batch()
    shown = shop.merchant.get(f"refunds/{again}/").json()
    [held] = shown["payments"]
    assert (held["status"], shown["needs_attention"]) == ("failed", True)
    assert SandboxTransfer.objects.filter(key=held["id"]).count() == 0
