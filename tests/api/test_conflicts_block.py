"""A conflict about an earlier payment stops whoever would pay about the same, before anything is decided.

The money was declined and given up, the request is open again, and only then the gateway says that it had paid.
"""

import pytest

from common.tenancy import system_scope
from offers.bulk import propose
from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from refunds.models import Refund
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import code, detail
from tests.api.test_conflicts import hear_that_it_was_paid, pay_it_again, settle
from tests.api.test_given_up import MONEY, declined, give_up
from tests.cases import for_each
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

BLOCKED = (409, "payment_in_conflict", None)


@pytest.fixture
def shop(db):
    return make_shop("tmall")


def in_doubt(shop, **declining) -> tuple[Refund, str]:
    """A refund that awaits the merchant again, and the payment that was given up and is heard of as paid."""
    refund, payment = declined(shop, **declining)
    assert give_up(shop, payment).status_code == 200
    hear_that_it_was_paid(payment)
    return refund, payment


def payments(shop) -> int:
    with shop.scope():
        return Payment.objects.count()


def end_conflict(shop, payment) -> None:
    """The buyer is asked for the money, and doesn't give it back."""
    assert settle(shop, payment, "demand_back").status_code == 200
    assert settle(shop, payment, "write_off").status_code == 200


def offer(shop, refund, **terms):
    return shop.merchant.post("offers/", {"refund": str(refund.pk), "message": "亲", **terms})


def test_nobody_approves_before_it_is_settled(shop):
    refund, payment = in_doubt(shop)
    refused = shop.merchant.post(f"refunds/{refund.pk}/approve/")
    assert (code(refused), payment in refused.json()["errors"][0]["detail"]) == (BLOCKED, True)
    assert (detail(shop, refund)["status"], payments(shop)) == ("awaiting_merchant", 1)
    settle(shop, payment, "demand_back")
    assert code(shop.merchant.post(f"refunds/{refund.pk}/approve/")) == BLOCKED
    settle(shop, payment, "write_off")
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").json()["status"] == "refunding"


@for_each("money", MONEY, ids=lambda money: money["method"])
def test_no_offer_of_money_is_sent_and_one_without_is(shop, money):
    refund, _payment = in_doubt(shop)
    assert code(offer(shop, refund, **money)) == BLOCKED
    options = shop.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["options"]
    assert {each["method"] for each in options} & {"partial_refund", "red_packet"} == set()
    sent = offer(shop, refund, method="reassurance").json()["id"]
    assert shop.buyer.post(f"offers/{sent}/accept/").status_code == 200


def test_bulk_sending_proposes_no_money(shop):
    refund, payment = in_doubt(shop)

    def proposed():
        with shop.scope():
            return propose(Refund.objects.select_related("order", "store").get(pk=refund.pk), NOON).method

    assert not proposed().sends_money()
    end_conflict(shop, payment)
    assert proposed() is not None


@for_each("money", MONEY, ids=lambda money: money["method"])
def test_what_the_buyer_would_say_yes_to_waits_and_is_taken_afterwards(shop, money):
    refund, payment = declined(shop)
    give_up(shop, payment)
    sent = offer(shop, refund, **money).json()["id"]
    hear_that_it_was_paid(payment)
    refused = shop.buyer.post(f"offers/{sent}/accept/")
    assert (code(refused), payment in refused.json()["errors"][0]["detail"]) == (BLOCKED, False)
    assert (detail(shop, refund)["offers"][0]["status"], payments(shop)) == ("pending", 1)
    end_conflict(shop, payment)
    assert shop.buyer.post(f"offers/{sent}/accept/").status_code == 200


def test_a_negotiated_amount_waits_too():
    shop = make_shop("taote")
    refund, payment = declined(
        shop, kind="return_and_refund", method="change_to_refund_only", amount="5.00", agreed_with_buyer=True
    )
    give_up(shop, payment)
    hear_that_it_was_paid(payment)
    assert detail(shop, refund)["kind"] == "return_and_refund"
    again = offer(shop, refund, method="change_to_refund_only", amount="4.00", agreed_with_buyer=True)
    assert code(again) == BLOCKED


@pytest.mark.rule("P1")
def test_goods_may_come_back_but_are_paid_for_once_it_is_settled(shop):
    refund, payment = in_doubt(shop, kind="return_and_refund", **MONEY[0])
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").json()["status"] == "awaiting_return"
    shop.buyer.post(f"refunds/{refund.pk}/ship-return/", {"carrier": "SF", "tracking_number": "SF1400000009"})
    assert code(shop.merchant.post(f"refunds/{refund.pk}/inspect/", {"result": "passed"})) == BLOCKED
    end_conflict(shop, payment)
    assert shop.merchant.post(f"refunds/{refund.pk}/inspect/", {"result": "passed"}).json()["status"] == "refunding"


def test_goods_that_came_back_wrong_are_refused_meanwhile(shop):
    refund, _payment = in_doubt(shop, kind="return_and_refund", **MONEY[0])
    shop.merchant.post(f"refunds/{refund.pk}/approve/")
    shop.buyer.post(f"refunds/{refund.pk}/ship-return/", {"carrier": "SF", "tracking_number": "SF1400000009"})
    failed = shop.merchant.post(f"refunds/{refund.pk}/inspect/", {"result": "failed", "note": "worn"})
    assert failed.json()["status"] == "rejected"


@pytest.mark.rule("T10")
def test_a_deadline_grants_the_request_and_its_money_waits_for_a_person(shop, clock):
    refund, payment = in_doubt(shop)
    assert shop.merchant.get("payments/?needs_attention=true").json()["results"] == []
    with shop.scope():
        assert [str(each.pk) for each in Payment.objects.in_attention()] == [payment], "a person is called before"
    clock.move(days=5)
    assert sweep_due_refunds() == 1
    settle_batch()
    after = detail(shop, refund)
    assert (after["status"], after["needs_attention"]) == ("refunding", True)
    assert [each["status"] for each in after["payments"]] == ["failed", "failed"]
    assert {each.key for each in SandboxTransfer.objects.all()} == {payment}, "the gateway was asked once"
    end_conflict(shop, payment)
    pay_it_again(shop, refund)
    with system_scope():
        assert Payment.objects.latest("id").status == "pending"
