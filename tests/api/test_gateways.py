"""What gateways tell us: the inbox, what comes back, and the daily comparison with their statements."""

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from common import clock as wall
from common.models import Event
from common.tenancy import system_scope
from payments import tasks
from payments.actions import take_up_payments
from payments.gateways import gateway
from payments.gateways.base import GatewayOutcome, Notice
from payments.inbox import process_due_notices
from payments.models import DayAllowance, GatewayNotice, Payment, Reconciliation, SandboxTransfer, Transfer
from payments.reconciling import reconcile
from payments.settlement import settle_batch
from refunds.payouts import pay_again
from tests.api.test_small_payments import allowance, send
from tests.cases import for_each
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.world import MERCHANT, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

SANDBOX = gateway("sandbox")
TODAY = date(2026, 11, 20)


@pytest.fixture
def shop(db):
    return make_shop("kuaishou")


def post(signed, name="sandbox"):
    """The gateway sends a notice."""
    headers, body = signed
    return Client().post(f"/gateways/{name}/webhook/", body, content_type="application/json", headers=headers)


def results() -> list[str]:
    return list(GatewayNotice.objects.order_by("received_at", "id").values_list("result", flat=True))


def paid(shop, **kwargs) -> str:
    """A small payment that the gateway has paid; its id."""
    payment = send(shop, shop.order(**kwargs)).json()["id"]
    settle_batch()
    return payment


def shown(shop, payment) -> dict:
    return shop.merchant.get(f"payments/{payment}/").json()


@pytest.mark.rule("K9", "K10")
def test_a_returned_payment_fails_after_the_fact_once(shop):
    order = shop.order()
    payment = send(shop, order, "5.00").json()["id"]
    settle_batch()
    notice = SANDBOX.send_back(payment)
    assert [post(notice).status_code for _ in range(3)] == [204, 204, 204]
    assert GatewayNotice.objects.count() == 1, "kept once per event"
    assert shown(shop, payment)["status"] == "succeeded", "a worker does it"
    assert process_due_notices() == 1
    assert process_due_notices() == 0
    after = shown(shop, payment)
    assert (after["status"], after["reversed_at"]) == ("failed", "2026-11-20T04:00:00Z")
    assert "came back" in after["last_error"]
    left = allowance(shop, order)
    assert (left["order"]["used"], left["store_day"]["used"]) == (0, "0.00")
    with shop.scope():
        rows = Transfer.objects.order_by("id").values_list("purpose", "phase", "amount")
        assert list(rows) == [("payout", "posted", Decimal("5.00")), ("reversal", "posted", Decimal("5.00"))]
        debits = [row.debit_account.kind for row in Transfer.objects.order_by("id").select_related("debit_account")]
    assert debits == ["merchant_funds", "buyer_payouts"]
    assert results() == ["applied"]


def test_a_returned_refund_waits_for_a_person_and_can_be_paid_again(shop):
    refund = shop.refund(kind="refund_only")
    shop.merchant.post(f"refunds/{refund.pk}/approve/")
    settle_batch()
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
    post(SANDBOX.send_back(str(payment.pk)))
    process_due_notices()
    detail = shop.merchant.get(f"refunds/{refund.pk}/").json()
    assert (detail["status"], detail["needs_attention"]) == ("refunding", True)
    names = [event["name"] for event in shop.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]]
    assert names[-2:] == ["payment.reversed", "refund.payment_reversed"]
    with shop.scope():
        pay_again(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=wall.now())
    settle_batch()
    detail = shop.merchant.get(f"refunds/{refund.pk}/").json()
    assert (detail["status"], detail["needs_attention"]) == ("refunded", False)
    assert [each["status"] for each in detail["payments"]] == ["failed", "succeeded"]


def test_a_notice_that_overtakes_our_own_booking_is_booked_whole(shop):
    """It comes back before we have booked that it was paid: both are booked, in order."""
    payment = send(shop, shop.order()).json()["id"]
    with system_scope():
        take_up_payments(now=wall.now(), limit=10)
        row = Payment.objects.get(pk=payment)
    SandboxTransfer.objects.create(key=payment, buyer_id=row.buyer_id, amount=row.amount, outcome="paid", at=wall.now())
    post(SANDBOX.send_back(payment))
    process_due_notices()
    assert results() == ["applied"]
    after = shown(shop, payment)
    assert (after["status"], bool(after["reversed_at"]), bool(after["settled_at"])) == ("failed", True, True)


