"""(d) What a merchant looks at all day: the newest refunds and the queues, of a small store and of a big one."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.test import Client

from bench.report import Figure
from common import clock
from common.actors import on_command_line
from common.tenancy import system_scope, tenant_scope
from refunds.models import Refund
from refunds.states import RefundStatus
from stores.actions import create_store_key
from stores.models import Store

PAGE = 50
REPEATS = 40
WARMING = 3

NOTE = (
    "Two stores of one marketplace in the same tables of {rows:,} refunds, in turns. The API through Django's test "
    "client (key, scope, serializers and all), the queue as the desk reads it."
)


def measure(small: Store, big: Store) -> Iterator[Figure]:
    """Each list of the big store against the same of the small one, in turns."""
    few, many = Lists(small), Lists(big)
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in many.reads()}
    for number in range(REPEATS + WARMING):
        for name, taken in times.items():
            for lists, milliseconds in zip((few, many), taken, strict=True):
                started = time.perf_counter()
                lists.reads()[name]()
                if number >= WARMING:
                    milliseconds.append(1000 * (time.perf_counter() - started))
    with system_scope():
        note = NOTE.format(rows=Refund.objects.count())
    for name, (of_small, of_big) in times.items():
        yield Figure(
            name,
            of_big,
            of_small,
            f"of a store with {few.rows:,} refunds instead of {many.rows:,}",
            "ms",
            goal=1.2,
            less_is_better=True,
            note=note,
        )
        note = ""


class Lists:
    """What one store's people and programs look at."""

    def __init__(self, store: Store):
        self.store = store
        with system_scope():
            _, key = create_store_key(store=store, name="bench lists", actor=on_command_line("bench"), now=clock.now())
            self.rows = Refund.objects.for_store(store.pk).count()
        self.client = Client(headers={"Authorization": f"Bearer {key}"}, SERVER_NAME="localhost")

    def reads(self) -> dict[str, Callable[[], int]]:
        """What is read; each returns how many rows it got."""
        return {
            "API: newest refunds of a store": lambda: self._get(),
            "API: awaiting merchant, newest": lambda: self._get(status=RefundStatus.AWAITING_MERCHANT),
            # At either size that many are due: a page that isn't full would be the cheaper one.
            "API: due within 2 hours, the first 20": lambda: self._get(
                page_size=20, due_before=clock.now() + timedelta(hours=2)
            ),
            "API: retainable now": lambda: self._get(retainable="true"),
            "API: offer options of a refund": self._options,
            "queue: awaiting merchant by deadline": self._queue,
        }

    def _get(self, **filters) -> int:
        answer = self.client.get("/api/v1/refunds/", {"page_size": PAGE, **filters})
        return len(answer.json()["results"])

    def _options(self) -> int:
        """Of the newest refund that awaits the merchant."""
        with tenant_scope(self.store.pk):
            awaiting = Refund.objects.for_store(self.store.pk).filter(status=RefundStatus.AWAITING_MERCHANT)
            newest = awaiting.order_by("-pk").values_list("pk", flat=True)[0]
        return len(self.client.get(f"/api/v1/refunds/{newest}/offer-options/").json()["options"])

    def _queue(self) -> int:
        with tenant_scope(self.store.pk):
            queue = Refund.objects.for_store(self.store.pk).filter(
                status=RefundStatus.AWAITING_MERCHANT, due_at__isnull=False
            )
            return len(queue.select_related("order").order_by("due_at")[:PAGE])
