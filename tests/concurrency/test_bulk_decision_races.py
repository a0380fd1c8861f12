"""Many decided together against others, and workers that die: each refund is decided once, or left out by name."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from common.errors import Refused
from common.models import Event
from common.obligations import LEASE
from common.tenancy import tenant_scope
from payments.models import Payment
from refunds.actions import lock_refund, reject_refund
from refunds.deciding import Chosen, decide_together, decide_waiting_rows, stop_deciding
from refunds.models import DecisionJob, DecisionRow
from refunds.states import BulkVerdict
from stores.permissions import actor_of
from tests.concurrency.crash import around_commits, crash_at
from tests.concurrency.harness import PATIENCE, Contender, await_, is_blocked, overtaken, together
from tests.concurrency.process import KILLED
from tests.concurrency.test_crash_processes import nobody_else_is_connected
from tests.world import NOON, make_user, wait

SAID = {"reason": "no"}


@pytest.fixture
def people(shop):
    return [make_user(name, shop=shop, role="agent") for name in ("anna", "bob")]


def newest(refund) -> int:
    return Event.objects.filter(topic_id=refund.pk).order_by("-id").values_list("id", flat=True)[0]


def begin(shop, refunds, user, verdict=BulkVerdict.APPROVE) -> DecisionJob:
    """A bulk decision of the user that no worker has begun and that isn't held any more."""
    with shop.scope():
        said = SAID if verdict == BulkVerdict.REJECT else {}
        chosen = [Chosen(refund.pk, newest(refund), said) for refund in refunds]
        job = decide_together(store=shop.store, verdict=verdict, chosen=chosen, actor=actor_of(user), now=NOON)
        DecisionRow.objects.filter(job=job).update(next_attempt_at=Now())
    return job


def statuses(shop, job) -> list[str]:
    with shop.scope():
        return list(DecisionRow.objects.filter(job=job).order_by("id").values_list("status", flat=True))


def assert_decided_once(shop, refunds) -> None:
    """Each has one decision, and one payment if it was approved."""
    for refund in refunds:
        with shop.scope():
            names = Event.objects.filter(topic_id=refund.pk, name__in=["refund.approved", "refund.rejected"])
            [name] = names.values_list("name", flat=True)
            assert Payment.objects.filter(topic_id=refund.pk).count() == (name == "refund.approved")


@pytest.mark.rule("T8")
def test_two_agents_who_decide_the_same_rows_decide_each_once(shop, clock, people):
    refunds, (anna, bob) = [shop.refund(kind="refund_only") for _ in range(6)], people
    jobs = [begin(shop, refunds, anna), begin(shop, refunds, bob, BulkVerdict.REJECT)]
    assert all(result.ok for result in together(*[decide_waiting_rows] * 3))
    while decide_waiting_rows():
        pass
    pairs = list(zip(*(statuses(shop, job) for job in jobs), strict=True))
    assert {tuple(sorted(pair)) for pair in pairs} == {("done", "left_out")}
    assert_decided_once(shop, refunds)
    with shop.scope():
        left_out = DecisionRow.objects.filter(status="left_out")
        assert all("It changed after the preview" in row.reason for row in left_out)
        assert not DecisionJob.objects.filter(finished_at=None).exists()


@pytest.mark.rule("T8")
def test_a_single_decision_under_way_is_waited_for_and_told(shop, clock, people):
    refund, (anna, bob) = shop.refund(kind="refund_only"), people
    job = begin(shop, [refund], anna)
    by = {"store_id": shop.store.pk, "refund_id": refund.pk, "actor": actor_of(bob), "now": NOON}
    race = overtaken(lambda: reject_refund(**by, reason="no"), decide_waiting_rows, scope=tenant_scope(shop.store.pk))
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with shop.scope():
        [row] = DecisionRow.objects.filter(job=job)
    assert (row.status, row.reason) == (
        "left_out",
        "It changed after the preview, so it was left out: Request rejected (bob).",
    )
    assert_decided_once(shop, [refund])


def test_what_waits_is_stopped_also_once_a_worker_has_it_and_what_it_is_at_is_decided(shop, clock, people):
    """The worker has leased both rows and waits for the first one's refund, which somebody else has locked."""
    refunds, (anna, bob) = [shop.refund(kind="refund_only") for _ in range(2)], people
    job, other = begin(shop, refunds, anna), begin(shop, [shop.refund(kind="refund_only")], bob)
    with shop.scope():
        DecisionRow.objects.filter(job=other).update(next_attempt_at=Now() + timedelta(hours=1))
    by = {"store_id": shop.store.pk, "job_id": job.pk, "actor": actor_of(anna), "now": NOON}
    with shop.scope():
        first = DecisionRow.objects.filter(job=job).order_by("id")[0]
        lock_refund(store_id=shop.store.pk, refund_id=first.refund_id)
        worker = Contender(decide_waiting_rows)
        worker.start()
        worker.connected.wait(PATIENCE)
        await_(lambda: is_blocked(worker.backend), "the worker to come to the first refund")
        stopping = Contender(scoped(shop, lambda: stop_deciding(**by)))
        stopping.start()
        assert stopping.finish().value == 1
    assert worker.finish().ok
    assert (statuses(shop, job), statuses(shop, other)) == (["done", "stopped"], ["waiting"])
    assert sorted(shop.reload(refund).status for refund in refunds) == ["awaiting_merchant", "refunding"]
    with pytest.raises(Refused):
        scoped(shop, lambda: stop_deciding(**by))()
    ended_at = shop.reload(job).finished_at
    clock.move(hours=2)
    wait(hours=2)
    decide_waiting_rows()
    assert (statuses(shop, other), shop.reload(job).finished_at) == (["done"], ended_at)
    assert ended_at < shop.reload(other).finished_at


def scoped(shop, call):
    def act():
        with tenant_scope(shop.store.pk):
            return call()

    return act


@pytest.mark.rule("T8")
def test_a_worker_that_is_killed_around_any_commit_is_gone_on_from_and_nothing_happens_twice(
    shop, clock, people, other_process
):
    begin(shop, [shop.refund(kind="refund_only") for _ in range(2)], people[0])
    with crash_at(None) as steps:
        decide_waiting_rows()
    assert len(steps.commits()) == 4, "the lease, each refund, the job's end"
    for step, moment in around_commits(steps):
        refunds = [shop.refund(kind="refund_only") for _ in range(2)]
        job = begin(shop, refunds, people[0])
        assert other_process.run("decide", step=step, moment=moment, at=NOON) == KILLED, step
        await_(nobody_else_is_connected, "the end of the dead process's connection")
        wait(seconds=LEASE.total_seconds())
        while decide_waiting_rows():
            pass
        assert statuses(shop, job) == ["done"] * 2, (step, moment)
        assert_decided_once(shop, refunds)
        assert shop.reload(job).finished_at == NOON
