"""A conflict with a gateway is said at the desk before anything is decided, with the way to where it is settled."""

import pytest
from django.urls import reverse

from payments.models import Payment
from payments.settlement import settle_batch
from refunds.models import Refund
from tests.api.test_conflicts import hear_that_it_was_paid
from tests.api.test_conflicts_block import in_doubt
from tests.api.test_conflicts_of_amounts import given_up_and_paid_after_all
from tests.api.test_disputes import dispute
from tests.api.test_small_payments import send
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

SAID = "The gateway says otherwise than our books about a payment of ¥%s"


def test_approving_is_grey_and_the_page_leads_to_the_payment(sign_in):
    shop = make_shop("tmall")
    refund, payment = in_doubt(shop)
    desk = sign_in("agent", shop)
    page = desk.get(f"refunds/refund/{refund.pk}/change/")
    refusals = {choice.decision.code: choice.refusal for choice in page.context["refused_choices"]}
    assert refusals["approve"].startswith(SAID % "59.00")
    assert reverse("admin:payments_payment_change", args=[payment]) in page.content.decode()
    asked = desk.post(f"refunds/refund/{refund.pk}/decide/approve/", step="send")
    assert SAID % "59.00" in (asked.content.decode() + desk.get("").content.decode())
    with shop.scope():
        assert Payment.objects.count() == 1


def test_so_it_is_where_the_money_was_given_up_and_the_goods_are_asked_for_anew(sign_in):
    shop, again, payment = given_up_and_paid_after_all()
    desk = sign_in("agent", shop)
    page = desk.get(f"refunds/refund/{again}/change/")
    refusals = {choice.decision.code: choice.refusal for choice in page.context["refused_choices"]}
    assert refusals["approve"].startswith(SAID % "59.00")
    assert reverse("admin:payments_payment_change", args=[payment]) in page.content.decode()
    assert "of another refund of this order" in page.content.decode()
    assert not page.context["failed_payments"]


def test_deciding_a_dispute_tells_what_the_buyer_has_already_and_what_holds_the_money_up(sign_in):
    shop, again, payment = given_up_and_paid_after_all()
    with shop.scope():
        order = Refund.objects.select_related("order").get(pk=again).order
    assert send(shop, order, "5.00").status_code == 201
    case = dispute(shop.buyer, again).json()["id"]
    asked = sign_in("operator").get(f"refunds/dispute/{case}/decide/").content.decode()
    assert "already got ¥5.00 in small payments for this order: with this refund that is ¥64.00" in asked
    assert (SAID % "59.00" in asked, payment in asked) == (True, True)
    assert "You can decide all the same" in asked


@pytest.mark.rule("K11")
def test_the_card_of_small_payments_and_its_form_say_so(sign_in):
    shop = make_shop("kuaishou")
    order = shop.order(buyer_id="sandbox-decline")
    payment = send(shop, order, "5.00").json()["id"]
    settle_batch()
    hear_that_it_was_paid(payment)
    desk = sign_in("finance", shop)
    page = desk.get(f"orders/order/{order.pk}/change/")
    assert page.context["pay_card"].refusal.startswith(SAID % "5.00")
    desk.post(f"orders/order/{order.pk}/pay/", purpose="compensation", amount="1.00", order_used="0", step="send")
    assert SAID % "5.00" in desk.get("").content.decode()
    with shop.scope():
        assert Payment.objects.count() == 1
