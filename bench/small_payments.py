"""(d) Small payments over HTTP, on one hot store and spread over many, against the same effects in raw SQL."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Thread

from bench import costs, raw, world
from bench.clients import HttpClient
from bench.report import Figure
from bench.server import application
from common import clock
from orders.models import Order

CLIENTS = 4
RAW_TIMES = 5  # the raw side does this many more in a round, so that both take about as long

NOTE = (
    "{clients} clients each. Ours: POST payments with a store's key and an Idempotency-Key of its own (its answer is "
    "kept in the same transaction), two web processes of four threads; a worker settles them meanwhile on the same "
    "cores. Raw: psycopg, prepared, one transaction of six round trips: scope, lock the order, write order, payment, "
    "transfer and event in one statement, draw the day's allowance last. {what}"
)


def measure(log_dir: Path, *, rounds: int, count: int, spread: int) -> Iterator[Figure]:
    """Small payments a second, in turns; `count` over HTTP per round, on one store and on `spread` stores."""
    shops = world.open_shops(spread, prefix="small")
    keys = {shop.store.pk: shop.merchant_key for shop in shops}
    with application(log_dir) as port:
        for what, stores in (("one hot store", shops[:1]), (f"spread over {spread} stores", shops)):
            ours, reference = [], []
            used, by_raw = Counter(), Counter()
            placing = [shop.store for shop in stores]
            for number in range(rounds + 1):
                orders = world.place_orders(placing, count, clock.now())
                theirs = world.place_orders(placing, count * RAW_TIMES, clock.now())
                with costs.counted(used):
                    rate = _over_http(port, keys, orders)
                with costs.counted(by_raw):
                    raw_rate = _raw(theirs)
                if number:
                    ours.append(rate)
                    reference.append(raw_rate)
                else:  # the first round warms up
                    used.clear()
                    by_raw.clear()
            yield Figure(
                f"small payments over HTTP, {what}",
                ours,
                reference,
                "the same in raw SQL, prepared",
                "payments/s",
                goal=0.15,
                note=NOTE.format(clients=CLIENTS, what=f"Here: {what}."),
                cpu=costs.against(used, by_raw, rounds * count, rounds * count * RAW_TIMES),
            )


def _over_http(port: int, keys: dict[int, str], orders: Sequence[Order]) -> float:
    def work(share: Sequence[Order]) -> None:
        client = HttpClient(port)
        for order in share:
            body = {"order": order.number, "amount": "1.00", "purpose": "other"}
            client.post("/api/v1/payments/", body, keys[order.store_id], idempotency_key=secrets.token_hex(8))

    return _rate(work, orders)


def _raw(orders: Sequence[Order]) -> float:
    def work(share: Sequence[Order]) -> None:
        with raw.connect() as connection:
            for order in share:
                raw.small_payment(connection, order.store_id, order.number, clock.now())

    return _rate(work, orders)


def _rate(work: Callable[[Sequence[Order]], None], orders: Sequence[Order]) -> float:
    """Orders done a second by CLIENTS threads."""
    failures: list[BaseException] = []

    def guarded(share: Sequence[Order]) -> None:
        try:
            work(share)
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=guarded, args=[orders[first::CLIENTS]]) for first in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return len(orders) / (time.perf_counter() - started)
