"""(d) What a merchant looks at all day: the newest refunds and the queues, with a short and with a long history."""

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

NOTE = (
    "One store of {stores}; the API through Django's test client (key, scope, serializers and all), the queue as the "
    "desk reads it. {few:,} and {many:,} refunds in all."
)


class ListBench:
    """Measured at two sizes."""

    def __init__(self, store: Store, stores: int):
        self.store, self.stores = store, stores
        with system_scope():
            _, key = create_store_key(store=store, name="bench lists", actor=on_command_line("bench"), now=clock.now())
        self.client = Client(headers={"Authorization": f"Bearer {key}"}, SERVER_NAME="localhost")
        self.times: dict[str, dict[int, list[float]]] = {name: {} for name in self.lists()}

    def lists(self) -> dict[str, Callable[[], int]]:
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

    def measure(self, rows: int) -> None:
        """Read every list again and again, in turns."""
        lists = self.lists()
        for number in range(REPEATS + 3):
            for name, read in lists.items():
                started = time.perf_counter()
                read()
                if number >= 3:
                    self.times[name].setdefault(rows, []).append(1000 * (time.perf_counter() - started))

    def figures(self) -> Iterator[Figure]:
        """Each list at the larger size against itself at the smaller."""
        for name, times in self.times.items():
            few, many = min(times), max(times)
            is_first = name == next(iter(self.times))
            yield Figure(
                name,
                times[many],
                times[few],
                f"with {few:,} refunds instead of {many:,}",
                "ms",
                goal=1.2,
                less_is_better=True,
                note=NOTE.format(stores=self.stores, few=few, many=many) if is_first else "",
            )
