"""Files with tracking numbers against each other, against hands and against crashes (K2, K4).

And delay reports against each other.
"""

import io
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError

from common.actors import SYSTEM
from common.models import Event
from common.obligations import FIRST_RETRY_AFTER
from common.tenancy import system_scope
from orders.actions import ship_order
from orders.delays.actions import lift_delay, report_delay
from orders.delays.overdue import flag_delay_reports, sweep_due_reports
from orders.erp import running
from orders.erp.imports import confirm_import, problems_of, stage_import
from orders.erp.running import run_imports
from orders.lateness import sweep_late_orders
from orders.models import Order
from orders.models.delay import DelayedOrder, DelayReport
from orders.models.shipment_import import ImportRow, ShipmentImport
from tests.concurrency.crash import Bug, crash_at, every_crash
from tests.concurrency.harness import overtaken, together
from tests.world import MERCHANT, NOON, wait

HEADER = "order_number,carrier,tracking_number\n"


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch, broker_tasks):
    """Several batches out of a few orders, and no worker but the test's own."""
    monkeypatch.setattr(running, "BATCH", 3)


def confirmed(shop, orders, *, mark="T") -> ShipmentImport:
    """A file of these orders that a person has confirmed."""
    content = HEADER + "".join(f"{order.number},SF,{mark}{place}\n" for place, order in enumerate(orders))
    with shop.scope():
        job = stage_import(store=shop.store, file=io.BytesIO(content.encode()), name="a.csv", actor=MERCHANT, now=NOON)
        return confirm_import(store_id=shop.store.pk, job_id=job.pk, actor=MERCHANT, now=NOON)


def by_hand(shop, order):
    with shop.scope():
        ship_order(
            store_id=shop.store.pk,
            number=order.number,
            carrier="ZTO",
            tracking_number="H1",
            actor=MERCHANT,
            now=NOON,
        )


def scoped(shop, action, **kwargs):
    with shop.scope():
        return action(store_id=shop.store.pk, actor=MERCHANT, now=NOON, **kwargs)


def shipped(orders) -> list[str]:
    """Tracking numbers; each order has as many events of shipping as it has been shipped, which is once at most."""
    with system_scope():
        rows = Order.objects.filter(pk__in=[order.pk for order in orders]).order_by("number")
        for order in rows:
            events = Event.objects.filter(topic_id=order.pk, name="order.shipped").count()
            assert events == (order.status == "shipped")
        return [order.tracking_number for order in rows]


def test_a_file_is_confirmed_by_one_of_two(shop, clock):
    content = f"{HEADER}{shop.order(shipped=False).number},SF,T1\n"
    with shop.scope():
        job = stage_import(store=shop.store, file=io.BytesIO(content.encode()), name="a.csv", actor=MERCHANT, now=NOON)
    confirming = partial(scoped, shop, confirm_import, job_id=job.pk)
    race = overtaken(confirming, confirming, scope=shop.scope())
    assert race.waited
    assert race.codes == ("ok", "invalid_transition")


@pytest.mark.rule("K2")
def test_shipped_by_hand_a_moment_before_the_import_gets_there(shop, clock):
    orders = [shop.order(shipped=False) for _ in range(7)]
    job = confirmed(shop, orders)
    race = overtaken(partial(by_hand, shop, orders[4]), partial(run_imports, ids=[job.pk]))
    assert (race.codes, race.waited) == (("ok", "ok"), False)  # `by_hand` brings its own scope and has committed
    assert shipped(orders) == ["", "", "", "", "H1", "", ""]
    job = shop.reload(job)
    assert (job.status, job.wrong, job.next_attempt_at) == ("failed", 1, None)
    with shop.scope():
        assert [(row.place, row.code) for row in problems_of(job, 9)] == [(6, "order_already_shipped")]


