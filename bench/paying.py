"""(b2) Payments settled a second by a real worker, with a gateway that takes 50 ms for each, and what they cost."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psutil
from django.conf import settings

from bench import world
from bench.loopback.gateway import NAME, LoopbackGateway
from bench.report import Figure
from bench.server import HOST, free_port, module, worker
from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import system_scope, tenant_scope
from payments.models import Payment
from payments.states import PaymentStatus
from payments.terms import set_payment_terms
from refunds.actions import approve_refund
from refunds.models import Refund
from refunds.states import RefundKind
from refunds.sweeps import sweep_due_refunds
from stores.models import Store

ANSWERS_AFTER_MS = 50
PATIENCE = timedelta(minutes=2)
TRICKLE = 4  # so much less of what comes one by one
GOAL_MS = 4.0

NOTE = (
    "A Celery worker of two processes settles {count} payments that have become due at once. The gateway is an HTTP "
    "server on the loopback that answers each call after {ms} ms, and takes {calls} of a process at once; the "
    "reference is what one call after the other could settle at most. CPU is the user and system time of the worker's "
    "processes for each settled payment: of that backlog, and one by one, of {some} refunds that one client approves "
    "as fast as it can."
)
BY = Actor(ActorKind.OPERATOR, "bench", "bench")
Ids = list[tuple[int, UUID]]  # of stores and their refunds
TERMS = {"per_payment": None, "per_order": None, "per_day": None}


def measure(log_dir: Path, stores: list[Store], *, rounds: int, count: int) -> Iterator[Figure]:
    """Settled payments a second, and the worker's milliseconds for each."""
    port = free_port()
    url = os.environ["LOOPBACK_URL"] = f"http://{HOST}:{port}"
    settings.OUTSIDE[NAME] = {"URL": url}
    _choose_gateway(stores, NAME)
    rates, costs, trickling = [], [], []
    with (
        module("gateway", log_dir, "bench.loopback.server", str(port), str(ANSWERS_AFTER_MS)),
        worker(log_dir) as process,
    ):
        for number in range(rounds + 1):
            rate, cost = _settled(process.pid, stores, count, _all_at_once)
            _rate, one_by_one = _settled(process.pid, stores, count // TRICKLE, _one_by_one)
            if number:  # the first round imports and connects
                rates.append(rate)
                costs.append(cost)
                trickling.append(one_by_one)
    _choose_gateway(stores, "")
    calls = LoopbackGateway.calls_at_once
    note = NOTE.format(count=count, ms=ANSWERS_AFTER_MS, calls=calls, some=count // TRICKLE)
    what = f"gateway of {ANSWERS_AFTER_MS} ms"
    yield Figure(
        f"payments settled, {what}", rates, [1000 / ANSWERS_AFTER_MS], "one call at a time", "payments/s", note=note
    )
    for how, measured in (("backlog", costs), ("one by one", trickling)):
        yield Figure(
            f"worker's CPU for a settled payment, {how}",
            measured,
            [GOAL_MS],
            "the goal",
            "ms",
            goal=1.0,
            less_is_better=True,
        )


def _choose_gateway(stores: list[Store], name: str) -> None:
    for store in stores:
        with tenant_scope(store.pk):
            set_payment_terms(store=store, **TERMS, gateway=name, actor=BY, now=clock.now())


def _settled(
    worker_pid: int, stores: list[Store], count: int, approve: Callable[[datetime, Ids], None]
) -> tuple[float, float]:
    """(payments a second, the worker's milliseconds for each) of `count` refunds."""
    now = clock.now()
    world.open_refunds(stores, count, now, kind=RefundKind.REFUND_ONLY, due_at=now + PATIENCE)
    with system_scope():
        refunds = list(Refund.objects.filter(created_at=now).values_list("store_id", "pk"))
    before, started = _cpu_ms(worker_pid), time.perf_counter()
    approve(now, refunds)
    _wait(refunds)
    return count / (time.perf_counter() - started), (_cpu_ms(worker_pid) - before) / count


def _all_at_once(now: datetime, _refunds: Ids) -> None:
    with clock.at(now + PATIENCE):
        while sweep_due_refunds():
            pass


def _one_by_one(_now: datetime, refunds: Ids) -> None:
    for store_id, refund_id in refunds:
        with tenant_scope(store_id):
            approve_refund(store_id=store_id, refund_id=refund_id, actor=BY, now=clock.now())


def _wait(refunds: Ids) -> None:
    """Until the money of all of them is booked."""
    topics = [refund_id for _store_id, refund_id in refunds]
    ends_at = time.monotonic() + PATIENCE.total_seconds()
    while True:
        with system_scope():
            if Payment.objects.filter(topic_id__in=topics, status=PaymentStatus.SUCCEEDED).count() == len(topics):
                return
        if time.monotonic() > ends_at:
            raise RuntimeError("The worker did not settle every payment.")
        time.sleep(0.05)


def _cpu_ms(pid: int) -> float:
    """What the worker and its processes have used."""
    parent = psutil.Process(pid)
    times = [process.cpu_times() for process in (parent, *parent.children(recursive=True))]
    return 1000 * sum(each.user + each.system for each in times)