def test_a_late_paid_notice_after_the_return_changes_nothing(shop):
    payment = paid(shop)
    early = SANDBOX.notice(payment)
    post(SANDBOX.send_back(payment))
    process_due_notices()
    post(early)
    process_due_notices()
    assert results() == ["applied", "no_change"]
    assert shown(shop, payment)["status"] == "failed"


def test_a_paid_notice_settles_what_was_unknown(shop):
    payment = send(shop, shop.order(buyer_id="sandbox-timeout")).json()["id"]
    settle_batch()
    SandboxTransfer.objects.filter(key=payment).update(outcome="paid")
    post(SANDBOX.notice(payment))
    process_due_notices()
    assert (results(), shown(shop, payment)["status"]) == (["applied"], "succeeded")


def test_unknown_ids_contradictions_and_other_amounts_are_kept_and_change_nothing(shop):
    payment = paid(shop)
    told = {"event": "e1", "key": payment, "outcome": "declined", "amount": "1.00", "reference": "", "error": "no"}
    for number, change in enumerate(
        [{}, {}, {"key": str(uuid4())}, {"key": "no-uuid"}, {"outcome": "returned", "amount": "9.99"}]
    ):
        body = json.dumps({**told, **change, "event": f"e{number}"}).encode()
        assert post(SANDBOX.sign(body)).status_code == 204
    assert process_due_notices() == 5
    assert sorted(results()) == ["conflict"] * 3 + ["unknown"] * 2
    assert shown(shop, payment)["status"] == "succeeded"
    with system_scope():
        assert Event.objects.filter(name="payment.conflict_found").count() == 1, "the first of them stays"


@for_each(
    "spoil",
    [
        lambda headers, body: (headers, body + b" "),
        lambda headers, body: ({**headers, "Sandbox-Signature": "0" * 64}, body),
        lambda headers, body: ({**headers, "Sandbox-Signature": "ä"}, body),
        lambda headers, body: ({**headers, "Sandbox-Timestamp": "1"}, body),
        lambda headers, body: ({}, body),
    ],
)
def test_what_is_not_the_gateways_is_refused(shop, spoil):
    payment = paid(shop)
    answer = post(spoil(*SANDBOX.send_back(payment)))
    assert answer.status_code == 401
    assert not GatewayNotice.objects.exists()
    SandboxTransfer.objects.update(outcome="paid")


TOLD = {"event": "e", "key": "k", "outcome": "paid", "amount": "1.00", "reference": "r", "error": ""}
SHAPES = {
    "a number for the event": json.dumps({**TOLD, "event": 7}),
    "no event": json.dumps({**TOLD, "event": ""}),
    "an endless event": json.dumps({**TOLD, "event": "e" * 101}),
    "a list for the key": json.dumps({**TOLD, "key": ["k"]}),
    "an object for the outcome": json.dumps({**TOLD, "outcome": {"paid": True}}),
    "NUL in the reference": json.dumps({**TOLD, "reference": "a\0b"}),
    "half a surrogate pair": json.dumps({**TOLD, "error": "\ud800"}),
    "NaN": json.dumps({**TOLD, "amount": float("nan")}),
    "a number for the amount": json.dumps({**TOLD, "amount": 1e300}),
    "null": "null",
    "a list": "[1, 2]",
    "deep nesting": "[" * 30_000,
    "half a text": '{"event": "e',
    "not UTF-8": b"\xff\xfe",
    "nothing": b"",
}


@for_each("body", SHAPES.values(), ids=list(SHAPES))
def test_a_signed_notice_that_cannot_be_read_is_400_and_kept_once(shop, body):
    signed = SANDBOX.sign(body if isinstance(body, bytes) else body.encode())
    assert [post(signed).status_code for _ in range(2)] == [400, 400]
    kept = GatewayNotice.objects.get()
    assert (kept.result, kept.next_attempt_at, bytes(kept.body)) == ("unreadable", None, signed[1])
    assert kept.error
    assert process_due_notices() == 0


def test_an_old_notice_is_refused(shop, clock):
    payment = paid(shop)
    notice = SANDBOX.notice(payment)
    clock.move(minutes=6)
    assert post(notice).status_code == 401


def test_other_addresses_and_huge_bodies(shop):
    assert post(({}, b"{}"), "no-such-gateway").status_code == 404
    assert post(({}, b"{}"), "wechatpay").status_code == 404, "not configured here"
    assert Client().get("/gateways/sandbox/webhook/").status_code == 405
    assert post(({}, b"x" * 70_000)).status_code == 413


