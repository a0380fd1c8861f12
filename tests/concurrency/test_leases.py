"""What a worker holds: for as long as it is at work, by the database's clock, and never against who has taken over."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core.management import call_command

from common import workers
from common.obligations import FIRST_RETRY_AFTER, LEASE
from common.tenancy import system_scope
from common.workers import take_up
from offers import bulk
from offers.bulk import send_waiting_rows, start_bulk_job
from offers.models import BulkRow
from offers.states import BulkRowStatus
from orders.models import Shipment
from orders.shipments import take_up_shipments
from orders.tracking import ask_carriers
from payments import inbox
from payments.actions import take_up_payments
from payments.gateways import gateway
from payments.gateways.base import Instruction
from payments.inbox import process_due_notices, receive_notice
from payments.models import GatewayNotice, Payment, SandboxTransfer
from payments.settlement import settle_batch
from payments.states import PaymentStatus
from tests.concurrency.harness import PATIENCE, Contender, await_
from tests.concurrency.invariants import assert_paid_once
from tests.concurrency.owing import database_now, leases, owed, payments, slow_gateway, taken_up
from tests.world import MERCHANT, NOON, make_shop, wait

# --- as long as it works ----------------------------------------------------------------------------------


@pytest.mark.rule("T5")
def test_a_lease_is_renewed_while_a_gateway_takes_its_time(shop, clock, monkeypatch):
    monkeypatch.setattr(workers, "RENEW_EVERY_S", 0.1)
    [refund] = owed(shop)
    with slow_gateway(monkeypatch) as (asked, go_on):
        slow = Contender(settle_batch)
        slow.start()
        assert asked.acquire(timeout=PATIENCE)
        for _ in range(3):
            [before] = payments()
            await_(lambda until=before.leased_until: payments()[0].leased_until > until, "a renewal", glance=0.05)
            assert payments()[0].leased_until - before.leased_until >= timedelta(seconds=0.1), "it goes on from now"
            assert settle_batch() == 0, "somebody is at it"
        go_on.set()
        assert slow.finish().value == 1
    assert_paid_once(refund, "59.00")
    assert (SandboxTransfer.objects.get().calls, payments()[0].attempts) == (1, 1)


@pytest.mark.rule("T5")
def test_who_comes_back_after_the_lease_pays_nothing_twice_and_disturbs_nobody(shop, clock, monkeypatch):
    """A process stands still in the middle of its call; another has settled the payment when it goes on."""
    monkeypatch.setattr(workers, "RENEW_EVERY_S", 1000)
    [refund] = owed(shop)
    with slow_gateway(monkeypatch) as (asked, go_on):
        stopped = Contender(settle_batch)
        stopped.start()
        assert asked.acquire(timeout=PATIENCE)
        wait(seconds=LEASE.total_seconds())
        other = Contender(settle_batch)
        other.start()
        assert asked.acquire(timeout=PATIENCE), (
            "it was never paid as far as the gateway knows: it is asked with the same key"
        )
        go_on.set()
        assert [stopped.finish().value, other.finish().value] == [1, 1]
    assert_paid_once(refund, "59.00")


def test_a_slow_gateway_s_payments_are_given_back_for_others(shop, clock, monkeypatch):
    monkeypatch.setattr(workers, "WORK_FOR_S", 0)
    refunds = owed(shop, 3)
    assert settle_batch() == 3
    assert [payment.status for payment in payments()] == ["succeeded", "processing", "processing"]
    assert {(p.attempts, p.leased_until, p.leased_by) for p in payments(status="processing")} == {(0, None, None)}
    monkeypatch.undo()
    assert settle_batch() == 2, "at once"
    for refund in refunds:
        assert_paid_once(refund, "59.00")


def test_what_another_has_taken_over_is_not_given_back(shop, clock, monkeypatch):
    monkeypatch.setattr(workers, "WORK_FOR_S", 0)
    owed(shop, 2)
    sandbox = gateway("sandbox")
    pay = sandbox.pay

    def stand_still(instruction):
        wait(seconds=LEASE.total_seconds())
        assert taken_up() == 2
        return pay(instruction)

    monkeypatch.setattr(sandbox, "pay", stand_still)
    settle_batch()
    [other] = payments(status="processing")
    assert (other.attempts, other.leased_until > database_now()) == (2, True)


def test_a_turn_renews_only_what_is_still_its_own(shop, clock):
    owed(shop, 2)
    with system_scope():
        turn = [payment for payment, _ in take_up_payments(now=NOON, limit=10)]
    wait(seconds=LEASE.total_seconds())
    with system_scope():
        [(first, _)] = take_up_payments(now=NOON, limit=1)
    wait(seconds=LEASE.total_seconds() - 5)
    before, now = leases(), database_now()
    workers._renew(turn)
    after = leases()
    assert after.pop(first.pk) == before[first.pk]
    [renewed] = after.values()
    assert renewed >= now + LEASE


def test_a_renewal_waits_for_no_row_that_is_being_worked_on(shop, clock):
    owed(shop, 2)
    with system_scope():
        turn = [payment for payment, _ in take_up_payments(now=NOON, limit=10)]
    wait(seconds=LEASE.total_seconds() - 5)
    before, now = leases(), database_now()
    with system_scope():
        Payment.objects.select_for_update().get(pk=turn[0].pk)
        renewing = Contender(partial(workers._renew, turn))
        renewing.start()
        renewing.join(PATIENCE)
        assert not renewing.is_alive()
    after = leases()
    assert after[turn[0].pk] == before[turn[0].pk], "its own turn needs nothing while it is locked"
    assert after[turn[1].pk] >= now + LEASE


# --- by the database's clock ------------------------------------------------------------------------------


@pytest.fixture(params=[-1, 1], ids=["a day behind", "a day ahead"])
def wrong_clock(request):
    """Another process's clock, a day off the database's."""
    return partial(time_machine.travel, datetime.now(UTC) + timedelta(days=request.param))


@pytest.mark.rule("T5")
def test_what_a_process_with_a_wrong_clock_owes_is_due_at_once_for_everybody(shop, wrong_clock):
    now = datetime.now(UTC)
    with wrong_clock():
        [refund] = owed(shop, now=now)
    assert settle_batch() == 1
    assert_paid_once(refund, "59.00")


@pytest.mark.rule("T5")
def test_what_a_process_with_a_wrong_clock_held_is_free_after_the_lease_and_not_before(shop, wrong_clock):
    [refund] = owed(shop, now=datetime.now(UTC))
    with wrong_clock():
        assert taken_up() == 1  # and then it dies
    assert settle_batch() == 0
    wait(seconds=LEASE.total_seconds())
    assert settle_batch() == 1
    assert_paid_once(refund, "59.00")


def test_a_process_with_a_wrong_clock_takes_nothing_from_who_holds_it(shop, wrong_clock):
    owed(shop, now=datetime.now(UTC))
    assert taken_up() == 1
    with wrong_clock():
        assert settle_batch() == 0


def test_a_process_with_a_wrong_clock_puts_nothing_off_for_a_day(shop, wrong_clock):
    owed(shop, now=datetime.now(UTC), buyer_id="sandbox-timeout")
    before = database_now()
    with wrong_clock():
        assert settle_batch() == 1
        after = database_now()
        assert settle_batch() == 0, "nor does it ask again at once"
    [payment] = payments()
    assert before + FIRST_RETRY_AFTER <= payment.next_attempt_at <= after + FIRST_RETRY_AFTER


def test_a_process_with_a_wrong_clock_looks_at_parcels_as_often_as_the_others(shop, wrong_clock):
    with wrong_clock():
        owed(shop)
        assert ask_carriers() > 0
        with system_scope():
            Shipment.objects.update(status="awaiting_pickup", attempts=0)
            assert take_up_shipments(now=NOON, limit=10) == []


def test_the_sweep_of_a_process_ahead_does_what_is_due_by_its_clock_once_and_leaves_what_others_hold(shop, capsys):
    """`faketime -f +37h manage.py sweep`: deadlines and pauses are over; nobody's lease is."""
    now = datetime.now(UTC)
    asked = shop.refund(kind="refund_only", now=now)
    [held, unheard] = [owed(shop, now=now, buyer_id=buyer)[0] for buyer in ("b", "sandbox-timeout")]
    with system_scope():
        [(payment, _)] = take_up_payments(now=now, limit=1)
    assert payment.topic_id == held.pk
    settle_batch()
    with time_machine.travel(now + timedelta(hours=37)):
        call_command("sweep")
    statuses = {payment.topic_id: payment for payment in payments()}
    assert statuses[asked.pk].status == PaymentStatus.SUCCEEDED, "36 hours without an answer: approved and paid"
    assert (statuses[held.pk].status, statuses[held.pk].attempts) == (PaymentStatus.PROCESSING, 1)
    assert statuses[unheard.pk].attempts == 2
    assert statuses[unheard.pk].next_attempt_at < database_now() + timedelta(minutes=1, seconds=1)
    assert "settlements: 2" in capsys.readouterr().out


