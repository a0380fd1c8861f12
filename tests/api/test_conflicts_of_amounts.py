"""A gateway that says of failed money that another amount was paid: the buyer may have it, so no more goes out."""

import pytest

from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from tests.api.helpers import code, detail
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
