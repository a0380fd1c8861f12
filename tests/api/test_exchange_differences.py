"""An exchange for cheaper goods pays the difference with the yes; for dearer ones the merchant bears it (Q16)."""

from decimal import Decimal

import pytest

from orders.models import Order
from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from tests.api.helpers import code, detail
from tests.api.test_conflicts import hear_that_it_was_paid
from tests.api.test_given_up import declined, give_up
from tests.cases import for_each
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks"), pytest.mark.rule("Q16")]


@pytest.fixture
def shop(db):
    return make_shop("tmall")


def list_product(shop, price: str, item_id: str = "9001") -> None:
    body = {"item_id": item_id, "title": "毯子", "price": price}
    assert shop.merchant.post("products/", body).status_code in (200, 201)


def offer(shop, refund, **terms):
    body = {"refund": str(refund.pk), "method": "exchange", "message": "亲", "item_id": "9001", **terms}
    return shop.merchant.post("offers/", body)


def accepted(shop, refund, **terms):
    sent = offer(shop, refund, **terms)
    assert sent.status_code == 201, sent.content
    assert shop.buyer.post(f"offers/{sent.json()['id']}/accept/").status_code == 200
    return sent.json()


def claimed(shop, refund) -> Decimal:
    with shop.scope():
        return Order.objects.get(pk=refund.order_id).claimed_amount


def paid(shop, refund):
    return [(each["purpose"], each["amount"], each["status"]) for each in detail(shop, refund)["payments"]]


def test_cheaper_goods_pay_the_difference_once(shop):
    list_product(shop, "49.00")
    refund = shop.refund()
    sent = accepted(shop, refund)
    assert (sent["amount"], sent["price_difference"]) == ("10.00", "-10.00")
    assert claimed(shop, refund) == Decimal("10.00")
    settle_batch()
    settle_batch()
    assert paid(shop, refund) == [("exchange", "10.00", "succeeded")]
    assert detail(shop, refund)["status"] == "withdrawn"
    [parcel] = shop.merchant.get("parcels/").json()["results"]
    assert parcel["status"] == "awaiting_return"
    again = shop.buyer.post(
        "refunds/", {"order": refund.order.number, "kind": "refund_only", "reason": "quality", "amount": "49.01"}
    )
    assert code(again)[:2] == (409, "amount_above_refundable"), "what was paid back isn't asked for twice"


@for_each("price", ["59.00", "69.00"])
def test_goods_that_cost_as_much_or_more_pay_nothing(shop, price):
    list_product(shop, price)
    refund = shop.refund()
    assert accepted(shop, refund)["amount"] is None
    assert (paid(shop, refund), claimed(shop, refund)) == ([], Decimal(0))


def test_the_amount_is_the_difference_and_no_other(shop):
    list_product(shop, "49.00")
    refund = shop.refund()
    assert code(offer(shop, refund, amount="5.00")) == (400, "invalid", "amount")
    assert offer(shop, refund, amount="10.00").json()["amount"] == "10.00"


def test_what_was_offered_is_paid_though_the_price_changes(shop):
    list_product(shop, "49.00")
    refund = shop.refund()
    sent = offer(shop, refund).json()
    assert (
        shop.merchant.client.patch(
            "/api/v1/products/9001/", {"price": "20.00"}, content_type="application/json"
        ).status_code
        == 200
    )
    assert shop.buyer.post(f"offers/{sent['id']}/accept/").status_code == 200
    settle_batch()
    assert paid(shop, refund) == [("exchange", "10.00", "succeeded")]


def test_a_difference_that_is_declined_is_paid_again_and_cant_be_given_up(shop):
    """The buyer gets the other goods: the money is owed."""
    list_product(shop, "49.00")
    refund = shop.refund(shop.order(buyer_id="sandbox-decline"))
    accepted(shop, refund)
    settle_batch()
    assert paid(shop, refund) == [("exchange", "10.00", "failed")]
    [payment] = detail(shop, refund)["payments"]
    assert code(give_up(shop, payment["id"])) == (409, "payment_owed", None)
    with shop.scope():
        Order.objects.filter(pk=refund.order_id).update(buyer_id="buyer")
    assert shop.merchant.post(f"payments/{payment['id']}/retry/").status_code == 200
    settle_batch()
    assert [status for _purpose, _amount, status in paid(shop, refund)] == ["failed", "succeeded"]
    assert SandboxTransfer.objects.filter(outcome="paid").count() == 1


def test_beside_a_gateways_contradiction_no_difference_is_promised_or_paid(shop):
    refund, payment = declined(shop)
    give_up(shop, payment)
    list_product(shop, "49.00")
    list_product(shop, "79.00", "9002")
    sent = offer(shop, refund).json()["id"]
    hear_that_it_was_paid(payment)
    assert code(shop.buyer.post(f"offers/{sent}/accept/"))[:2] == (409, "payment_in_conflict")
    assert shop.buyer.post(f"offers/{sent}/decline/").status_code == 200
    assert code(offer(shop, refund))[:2] == (409, "payment_in_conflict")
    assert offer(shop, refund, item_id="9002").status_code == 201, "dearer goods move no money"
    with shop.scope():
        assert Payment.objects.filter(purpose="exchange").count() == 0
