"""A process is killed with -9 around every COMMIT of accepting, settling and sweeping.

The next one finishes the work.
"""

from datetime import timedelta
from time import perf_counter

import pytest
from django.db import connection

from common.workers import LEASE
from payments.models import SandboxTransfer
from payments.settlement import settle_batch
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.crash import Moment, around_commits, crash_at
from tests.concurrency.harness import await_
from tests.concurrency.invariants import assert_paid_once
from tests.concurrency.negotiation import DUE, SOON
from tests.concurrency.process import DONE, KILLED
from tests.world import wait

ACCEPTED = ("accepted", "refunding", "refund_only", "2.00")


def nobody_else_is_connected() -> bool:
    """The dead process's transaction is over once the server has noticed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0] == 0


@pytest.mark.rule("T5", "T11")
def test_accept_is_killed_around_every_commit(negotiation, other_process, clock):
    clock.move(hours=1)
    accept = negotiation().accept()
    with crash_at(None) as steps:
        accept()
    for step, moment in around_commits(steps):
        case = negotiation()
        job = {"store_id": case.shop.store.pk, "offer_id": case.offer.pk, "at": SOON}
        assert other_process.run("accept", step=step, moment=moment, **job) == KILLED
        await_(nobody_else_is_connected, "the end of the dead process's connection")
        is_done = moment == Moment.AFTER
        assert (case.now() == ACCEPTED) == is_done, (step, moment)

        again = other_process.run("accept", step=None, **job)
        assert again == ("exit 1" if is_done else DONE), "the second time it is refused"
        settle_batch()
        assert_paid_once(case.refund, "2.00")


@pytest.mark.rule("T5", "T10")
def test_settling_is_killed_around_every_commit(shop, other_process, clock):
    clock.traveller.move_to(DUE)

    def owe():
        refund = shop.refund(kind="refund_only", now=DUE - timedelta(hours=36))
        assert sweep_due_refunds() == 1
        return refund

    owe()
    with crash_at(None) as steps:
        settle_batch()
    for step, moment in around_commits(steps):
        refund = owe()
        assert other_process.run("settle", step=step, moment=moment, at=DUE) == KILLED
        await_(nobody_else_is_connected, "the end of the dead process's connection")
        wait(seconds=LEASE.total_seconds())
        assert other_process.run("settle", step=None, at=DUE) == DONE
        assert_paid_once(refund, "59.00")
    assert set(SandboxTransfer.objects.values_list("calls", flat=True)) == {1}


@pytest.mark.rule("T10")
def test_the_sweep_is_killed_around_every_commit(negotiation, other_process, clock):
    clock.traveller.move_to(DUE)
    negotiation()
    with crash_at(None) as steps:
        sweep_due_refunds()
    for step, moment in around_commits(steps):
        case = negotiation()
        assert other_process.run("sweep", step=step, moment=moment, at=DUE) == KILLED
        await_(nobody_else_is_connected, "the end of the dead process's connection")
        assert other_process.run("sweep", step=None, at=DUE) == DONE
        assert case.now() == ("expired", "awaiting_return", "return_and_refund", "59.00")


@pytest.mark.rule("T5")
def test_nobody_waits_for_a_broker_that_is_down(negotiation, other_process, clock):
    """Telling a worker is a courtesy: the buyer has the answer at once, and the sweep pays."""
    clock.move(hours=1)
    first, second = negotiation(), negotiation()
    for case in (first, second):  # the first one warms up
        job = {"store_id": case.shop.store.pk, "offer_id": case.offer.pk, "at": SOON}
        started = perf_counter()
        assert other_process.run("accept", step=None, **job) == DONE
    assert perf_counter() - started < 3
    assert settle_batch() == 2
    assert_paid_once(second.refund, "2.00")
