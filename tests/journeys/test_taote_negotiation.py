"""Taote's negotiation from the buyer's request to the money, through the API and the sweeps (T1–T11)."""

from datetime import timedelta

import pytest

from common.tenancy import system_scope
from offers.sweeps import sweep_due_offers
from payments.models import SandboxTransfer
from payments.settlement import settle_batch
from refunds.sweeps import sweep_due_refunds
from tests.world import NOON

pytestmark = pytest.mark.django_db


def propose(shop, refund, **terms):
    terms = {"method": "change_to_refund_only", "amount": "2.00", "agreed_with_buyer": True, **terms}
    return shop.merchant.post("offers/", {"refund": str(refund.pk), **terms})


def detail(shop, refund):
    return shop.merchant.get(f"refunds/{refund.pk}/").json()


def sweep():
    sweep_due_refunds()
    sweep_due_offers()
    settle_batch()


@pytest.fixture
def request_(taote, clock):
    """The buyer wants to return goods worth ¥59."""
    return taote.refund()


@pytest.mark.rule("T2", "T5", "T11")
def test_two_yuan_accepted_within_the_clock_pays_and_leaves_nothing_to_do(taote, request_, clock):
    offer = propose(taote, request_)
    assert offer.status_code == 201, offer.json()
    assert detail(taote, request_)["kind"] == "return_and_refund"
    assert detail(taote, request_)["status"] == "awaiting_merchant"
    clock.move(hours=35, minutes=59)

    answer = taote.buyer.post(f"offers/{offer.json()['id']}/accept/")

    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    now = detail(taote, request_)
    assert (now["kind"], now["amount"], now["status"], now["due_at"]) == ("refund_only", "2.00", "refunding", None)
    settle_batch()
    now = detail(taote, request_)
    assert now["status"] == "refunded"
    assert [(p["purpose"], p["amount"], p["status"]) for p in now["payments"]] == [("refund", "2.00", "succeeded")]
    assert list(SandboxTransfer.objects.values_list("amount", "calls")) == [(2, 1)]


@pytest.mark.rule("T9", "T11")
def test_two_yuan_declined_leaves_the_original_request(taote, request_, clock):
    offer = propose(taote, request_).json()
    before = detail(taote, request_)

    answer = taote.buyer.post(f"offers/{offer['id']}/decline/")

    assert answer.json()["status"] == "declined"
    now = detail(taote, request_)
    assert (now["kind"], now["amount"], now["status"]) == ("return_and_refund", "59.00", "awaiting_merchant")
    assert now["due_at"] == before["due_at"]
    assert taote.merchant.post(f"refunds/{request_.pk}/approve/").json()["status"] == "awaiting_return"


@pytest.mark.rule("T7", "T10", "T11")
def test_two_yuan_ignored_expires_with_the_clock_and_the_original_request_is_approved(taote, request_, clock):
    clock.move(hours=30)
    offer = propose(taote, request_).json()
    assert (
        offer["due_at"]
        == detail(taote, request_)["due_at"]
        == (NOON + timedelta(hours=36)).strftime("%Y-%m-%dT%H:%M:%SZ")
    )
    clock.move(hours=5, minutes=59)
    sweep()
    assert detail(taote, request_)["status"] == "awaiting_merchant"
    clock.move(minutes=1)

    sweep()

    now = detail(taote, request_)
    assert (now["kind"], now["amount"], now["status"]) == ("return_and_refund", "59.00", "awaiting_return")
    assert now["offers"][0]["status"] == "expired"
    assert now["payments"] == []


@pytest.mark.rule("T10")
def test_an_unanswered_refund_only_is_paid_once(taote, clock):
    refund = taote.refund(kind="refund_only", amount="12.30")
    clock.move(hours=37)
    for _ in range(3):
        sweep()
    now = detail(taote, refund)
    assert now["status"] == "refunded"
    assert [p["amount"] for p in now["payments"]] == ["12.30"]
    assert SandboxTransfer.objects.get().calls == 1


@pytest.mark.rule("T6", "T2")
def test_refund_only_becomes_a_return_to_the_address_that_was_named(taote, clock):
    refund = taote.refund(kind="refund_only")
    offer = propose(taote, refund, method="change_to_return", amount=None, return_address=str(taote.address.pk)).json()

    taote.buyer.post(f"offers/{offer['id']}/accept/")

    now = detail(taote, refund)
    assert (now["kind"], now["status"], now["amount"]) == ("return_and_refund", "awaiting_return", "59.00")
    assert now["return_address"] == str(taote.address.pk)
    assert (now["due_action"], now["payments"]) == ("close", [])


@pytest.mark.rule("T3")
def test_without_the_tick_there_is_no_offer(taote, request_):
    answer = propose(taote, request_, agreed_with_buyer=False)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "agreed_with_buyer"
    assert detail(taote, request_)["offers"] == []


