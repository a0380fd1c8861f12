"""Several workers settle the same payments: each is paid and booked once."""

import threading
from functools import partial
from uuid import UUID

import pytest

from common.actors import SYSTEM
from common.tenancy import system_scope
from common.workers import LEASE
from payments.actions import record_answers, resume_payment, take_up_payments
from payments.gateways import gateway
from payments.gateways.base import GatewayAnswer, GatewayOutcome, Instruction
from payments.models import Payment, SandboxTransfer, Transfer
from payments.settlement import settle_batch
from payments.states import PaymentStatus
from refunds import actions as refund_actions
from tests.concurrency.harness import PATIENCE, overtaken, together
from tests.concurrency.invariants import assert_paid_once
from tests.world import MERCHANT, NOON


@pytest.fixture
def paying(shop, clock):
    """Makes `count` approved refunds of ¥59 that wait for their money."""

    def make(count, **kwargs):
        refunds = [shop.refund(shop.order(**kwargs), kind="refund_only") for _ in range(count)]
        with shop.scope():
            for refund in refunds:
                refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        return refunds

    return make


def payment_of(refund) -> Payment:
    with system_scope():
        return Payment.objects.get(topic_id=refund.pk)


def in_system(call):
    """The call in a transaction of its own."""

    def inner():
        with system_scope():
            return call()

    return inner


def record(refund, *outcomes, now=NOON):
    """A call that books these answers of the gateway about the refund's payment."""
    key = str(payment_of(refund).pk)
    return partial(
        record_answers, answers=[GatewayAnswer(key, outcome, "SBX-1") for outcome in outcomes], actor=SYSTEM, now=now
    )


def taken_up(refund) -> str:
    """A worker has leased the payment and the gateway has paid it; nothing is booked yet. Returns the key."""
    with system_scope():
        ((payment, _),) = take_up_payments(now=NOON, limit=1, ids=[payment_of(refund).pk])
    gateway(payment.gateway).pay(Instruction(str(payment.pk), payment.buyer_id, payment.amount))
    return str(payment.pk)


def drain() -> int:
    """One worker: batch after batch until nothing is due."""
    done = 0
    while count := settle_batch(limit=7):
        done += count
    return done


@pytest.mark.rule("T5", "T10")
def test_four_workers_share_the_payments(paying):
    refunds = paying(40)
    assert sum(result.value for result in together(*[drain] * 4) if result.code == "ok") == 40
    assert set(SandboxTransfer.objects.values_list("calls", flat=True)) == {1}
    for refund in refunds:
        assert_paid_once(refund, "59.00")


@pytest.mark.rule("T5")
def test_payments_are_asked_for_side_by_side_and_paid_once_each(paying, monkeypatch):
    refunds = paying(6)
    sandbox, together_ = gateway("sandbox"), threading.Barrier(3, timeout=PATIENCE)
    pay = sandbox.pay

    def at_once(instruction):
        together_.wait()
        return pay(instruction)

    monkeypatch.setattr(type(sandbox), "calls_at_once", 3)
    monkeypatch.setattr(sandbox, "pay", at_once)
    assert settle_batch() == 6
    for refund in refunds:
        assert_paid_once(refund, "59.00")
    assert set(SandboxTransfer.objects.values_list("calls", flat=True)) == {1}


def test_a_worker_does_not_wait_for_payments_that_another_takes_up(paying):
    paying(3)
    race = overtaken(
        lambda: len(take_up_payments(now=NOON, limit=2)),
        in_system(lambda: len(take_up_payments(now=NOON, limit=10))),
        scope=system_scope(),
    )
    assert (race.first.value, race.second.value, race.waited) == (2, 1, False)


def test_a_told_worker_and_the_sweep_take_up_a_payment_once(paying):
    for _ in range(6):
        (refund,) = paying(1)
        ids = [payment_of(refund).pk]
        results = together(lambda ids=ids: settle_batch(ids=ids), settle_batch, partial(settle_batch, ids=ids))
        assert sum(result.value for result in results if result.code == "ok") == 1
        assert_paid_once(refund, "59.00")
    assert set(SandboxTransfer.objects.values_list("calls", flat=True)) == {1}