@pytest.mark.rule("K2")
def test_the_import_waits_for_a_hand_and_then_leaves_everything(shop, clock):
    orders = [shop.order(shipped=False) for _ in range(5)]
    job = confirmed(shop, orders)
    manual = partial(scoped_ship, shop, orders[3])
    race = overtaken(manual, partial(run_imports, ids=[job.pk]), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert shipped(orders) == ["", "", "", "H1", ""]
    assert shop.reload(job).status == "failed"


def scoped_ship(shop, order):
    """Within the scope that the race opens."""
    ship_order(
        store_id=shop.store.pk, number=order.number, carrier="ZTO", tracking_number="H1", actor=MERCHANT, now=NOON
    )


def held(job):
    """The job, locked as a worker that ships it has locked it."""
    return ShipmentImport.objects.select_for_update(no_key=True).get(pk=job.pk)


@pytest.mark.rule("K2")
def test_a_hand_waits_for_the_import_and_is_refused(shop, clock):
    orders = [shop.order(shipped=False) for _ in range(5)]
    job = confirmed(shop, orders)

    def importing():
        running.ship_rows(job=held(job), actor=MERCHANT, now=NOON)

    race = overtaken(importing, partial(by_hand, shop, orders[0]), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "order_already_shipped"), True)
    assert shipped(orders) == ["T0", "T1", "T2", "T3", "T4"]


@pytest.mark.rule("K2")
@pytest.mark.parametrize("reverse", [False, True])
def test_two_files_with_the_same_orders_ship_them_once(shop, clock, reverse):
    orders = [shop.order(shipped=False) for _ in range(9)]
    jobs = [confirmed(shop, orders, mark="A"), confirmed(shop, orders[::-1] if reverse else orders, mark="B")]
    results = together(*[partial(run_imports, ids=[job.pk]) for job in jobs])
    assert [result.code for result in results] == ["ok", "ok"]
    assert sorted(shop.reload(job).status for job in jobs) == ["done", "failed"]
    assert {number[0] for number in shipped(orders)} in ({"A"}, {"B"})


@pytest.mark.rule("K2")
def test_two_workers_with_one_file_ship_it_once(shop, clock):
    orders = [shop.order(shipped=False) for _ in range(6)]
    job = confirmed(shop, orders)

    def first():
        running.ship_rows(job=held(job), actor=MERCHANT, now=NOON)

    race = overtaken(first, partial(run_imports, ids=[job.pk]), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), False)
    assert shop.reload(job).status == "done"
    assert len(shipped(orders)) == 6


@pytest.mark.rule("K2")
def test_a_crash_at_any_statement_leaves_all_or_nothing_and_the_next_worker_finishes(shop, clock):
    job = confirmed(shop, [shop.order(shipped=False) for _ in range(4)])
    with crash_at(None) as steps:
        run_imports(ids=[job.pk])
    done = 0
    for step, moment in every_crash(len(steps)):
        orders = [shop.order(shipped=False) for _ in range(4)]
        job = confirmed(shop, orders)
        with crash_at(step, moment) as broken, suppress(DatabaseError):
            run_imports(ids=[job.pk])
        assert broken.crashed
        left = shop.reload(job).status
        assert shipped(orders) == (["T0", "T1", "T2", "T3"] if left == "done" else [""] * 4)
        assert (left == "done") == (shop.reload(job).next_attempt_at is None)
        done += left == "done"
        wait(seconds=FIRST_RETRY_AFTER.total_seconds())  # more than a lease
        run_imports()
        assert shop.reload(job).status == "done"
        assert shipped(orders) == ["T0", "T1", "T2", "T3"]
    assert done == 1  # only the answer to its COMMIT was lost
    with system_scope():
        assert ImportRow.objects.count() == 0


@pytest.mark.rule("K2")
def test_a_fault_in_the_middle_leaves_nothing(shop, clock, monkeypatch):
    orders = [shop.order(shipped=False) for _ in range(8)]
    job = confirmed(shop, orders)

    def fault(job, done, **progress):
        if done > 3:
            raise Bug

    monkeypatch.setattr(running, "note_progress", fault)
    assert run_imports(ids=[job.pk]) == 1
    assert shipped(orders) == [""] * 8
    job = shop.reload(job)
    assert (job.status, job.attempts, job.leased_until) == ("running", 1, None)
    assert job.last_error == "something broke here, and the log says what"
    assert run_imports() == 0, "not before its time"