# --- work that asks nobody outside ------------------------------------------------------------------------


@pytest.fixture
def notice(shop, clock):
    """A payment is paid as far as the gateway knows, and it has told us so."""
    owed(shop)
    [payment] = payments()
    gateway("sandbox").pay(Instruction(str(payment.pk), payment.buyer_id, payment.amount))
    headers, body = gateway("sandbox").notice(str(payment.pk))
    with system_scope():
        assert receive_notice(name="sandbox", headers=headers, body=body, now=NOON)
        take_up_payments(now=NOON, limit=1)
    return GatewayNotice.objects.get()


def test_a_notice_that_raises_is_put_off_and_the_others_go_on(notice, monkeypatch):
    honest = inbox._apply

    def apply(row, now):
        if row.pk == notice.pk:
            raise ValueError("no such outcome")
        return honest(row, now)

    monkeypatch.setattr(inbox, "_apply", apply)
    second = GatewayNotice.objects.create(
        gateway="sandbox", event_id="2", body=b"", key="x", outcome="paid", received_at=NOON, next_attempt_at=NOON
    )
    assert process_due_notices() == 2
    notice.refresh_from_db()
    second.refresh_from_db()
    assert (notice.result, notice.attempts, notice.last_error) == (
        "waiting",
        1,
        "something broke here, and the log says what",
    )
    assert (second.result, second.next_attempt_at) == ("unknown", None)
    for attempt in range(2, workers.MAX_ATTEMPTS + 1):
        wait(hours=1)
        process_due_notices()
        notice.refresh_from_db()
        assert notice.attempts == attempt
    assert (notice.result, notice.needs_attention, notice.next_attempt_at) == ("failed", True, None)


