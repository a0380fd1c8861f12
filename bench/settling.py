"""(b) A buyer's yes, to the money: the actions in this process against the same effects in raw SQL."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import psycopg

from bench import costs, raw, world
from bench.report import Figure
from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import tenant_scope
from offers.actions import accept_offer
from offers.models import Offer
from payments.settlement import BATCH, settle_batch
from refunds.states import RefundKind
from stores.models import Store

BUYER = Actor(ActorKind.BUYER, "bench", "bench")

NOTE = (
    "One connection, one after the other. Accepting is one transaction each: the scope, the locks, the refund's lines, "
    "and one statement that writes offer, refund, lines, order, payment, transfer and events; settling takes batches "
    "of {batch}: lease, one gateway call each, book. The raw side runs the same statements prepared, without Django's "
    "objects, state machines, checks or messages to the worker; both are inside row-level security."
)


def measure(stores: list[Store], *, rounds: int, count: int) -> Iterator[Figure]:
    """Accepted and settled offers a second, in turns."""
    now = clock.now()
    offers = world.open_refunds(
        stores,
        count * (2 * rounds + 2),
        now,
        kind=RefundKind.RETURN_AND_REFUND,
        due_at=now + timedelta(days=1),
        offered=True,
    )
    ours, reference = [], []
    used, by_raw = Counter(), Counter()
    with raw.connect() as connection:
        for number in range(rounds + 1):
            for rates, cost, run in ((ours, used, _ours), (reference, by_raw, _raw)):
                batch = [offers.pop() for _ in range(count)]
                with costs.counted(cost):
                    started = time.perf_counter()
                    run(connection, batch)
                    rates.append(count / (time.perf_counter() - started))
                if not number:  # the first round warms up
                    rates.clear()
                    cost.clear()
    yield Figure(
        "accept → settled, one process",
        ours,
        reference,
        "the same in raw SQL, prepared",
        "offers/s",
        goal=0.4,
        note=NOTE.format(batch=BATCH),
        cpu=costs.against(used, by_raw, rounds * count),
    )


def _ours(_connection: psycopg.Connection, offers: list[Offer]) -> None:
    for offer in offers:
        with tenant_scope(offer.store_id):
            accept_offer(store_id=offer.store_id, offer_id=offer.pk, actor=BUYER, now=clock.now())
    while settle_batch() == BATCH:
        pass


def _raw(connection: psycopg.Connection, offers: list[Offer]) -> None:
    payments = [raw.accept(connection, offer.store_id, offer.pk, clock.now()) for offer in offers]
    for first in range(0, len(payments), BATCH):
        raw.settle(connection, payments[first : first + BATCH], clock.now())
