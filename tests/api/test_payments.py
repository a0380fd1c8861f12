"""Payments over the API: read by the merchant, whatever the gateway does."""

import pytest
from django.db import connection
from django.db.models.functions import Now

from common import clock as wall
from common.obligations import FIRST_RETRY_AFTER, LEASE, MAX_ATTEMPTS, retry_after
from common.tenancy import system_scope
from payments.actions import take_up_payments
from payments.models import Payment, SandboxTransfer, Transfer
from payments.settlement import settle_batch
from tests.api.helpers import detail
from tests.api.test_refunds import do
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def approved(shop, buyer_id="buyer-1"):
    """A refund whose money is about to go out."""
    refund = shop.refund(shop.order(buyer_id=buyer_id), kind="refund_only")
    do(shop, refund, "approve")
    return refund


def payments(shop, **params):
    return shop.merchant.get("payments/", **params).json()["results"]


def phases(shop):
    with shop.scope():
        return list(Transfer.objects.order_by("id").values_list("phase", flat=True))


def test_a_payment_is_listed_and_read(taote):
    refund = approved(taote)
    [payment] = payments(taote)
    assert {**payment, "warnings": []} == taote.merchant.get(f"payments/{payment['id']}/").json()
    assert (payment["refund"], payment["order"]) == (str(refund.pk), detail(taote, refund)["order"])
    assert (payment["purpose"], payment["amount"], payment["status"]) == ("refund", "59.00", "pending")
    assert phases(taote) == ["pending"]
    settle_batch()
    [paid] = payments(taote, status="succeeded")
    assert (paid["status"], paid["settled_at"], paid["attempts"]) == ("succeeded", "2026-11-20T04:00:00Z", 1)
    assert paid["gateway_reference"].startswith("SBX-")
    assert phases(taote) == ["posted"]
    assert payments(taote, status="failed") == []
    assert payments(taote, order=paid["order"]) == [paid]


def test_two_answers_pay_once(taote):
    refund = approved(taote, "sandbox-duplicate")
    settle_batch()
    assert settle_batch() == 0
    assert detail(taote, refund)["status"] == "refunded"
    assert phases(taote) == ["posted"]
    assert SandboxTransfer.objects.get().calls == 1


def test_a_payment_that_is_declined_frees_its_reservation_and_calls_a_person(taote):
    refund = approved(taote, "sandbox-decline")
    settle_batch()
    shown = detail(taote, refund)
    assert (shown["status"], shown["needs_attention"]) == ("refunding", True)
    assert [payment["status"] for payment in shown["payments"]] == ["failed"]
    assert payments(taote)[0]["last_error"]
    assert phases(taote) == ["voided"]
    assert settle_batch() == 0


def test_a_gateway_that_does_not_answer_is_asked_again_and_then_a_person_is(taote, clock):
    refund = approved(taote, "sandbox-timeout")
    for attempt in range(MAX_ATTEMPTS):
        assert settle_batch() == 1
        assert payments(taote)[0]["attempts"] == attempt + 1
        assert settle_batch() == 0, "not before its time"
        clock.move(seconds=retry_after(attempt + 1).total_seconds())
    [payment] = payments(taote, needs_attention="true")
    assert (payment["status"], payment["needs_attention"]) == ("processing", True)
    assert settle_batch() == 0
    assert phases(taote) == ["pending"], "nobody knows: the reservation stays"
    assert SandboxTransfer.objects.get().calls == 1, "an unknown outcome is looked up, not sent again"
    assert detail(taote, refund)["status"] == "refunding"


def test_two_dead_workers_and_a_silent_gateway_after_them_do_not_add_up_to_minutes(taote, clock):
    approved(taote, "sandbox-timeout")
    for _ in range(2):
        with system_scope():
            assert len(take_up_payments(now=wall.now(), limit=10)) == 1  # and then the worker dies
        clock.move(seconds=LEASE.total_seconds())
    assert settle_batch() == 1
    assert payments(taote)[0]["attempts"] == 3
    clock.move(seconds=FIRST_RETRY_AFTER.total_seconds())
    assert settle_batch() == 1


def test_a_gateway_that_is_back_is_soon_asked_about_all_that_it_left_open(taote, clock):
    long, other = (approved(taote, "sandbox-timeout") for _ in range(2))
    asked = Payment.objects.filter(topic_id=long.pk)
    with system_scope():
        Payment.objects.filter(topic_id=other.pk).update(next_attempt_at=None)
    for attempt in range(1, 7):
        clock.move(seconds=retry_after(attempt).total_seconds())
        assert settle_batch() == 1
    with system_scope():
        Payment.objects.filter(topic_id=other.pk).update(next_attempt_at=Now())
    assert settle_batch() == 1
    clock.move(seconds=FIRST_RETRY_AFTER.total_seconds())
    assert settle_batch() == 1, "the other alone"
    with system_scope():
        assert asked.get().attempts == 6
        key = Payment.objects.get(topic_id=other.pk).pk
    SandboxTransfer.objects.filter(key=key).update(outcome="paid")
    clock.move(seconds=FIRST_RETRY_AFTER.total_seconds())
    assert settle_batch() == 1
    assert detail(taote, other)["status"] == "refunded"
    clock.move(seconds=FIRST_RETRY_AFTER.total_seconds() - 1)
    assert settle_batch() == 0, "the gateway isn't overrun by all at once"
    clock.move(seconds=1)
    assert settle_batch() == 1
    with system_scope():
        assert asked.get().attempts == 7, "it counts, so a payment that is never answered is left to a person"


def test_a_payment_that_kills_its_workers_calls_a_person(taote, clock):
    refund = taote.refund(kind="refund_only")
    taote.merchant.post(f"refunds/{refund.pk}/approve/")
    for _ in range(MAX_ATTEMPTS):
        with system_scope():
            assert len(take_up_payments(now=wall.now(), limit=10)) == 1  # and then the worker dies
        clock.move(minutes=3)
    with system_scope():
        assert take_up_payments(now=wall.now(), limit=10) == []
    payment = taote.merchant.get("payments/").json()["results"][0]
    assert (payment["status"], payment["needs_attention"]) == ("processing", True)


def test_what_waits_for_a_person_is_read_from_indexes_of_its_own(taote):
    order = taote.order()
    said = {"store": taote.store, "order": order, "topic_id": order.pk, "buyer_id": "b", "created_at": NOON}
    with taote.scope(), connection.cursor() as cursor:
        # Few of many payments, and a planner that knows it.
        Payment.objects.bulk_create(Payment(purpose="refund", amount=1, **said) for _ in range(1_000))
        cursor.execute("ANALYZE payments_payment")
        plan = Payment.objects.for_store(taote.store.pk).in_attention().explain()
    assert all(name in plan for name in ("payment_in_conflict", "payment_attention")), plan
