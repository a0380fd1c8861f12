"""What the clock brings when nobody acts: the defaults that the sources leave open, to the second."""

import pytest

from payments.settlement import settle_batch
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import detail, everything
from tests.api.test_refunds import do
from tests.cases import for_each
from tests.world import make_shop

pytestmark = pytest.mark.django_db


def nothing_until(shop, clock, refund, **wait):
    """Nothing happens a second before, and once it has happened a second sweep finds nothing to do."""
    clock.move(**wait)
    clock.move(seconds=-1)
    before = everything(shop)
    assert sweep_due_refunds() == 0
    assert everything(shop) == before
    clock.move(seconds=1)
    assert sweep_due_refunds() == 1
    assert sweep_due_refunds() == 0
    return detail(shop, refund)


@pytest.mark.rule("T10")
def test_36_hours_without_an_answer_approve_a_return(taote, clock):
    refund = taote.refund()
    done = nothing_until(taote, clock, refund, hours=36)
    assert (done["status"], done["due_action"], done["payments"]) == ("awaiting_return", "close", [])
    assert done["return_address"] == str(taote.address.pk)


@pytest.mark.rule("T10")
def test_36_hours_without_an_answer_pay_a_refund_only(taote, clock):
    refund = taote.refund(kind="refund_only")
    assert nothing_until(taote, clock, refund, hours=36)["status"] == "refunding"
    settle_batch()
    assert [(p["amount"], p["status"]) for p in detail(taote, refund)["payments"]] == [("59.00", "succeeded")]


@for_each("marketplace", ["tmall", "kuaishou", "pinduoduo"])
def test_elsewhere_the_merchant_has_48_hours(db, clock, marketplace):
    shop = make_shop(marketplace)
    refund = shop.refund(kind="refund_only", amount="5.00")
    assert nothing_until(shop, clock, refund, hours=48)["status"] == "refunding"


def test_a_return_that_is_not_sent_within_7_days_closes_and_frees_its_claim(taote, clock):
    order = taote.order()
    refund = taote.refund(order)
    do(taote, refund, "approve")
    done = nothing_until(taote, clock, refund, days=7)
    assert (done["status"], done["due_at"], done["payments"]) == ("closed", None, [])
    assert done["resolved_at"] == "2026-11-27T04:00:00Z"
    assert taote.merchant.get(f"orders/{order.number}/").json()["refundable_amount"] == "59.00"


def test_a_return_that_is_not_inspected_within_10_days_is_refunded(taote, clock):
    refund = taote.refund()
    do(taote, refund, "approve")
    do(taote, refund, "ship-return")
    assert nothing_until(taote, clock, refund, days=10)["status"] == "refunding"
    settle_batch()
    assert detail(taote, refund)["status"] == "refunded"


def test_a_refusal_that_is_not_answered_within_7_days_closes(taote, clock):
    order = taote.order()
    refund = taote.refund(order)
    do(taote, refund, "reject")
    assert nothing_until(taote, clock, refund, days=7)["status"] == "closed"
    assert taote.merchant.get(f"orders/{order.number}/").json()["refundable_amount"] == "59.00"


def test_a_failed_inspection_that_is_not_answered_closes_too(taote, clock):
    refund = taote.refund()
    do(taote, refund, "approve")
    do(taote, refund, "ship-return")
    do(taote, refund, "inspect", result="failed")
    assert nothing_until(taote, clock, refund, days=7)["status"] == "closed"


@pytest.mark.rule("T10")
def test_without_an_address_the_clock_approves_and_no_other_begins(taote, clock):
    with taote.scope():
        taote.address.delete()
    refund = taote.refund()
    done = nothing_until(taote, clock, refund, hours=36)
    assert (done["status"], done["return_address"]) == ("awaiting_return", None)
    assert (done["due_at"], done["due_action"], done["needs_attention"]) == (None, "", True)


@pytest.mark.rule("T10")
def test_the_timeline_tells_that_the_clock_decided(taote, clock):
    refund = taote.refund()
    nothing_until(taote, clock, refund, hours=36)
    last = taote.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"][-1]
    assert (last["name"], last["actor"], last["rule"]) == ("refund.approved", "system", "T10")
    assert (last["from"], last["to"]) == ("awaiting_merchant", "awaiting_return")
