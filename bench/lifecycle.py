"""(a) A refund from the buyer's request to the money, over HTTP, against the bare application on the same server."""

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import costs, world
from bench.clients import HttpClient, closed_loop
from bench.report import Figure
from bench.server import application
from common import clock
from common.tenancy import system_scope
from refunds.models import Refund
from refunds.states import RefundStatus

CLIENTS = 4
SETTLE_SECONDS = 60.0
MOST_PER_SECOND = 400

NOTE = (
    "{clients} clients, keep-alive, two web processes of four threads (granian), one Celery worker of two processes. "
    "Ours: POST refunds (marketplace's key), POST approve (store's key); a Celery worker is told, asks the sandbox "
    "gateway and books the answer; a round ends when its last refund is refunded. The bare application does it in "
    "three calls without keys, tenants, limits, ledger, gateway or worker: POST refunds, POST approve, POST settle. A "
    "lifecycle's calls took {ours:.0f} ms against {bare:.0f} ms in the median."
)


def measure(log_dir: Path, *, rounds: int, seconds: float) -> Iterator[Figure]:
    """Lifecycles a second, in turns."""
    now = clock.now()
    shops = world.open_shops(8)
    count = int(rounds * seconds * MOST_PER_SECOND) + 200
    by_store = {shop.store.pk: shop for shop in shops}
    ours = _Ours(by_store, world.place_orders([shop.store for shop in shops], count, now))
    bare = _Bare(world.place_bare_orders(count))
    used: Counter = Counter()
    with application(log_dir) as port:
        for lifecycle in (ours, bare):  # the first calls import, connect and compile
            lifecycle.round(port, min(2.0, seconds))
        ours.forget()
        bare.forget()
        for _ in range(rounds):
            with costs.counted(used):
                ours.round(port, seconds)
            bare.round(port, seconds)
    yield Figure(
        "refund lifecycle over HTTP",
        ours.rates,
        bare.rates,
        "a bare Django + DRF application",
        "lifecycles/s",
        goal=0.8,
        note=NOTE.format(clients=CLIENTS, ours=1000 * median(ours.taken), bare=1000 * median(bare.taken)),
        cpu=costs.told(used, len(ours.taken)),
    )


class _Lifecycle(ABC):
    """Collects the rate of every round and the time of every lifecycle's calls."""

    def __init__(self, orders: list):
        self.orders = orders
        self.forget()

    def forget(self) -> None:
        """Drop what was collected."""
        self.rates: list[float] = []
        self.taken: list[float] = []

    def round(self, port: int, seconds: float) -> None:
        """One round of closed loops, until the last lifecycle has ended."""
        started = time.perf_counter()
        taken = closed_loop(port, CLIENTS, seconds, self.job)
        self.wait()
        self.rates.append(len(taken) / (time.perf_counter() - started))
        self.taken += taken

    @abstractmethod
    def job(self, client: HttpClient) -> None:
        """The calls of one lifecycle."""

    @abstractmethod
    def wait(self) -> None:
        """Until everything that was begun has ended."""


class _Ours(_Lifecycle):
    def __init__(self, shops: dict, orders: list):
        super().__init__(orders)
        self.shops = shops

    def job(self, client: HttpClient) -> None:
        order = self.orders.pop()
        shop = self.shops[order.store_id]
        refund = client.post(
            "/api/v1/refunds/",
            {
                "store": shop.store.code,
                "order": order.number,
                "kind": "refund_only",
                "reason": "minor_flaw",
                "amount": "59.00",
            },
            shop.marketplace_key,
        )
        client.post(f"/api/v1/refunds/{refund['id']}/approve/", {}, shop.merchant_key)

    def wait(self) -> None:
        """Until the worker has booked the last payment."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            with system_scope():
                if not Refund.objects.filter(store_id__in=list(self.shops), status=RefundStatus.REFUNDING).exists():
                    return
            if time.monotonic() > deadline:
                raise RuntimeError("The worker did not settle every payment.")
            time.sleep(0.02)


class _Bare(_Lifecycle):
    def job(self, client: HttpClient) -> None:
        order = self.orders.pop()
        body = {"order": order.number, "kind": "refund_only", "reason": "minor_flaw", "amount": "59.00"}
        refund = client.post("/bare/refunds/", body)
        client.post(f"/bare/refunds/{refund['id']}/approve/", {})
        client.post(f"/bare/refunds/{refund['id']}/settle/", {})

    def wait(self) -> None:
        """Its third call has settled it already."""