@pytest.mark.rule("T3")
def test_the_tick_is_recorded(taote, request_):
    propose(taote, request_)
    sent = taote.merchant.get(f"refunds/{request_.pk}/timeline/").json()["results"][-1]
    assert (sent["name"], sent["data"]["agreed_with_buyer"]) == ("offer.sent", True)
    assert "¥2.00" in sent["data"]["buyer_sees"]


@pytest.mark.rule("T4")
@pytest.mark.parametrize("ending", ["decline", "pending", "resubmitted"])
def test_one_negotiation_per_refund_ever(taote, request_, clock, ending):
    offer = propose(taote, request_).json()
    expected = "attempts_exhausted"
    match ending:
        case "decline":
            taote.buyer.post(f"offers/{offer['id']}/decline/")
        case "pending":
            expected = "offer_pending"
        case "resubmitted":
            taote.merchant.post(f"refunds/{request_.pk}/reject/", {"reason": "no"})
            taote.buyer.post(f"refunds/{request_.pk}/resubmit/", {"amount": "58.00"})
            assert detail(taote, request_)["status"] == "awaiting_merchant"
    again = propose(taote, request_)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, expected)
    assert len(detail(taote, request_)["offers"]) == 1


@pytest.mark.rule("T1")
def test_fresh_food_is_not_negotiated(taote, clock):
    refund = taote.refund(taote.order(category="50025680"))
    answer = propose(taote, refund)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "category_not_open")


@pytest.mark.rule("T1")
def test_a_store_that_negotiation_is_not_opened_to(taote, request_):
    with system_scope():
        taote.store.negotiation_open = False
        taote.store.save()
    answer = propose(taote, request_)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "method_not_available")


@pytest.mark.rule("T5")
@pytest.mark.parametrize(
    ("amount", "status", "code"),
    [
        ("59.01", 409, "amount_above_refundable"),
        ("0.00", 400, "min_value"),
        ("-1.00", 400, "min_value"),
        (None, 400, "required"),
        ("1e1", 400, "invalid"),
    ],
)
def test_the_amount_is_above_zero_and_at_most_the_maximum(taote, request_, amount, status, code):
    answer = propose(taote, request_, amount=amount)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"], error["attr"]) == (status, code, "amount")
    assert detail(taote, request_)["offers"] == []


@pytest.mark.rule("T5")
@pytest.mark.parametrize("amount", ["0.01", "59.00"])
def test_the_amount_at_its_edges(taote, request_, amount):
    offer = propose(taote, request_, amount=amount)
    assert taote.buyer.post(f"offers/{offer.json()['id']}/accept/").status_code == 200
    settle_batch()
    assert detail(taote, request_)["payments"][0]["amount"] == amount


@pytest.mark.rule("T8")
@pytest.mark.parametrize(("decision", "status"), [("approve", "awaiting_return"), ("reject", "rejected")])
def test_a_decision_withdraws_the_pending_offer(taote, request_, decision, status):
    offer = propose(taote, request_).json()
    body = {"reason": "not ours"} if decision == "reject" else {}
    taote.merchant.post(f"refunds/{request_.pk}/{decision}/", body)
    now = detail(taote, request_)
    assert (now["status"], now["offers"][0]["status"]) == (status, "withdrawn")
    late = taote.buyer.post(f"offers/{offer['id']}/accept/")
    assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "offer_not_pending")
    assert detail(taote, request_)["status"] == status


@pytest.mark.rule("T7")
def test_an_answer_after_the_clock_is_refused_even_before_the_sweep(taote, request_, clock):
    offer = propose(taote, request_).json()
    clock.move(hours=36)
    late = taote.buyer.post(f"offers/{offer['id']}/accept/")
    assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "offer_not_pending")
    rejected = taote.merchant.post(f"refunds/{request_.pk}/reject/", {"reason": "too late"})
    assert (rejected.status_code, rejected.json()["errors"][0]["code"]) == (409, "invalid_transition")


@pytest.mark.rule("T6")
def test_a_return_needs_an_address_of_the_own_store(taote, other, clock):
    refund = taote.refund(kind="refund_only")
    missing = propose(taote, refund, method="change_to_return", amount=None)
    assert (missing.status_code, missing.json()["errors"][0]["attr"]) == (400, "return_address")
    foreign = propose(taote, refund, method="change_to_return", amount=None, return_address=str(other.address.pk))
    assert foreign.status_code == 404


@pytest.mark.rule("T5", "T6")
def test_each_change_fits_one_kind(taote, request_, clock):
    wrong = propose(taote, request_, method="change_to_return", return_address=str(taote.address.pk))
    assert wrong.json()["errors"][0]["code"] == "method_not_available"
    options = taote.merchant.get(f"refunds/{request_.pk}/offer-options/").json()
    assert [option["method"] for option in options["options"]] == ["change_to_refund_only"]
    assert options["options"][0]["limits"]["max_amount"] == "59.00"
    assert (options["attempts_left"], options["retainable"]) == (1, {"ok": True, "code": None})