@pytest.mark.rule("K4")
def test_an_order_gets_into_one_of_two_reports(shop, clock):
    order = shop.order(shipped=False)

    def report():
        with shop.scope():
            reporting()

    def reporting():
        report_delay(
            store=shop.store,
            reason="x",
            order_numbers=[order.number],
            expected_at=NOON + timedelta(days=3),
            actor=MERCHANT,
            now=NOON,
        )

    race = overtaken(reporting, report, scope=shop.scope())
    assert race.first.ok
    assert [refusal.code for refusal in race.second.error.refusals] == ["delay_open"]
    assert race.waited
    with system_scope():
        assert (DelayReport.objects.count(), DelayedOrder.objects.count()) == (1, 1)


def reported(shop, order) -> DelayReport:
    with shop.scope():
        return report_delay(
            store=shop.store,
            reason="x",
            order_numbers=[order.number],
            expected_at=NOON + timedelta(days=3),
            actor=MERCHANT,
            now=NOON,
        )


@pytest.mark.rule("K4")
def test_a_report_is_lifted_by_a_hand_or_by_the_sweep(shop, clock):
    order = shop.order(shipped=False)
    report = reported(shop, order)
    by_hand(shop, order)

    def sweep():
        reports = list(DelayReport.objects.filter(pk=report.pk).select_for_update(no_key=True))
        flag_delay_reports(reports=reports, actor=SYSTEM, now=NOON)

    race = overtaken(sweep, partial(scoped, shop, lift_delay, report_id=report.pk), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with system_scope():
        assert Event.objects.filter(name="delay.lifted").count() == 1

    lift = partial(scoped, shop, lift_delay, report_id=reported(shop, shop.order(shipped=False)).pk)
    clock.move(days=4)
    race = overtaken(lift, sweep_due_reports, scope=shop.scope())
    assert (race.codes, race.second.value, race.waited) == (("ok", "ok"), 0, False)


@pytest.mark.rule("K4")
def test_an_order_that_ships_while_its_report_is_lifted_is_not_resumed(shop, clock):
    order = shop.order(shipped=False)
    report = reported(shop, order)
    lift = partial(scoped, shop, lift_delay, report_id=report.pk)
    race = overtaken(partial(scoped_ship, shop, order), lift, scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with system_scope():
        assert not Event.objects.filter(name="order.resumed").exists()


@pytest.mark.rule("K4")
def test_a_report_is_lifted_once(shop, clock):
    order = shop.order(shipped=False)
    report = reported(shop, order)
    lift = partial(scoped, shop, lift_delay, report_id=report.pk)
    race = overtaken(
        partial(lift_delay, store_id=shop.store.pk, report_id=report.pk, actor=MERCHANT, now=NOON),
        lift,
        scope=shop.scope(),
    )
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with system_scope():
        assert Event.objects.filter(name="order.resumed").count() == 1


@pytest.mark.rule("P8")
def test_late_orders_are_noted_once_by_many_sweeps(shop, clock):
    orders = [shop.order(shipped=False) for _ in range(30)]
    clock.move(days=3)

    def drain():
        while sweep_late_orders(limit=4):
            pass

    together(drain, drain, drain)
    drain()
    with system_scope():
        assert Event.objects.filter(name="order.late").count() == len(orders)


@pytest.mark.rule("P8")
def test_the_sweep_does_not_wait_for_an_order_that_is_being_shipped(shop, clock):
    order = shop.order(shipped=False)
    clock.move(days=3)
    race = overtaken(partial(scoped_ship, shop, order), sweep_late_orders, scope=shop.scope())
    assert (race.codes, race.second.value, race.waited) == (("ok", "ok"), 0, False)
    assert sweep_late_orders() == 0