def test_a_lease_that_ran_out_is_taken_over_and_both_workers_answers_book_once(paying, clock):
    (refund,) = paying(1)
    key = taken_up(refund)
    clock.move(seconds=LEASE.total_seconds() - 5)
    assert settle_batch() == 0
    clock.move(seconds=5)
    assert settle_batch() == 1
    record(refund, GatewayOutcome.PAID)  # reads the key
    with system_scope():
        late = record_answers(answers=[GatewayAnswer(key, GatewayOutcome.PAID, "late")], now=NOON, actor=SYSTEM)
    assert late == []
    assert_paid_once(refund, "59.00")
    assert SandboxTransfer.objects.get().calls == 1, "the second worker looks it up instead of paying again"


def test_two_answers_at_once_book_once(paying):
    for _ in range(4):
        (refund,) = paying(1)
        taken_up(refund)
        book = in_system(record(refund, GatewayOutcome.PAID))
        assert sorted(len(result.value) for result in together(book, book, book)) == [0, 0, 1]
        assert_paid_once(refund, "59.00")


def test_the_second_answer_waits_for_the_first_and_changes_nothing(paying):
    (refund,) = paying(1)
    taken_up(refund)
    book = record(refund, GatewayOutcome.PAID)
    race = overtaken(book, in_system(book), scope=system_scope())
    assert (len(race.first.value), race.second.value, race.waited) == (1, [], True)
    assert_paid_once(refund, "59.00")


@pytest.mark.parametrize("late", [GatewayOutcome.DECLINED, GatewayOutcome.UNKNOWN, GatewayOutcome.PAID])
def test_an_answer_that_comes_late_changes_nothing(paying, late):
    (refund,) = paying(1)
    taken_up(refund)
    with system_scope():
        record(refund, GatewayOutcome.PAID)()
        assert record(refund, late)() == []
    assert payment_of(refund).next_attempt_at is None
    assert_paid_once(refund, "59.00")


@pytest.mark.parametrize(
    "outcomes", [(GatewayOutcome.UNKNOWN, GatewayOutcome.PAID), (GatewayOutcome.PAID, GatewayOutcome.UNKNOWN)]
)
def test_of_two_answers_in_one_batch_the_one_that_knows_counts(paying, outcomes):
    (refund,) = paying(1)
    taken_up(refund)
    with system_scope():
        record(refund, *outcomes)()
    assert_paid_once(refund, "59.00")


def test_the_hundredth_buyer_is_paid_although_others_are_declined_or_unheard_of(paying):
    paying(5, buyer_id="sandbox-decline")
    paying(5, buyer_id="sandbox-timeout")
    twice = paying(5, buyer_id="sandbox-duplicate")
    together(*[drain] * 3)
    with system_scope():
        statuses = sorted(Payment.objects.values_list("status", flat=True))
        phases = sorted(Transfer.objects.values_list("phase", flat=True))
    assert statuses == ["failed"] * 5 + ["processing"] * 5 + ["succeeded"] * 5
    assert phases == ["pending"] * 5 + ["posted"] * 5 + ["voided"] * 5
    for refund in twice:
        assert_paid_once(refund, "59.00")


def test_one_gateway_that_breaks_its_promise_does_not_stop_the_others(paying, monkeypatch):
    refunds = paying(3)
    broken = str(payment_of(refunds[1]).pk)
    sandbox = gateway("sandbox")
    honest = sandbox.pay

    def pay(instruction):
        if instruction.key == broken:
            raise RuntimeError("no route to the bank")
        return honest(instruction)

    monkeypatch.setattr(sandbox, "pay", pay)
    assert settle_batch() == 3
    assert_paid_once(refunds[0], "59.00")
    assert_paid_once(refunds[2], "59.00")
    unknown = payment_of(refunds[1])
    assert (unknown.status, unknown.last_error) == (PaymentStatus.PROCESSING, "not_asked:RuntimeError")
    assert unknown.next_attempt_at > NOON
    assert UUID(broken) == unknown.pk


def test_what_waits_for_a_person_is_resumed_by_one_of_two(paying, shop):
    [refund] = paying(1)
    payment = payment_of(refund)
    with system_scope():
        Payment.objects.update(needs_attention=True, next_attempt_at=None)
    resume = partial(resume_payment, store_id=shop.store.pk, payment_id=payment.pk, actor=MERCHANT, now=NOON)
    race = overtaken(resume, in_system(resume), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
