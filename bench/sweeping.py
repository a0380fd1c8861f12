"""(c) The sweep of passed deadlines, among more and more refunds that are open and not due."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from bench import costs, raw, world
from bench.report import Figure
from common import clock
from refunds.states import RefundKind
from refunds.sweeps import BATCH, sweep_due_refunds
from stores.models import Store

NOTE = (
    "{due:,} refunds without return are due; batches of {batch} are swept in turns, ours "
    "(`refunds.sweeps.sweep_due_refunds`, with the messages to the worker) and one raw statement that locks orders and "
    "refunds, approves, reserves payment and transfer and writes both events. Figures are those of single batches."
)
GROWTH_NOTE = "The raw sweep grew {raw:.2f} × in the same batches."


class SweepBench:
    """Measured at several sizes; keeps the times of a batch for the growth between them."""

    def __init__(self, stores: list[Store], *, due: int):
        self.stores, self.due = stores, due
        self.ours: dict[int, list[float]] = {}
        self.raw: dict[int, list[float]] = {}

    def measure(self, open_rows: int) -> Iterator[Figure]:
        """Rows a second with so many open refunds in the tables."""
        now = clock.now()
        world.open_refunds(self.stores, self.due, now, kind=RefundKind.REFUND_ONLY, due_at=now - timedelta(minutes=1))
        ours = self.ours[open_rows] = []
        reference = self.raw[open_rows] = []
        used, by_raw = Counter(), Counter()
        turns = self.due // (2 * BATCH)
        with raw.connect() as connection:
            for _ in range(turns):
                with costs.counted(used):
                    started = time.perf_counter()
                    swept = sweep_due_refunds()
                    ours.append((time.perf_counter() - started) / BATCH)
                with costs.counted(by_raw):
                    started = time.perf_counter()
                    swept_raw = raw.sweep(connection, BATCH, clock.now())
                    reference.append((time.perf_counter() - started) / BATCH)
                if (swept, swept_raw) != (BATCH, BATCH):
                    raise RuntimeError(f"Swept {swept} and {swept_raw} refunds instead of {BATCH}.")
        yield Figure(
            f"sweep, {_thousands(open_rows)} open",
            [1 / seconds for seconds in ours],
            [1 / seconds for seconds in reference],
            "the same in one raw statement",
            "rows/s",
            goal=0.6,
            note=NOTE.format(due=self.due, batch=BATCH) if len(self.ours) == 1 else "",
            cpu=costs.against(used, by_raw, turns * BATCH),
        )

    def growth(self) -> Iterator[Figure]:
        """How much longer a row takes at the largest size than at the smallest."""
        few, many = min(self.ours), max(self.ours)
        yield Figure(
            f"sweep, growth {_thousands(few)} → {_thousands(many)}",
            [1e6 * seconds for seconds in self.ours[many]],
            [1e6 * seconds for seconds in self.ours[few]],
            f"at {_thousands(few)} open",
            "µs/row",
            goal=1.3,
            less_is_better=True,
            note=GROWTH_NOTE.format(raw=median(self.raw[many]) / median(self.raw[few])),
        )


def _thousands(rows: int) -> str:
    return f"{rows / 1e6:g}M" if rows >= 1e6 else f"{rows / 1e3:g}k"