def test_a_notice_that_kills_its_workers_is_given_up(notice):
    for _ in range(workers.MAX_ATTEMPTS):
        with system_scope():
            [row], _ = take_up(GatewayNotice.objects.all())
            row.save(update_fields=row.WORK_FIELDS)  # and then the worker dies
        wait(seconds=LEASE.total_seconds())
    assert process_due_notices() == 0
    notice.refresh_from_db()
    assert (notice.result, notice.needs_attention) == ("failed", True)


def test_a_notice_that_was_taken_over_is_left_to_the_other(notice, monkeypatch):
    """The first worker stood still before it began; the second has the notice now."""
    in_turn = workers.in_turn

    def late(rows, do):
        with system_scope():
            GatewayNotice.objects.update(leased_by=payments()[0].pk)
        return in_turn(rows, do)

    monkeypatch.setattr(workers, "in_turn", late)
    assert process_due_notices() == 1
    notice.refresh_from_db()
    assert (notice.result, payments()[0].status) == ("waiting", "processing")


def test_who_waits_for_a_notice_that_is_being_worked_on_passes_it_over(notice, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    honest = inbox._apply

    def apply(row, now):
        begun.set()
        assert go_on.wait(PATIENCE)
        return honest(row, now)

    monkeypatch.setattr(inbox, "_apply", apply)
    monkeypatch.setattr(workers, "LEASE", timedelta(0))  # the lease is over at once: the row's lock still holds
    first = Contender(process_due_notices)
    first.start()
    assert begun.wait(PATIENCE)
    assert process_due_notices() == 0
    go_on.set()
    assert first.finish().value == 1
    notice.refresh_from_db()
    assert notice.result == "applied"


# --- rows of a bulk sending -------------------------------------------------------------------------------


def test_a_refund_of_a_bulk_sending_that_raises_stops_nobody_and_is_left_to_a_person_in_the_end(
    transactional_db, broker_tasks, clock, monkeypatch
):
    shop = make_shop("tmall")
    broken, fine = [shop.refund(reason="slow_logistics") for _ in range(2)]
    with shop.scope():
        job = start_bulk_job(store=shop.store, refund_ids=[broken.pk, fine.pk], actor=MERCHANT, now=NOON)
    send = bulk._send

    def fail(job, row, actor):
        if row.refund_id == broken.pk:
            raise RuntimeError("a fault of ours")
        return send(job, row, actor)

    monkeypatch.setattr(bulk, "_send", fail)
    assert send_waiting_rows(job_ids=[job.pk]) == 2
    with shop.scope():
        assert dict(BulkRow.objects.values_list("refund", "status")) == {broken.pk: "waiting", fine.pk: "sent"}
    assert shop.reload(job).finished_at is None
    for _ in range(workers.MAX_ATTEMPTS):
        wait(hours=1)
        send_waiting_rows()
    with shop.scope():
        row = BulkRow.objects.get(refund=broken.pk)
    assert (row.status, row.needs_attention, row.attempts) == (BulkRowStatus.REFUSED, True, workers.MAX_ATTEMPTS)
    assert "own page" in row.reason
    assert shop.reload(job).finished_at is not None


def test_the_job_of_a_worker_that_died_before_it_said_so_is_finished_by_the_next_sweep(
    transactional_db, broker_tasks, clock
):
    shop = make_shop("tmall")
    with shop.scope():
        job = start_bulk_job(
            store=shop.store, refund_ids=[shop.refund(reason="slow_logistics").pk], actor=MERCHANT, now=NOON
        )
        BulkRow.objects.update(status=BulkRowStatus.SENT, next_attempt_at=None)
    assert send_waiting_rows() == 0
    assert shop.reload(job).finished_at == NOON
    clock.move(hours=1)
    send_waiting_rows()
    assert shop.reload(job).finished_at == NOON, "and no later sweep finishes it again"
