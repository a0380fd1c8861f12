"""The connection breaks at every statement of a worker's batch: after the lease it is done, once."""

from contextlib import suppress

import pytest
from django.db import OperationalError

from common.obligations import FIRST_RETRY_AFTER, LEASE
from common.tenancy import system_scope
from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from refunds import actions as refund_actions
from refunds import returns
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.crash import Moment, crash_at, every_crash
from tests.concurrency.invariants import assert_consistent, assert_paid_once
from tests.world import MERCHANT, NOON


@pytest.fixture
def owed(shop, clock):
    """Makes `count` payments of ¥59 that wait for a worker; returns their refunds."""

    def make(count):
        refunds = [shop.refund(kind="refund_only") for _ in range(count)]
        with shop.scope():
            for refund in refunds:
                refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        return refunds

    return make


@pytest.mark.rule("T5", "T10")
def test_settling_is_taken_over_after_the_lease_and_pays_once(owed, clock):
    owed(2)
    with crash_at(None) as steps:
        assert settle_batch() == 2
    assert (len(steps.commits()), steps.names.count("INSERT")) == (2, 2), "claim and books; two transfers between them"
    for step, moment in every_crash(len(steps)):
        refunds = owed(2)
        with crash_at(step, moment) as broken, suppress(OperationalError):
            settle_batch()
        assert broken.crashed
        if moment == Moment.BEFORE:
            assert_consistent()

        clock.move(seconds=FIRST_RETRY_AFTER.total_seconds())  # more than a lease
        settle_batch()

        for refund in refunds:
            assert_paid_once(refund, "59.00")
    assert set(SandboxTransfer.objects.values_list("outcome", flat=True)) == {"paid"}
    with system_scope():
        assert Payment.objects.count() == SandboxTransfer.objects.count()


def test_nothing_is_taken_up_again_before_the_lease_is_over(owed, clock):
    owed(1)
    with crash_at(None) as steps:
        settle_batch()
    claimed = steps.commits()[0]
    (refund,) = owed(1)
    with pytest.raises(OperationalError), crash_at(claimed, Moment.AFTER):
        settle_batch()
    clock.move(seconds=LEASE.total_seconds() - 5)
    assert settle_batch() == 0
    assert not SandboxTransfer.objects.filter(key__in=_keys(refund)).exists()
    clock.move(seconds=5)
    assert settle_batch() == 1
    assert_paid_once(refund, "59.00")


def _keys(refund) -> list[str]:
    with system_scope():
        return [str(pk) for pk in Payment.objects.filter(topic_id=refund.pk).values_list("pk", flat=True)]


@pytest.mark.rule("T10")
def test_a_sweep_that_breaks_is_done_by_the_next_one_and_moves_each_refund_once(shop, clock):
    def overdue():
        """A batch with every kind of deadline: pay, await the return, close, refund without inspection."""
        refunds = [shop.refund(kind="refund_only"), *[shop.refund() for _ in range(3)]]
        with shop.scope():
            for refund in refunds[2:]:
                refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
            returns.ship_return(
                store_id=shop.store.pk,
                refund_id=refunds[3].pk,
                carrier="YTO",
                tracking_number="1",
                actor=MERCHANT,
                now=NOON,
            )
        return refunds

    def sweep():
        clock.move(days=12)
        return sweep_due_refunds()

    overdue()
    with crash_at(None) as steps:
        assert sweep() == 4
    clock.move(days=30)
    sweep_due_refunds()
    for step, moment in every_crash(len(steps)):
        clock.traveller.move_to(NOON)
        refunds = overdue()
        with crash_at(step, moment) as broken, suppress(OperationalError):
            sweep()
        assert broken.crashed
        sweep_due_refunds()
        statuses = [shop.reload(refund).status for refund in refunds]
        assert statuses == ["refunding", "awaiting_return", "closed", "refunding"], (step, moment)
        with system_scope():
            paid = Payment.objects.filter(topic_id__in=[refund.pk for refund in refunds])
            assert sorted(payment.topic_id for payment in paid) == [refunds[0].pk, refunds[3].pk]
        clock.move(days=30)
        assert sweep_due_refunds() == 1, "the return that nobody sent"