def test_a_notice_that_cannot_be_processed_is_tried_again(shop, clock, monkeypatch, caplog):
    payment = paid(shop)
    post(SANDBOX.send_back(payment))
    with monkeypatch.context() as broken:
        broken.setattr("payments.inbox.reverse_payments", lambda **kwargs: 1 / 0)
        assert process_due_notices() == 1
    assert process_due_notices() == 0, "not before its time"
    clock.move(minutes=2)
    assert process_due_notices() == 1
    assert (results(), shown(shop, payment)["status"]) == (["applied"], "failed")


def differences(report) -> list[tuple]:
    return [
        (row.kind, row.key, row.status_here, row.status_there)
        for row in report.differences.order_by("kind", "status_here")
    ]


def compare(day=TODAY) -> Reconciliation:
    return reconcile(name="sandbox", day=day, now=wall.now())


def test_equal_books_have_no_difference(shop):
    for buyer in ("buyer-1", "sandbox-decline", "sandbox-timeout", "sandbox-duplicate"):
        paid(shop, buyer_id=buyer)
    report = compare()
    assert (report.lines, report.payments, differences(report)) == (3, 3, [])


def test_every_kind_of_difference_is_listed(shop):
    declined = paid(shop, buyer_id="sandbox-decline")
    lost, other, missed = (paid(shop) for _ in range(3))
    SandboxTransfer.objects.filter(key=declined).update(outcome="paid")
    SandboxTransfer.objects.filter(key=lost).delete()
    SandboxTransfer.objects.filter(key=other).update(amount=Decimal("9.99"))
    SANDBOX.send_back(missed)
    stranger = str(uuid4())
    SandboxTransfer.objects.create(key=stranger, buyer_id="b", amount=1, outcome="paid", at=wall.now())
    report = compare()
    assert (report.lines, report.payments) == (4, 4), "one is known only there and one only here"
    assert differences(report) == [
        ("amount", other, "succeeded", "paid"),
        ("status", declined, "failed", "paid"),
        ("status", missed, "succeeded", "returned"),
        ("unknown_here", stranger, "", "paid"),
        ("unknown_there", lost, "succeeded", ""),
    ]
    assert shown(shop, missed)["status"] == "succeeded", "a report corrects nothing"
    conflicts = [shown(shop, payment)["conflict"] for payment in (declined, other, lost, missed)]
    assert conflicts == ["paid_there", "amount", "", ""], "and what contradicts our books stops further payments"
    again = compare()
    assert (Reconciliation.objects.count(), again.differences_found) == (1, 5)
    printed = StringIO()
    with pytest.raises(SystemExit):
        call_command("reconcile", "--gateway", "sandbox", "--date", "2026-11-20", stdout=printed)
    assert f"unknown_here {stranger}" in printed.getvalue()
    _mend(declined, lost, other, missed, stranger)


def _mend(declined, lost, other, missed, stranger):
    """Bring the sandbox's memory back in line: the books were right all along."""
    SandboxTransfer.objects.filter(key=stranger).delete()
    SandboxTransfer.objects.filter(key=declined).update(outcome="declined")
    SandboxTransfer.objects.filter(key=other).update(amount=Decimal("1.00"))
    SandboxTransfer.objects.create(key=lost, buyer_id="b", amount=1, outcome="paid")
    SandboxTransfer.objects.filter(key=missed).update(outcome="paid")


def test_the_days_comparison_is_made_once(shop, clock):
    tasks.reconcile_yesterday()
    first = Reconciliation.objects.get()
    assert (first.gateway, first.date) == ("sandbox", TODAY - timedelta(days=1))
    clock.move(hours=1)
    tasks.reconcile_yesterday()
    assert Reconciliation.objects.get().pk == first.pk


def test_workers_process_notices_and_open_the_day(shop):
    payment = paid(shop)
    post(SANDBOX.send_back(payment))
    tasks.process_notices()
    assert results() == ["applied"]
    tasks.open_allowances()
    with shop.scope():
        assert DayAllowance.objects.get().date == TODAY


def test_what_was_paid_there_before_midnight_and_booked_here_after_it_is_no_difference(shop):
    payment = paid(shop)
    SandboxTransfer.objects.filter(key=payment).update(at=wall.now() - timedelta(days=1))
    assert differences(compare()) == []
    assert differences(compare(TODAY - timedelta(days=1))) == []


@for_each("wrong", [None, 5, b"1", "a\x00", ""])
def test_a_notice_is_told_in_texts_that_can_be_kept(wrong):
    for name in ("event_id", "key"):
        with pytest.raises(ValueError, match=r"text|length"):
            Notice(**{"event_id": "1", "key": "1", "outcome": GatewayOutcome.PAID, name: wrong})
