"""A gateway that says of failed money that another amount was paid: the buyer may have it, so no more goes out."""

import pytest

from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from tests.api.helpers import ask, code, detail
from tests.api.test_conflicts import hear_that_it_was_paid
from tests.api.test_given_up import declined, give_up
from tests.world import make_shop

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


def test_what_was_given_up_and_paid_after_all_stops_the_money_of_another_refund_of_the_order():
    shop = make_shop("tmall")
    order = shop.order(buyer_id="sandbox-decline")
    refund, payment = declined(shop, order=order)
    give_up(shop, payment)
    assert shop.buyer.post(f"refunds/{refund.pk}/withdraw/").status_code == 200
    hear_that_it_was_paid(payment)
    again = ask(shop, order, kind="refund_only").json()["id"]
    assert shop.merchant.post(f"refunds/{again}/approve/").status_code == 200
    with shop.scope():
        Payment.objects.filter(topic_id=again).update(buyer_id="buyer")
    settle_batch()
    shown = shop.merchant.get(f"refunds/{again}/").json()
    [held] = shown["payments"]
    assert (held["status"], shown["needs_attention"]) == ("failed", True)
    assert SandboxTransfer.objects.filter(key=held["id"]).count() == 0
