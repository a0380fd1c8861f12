"""(f) Money kept: a store's figures from the roll-ups against raw rows, and how fast rows are rolled up."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from bench.report import Figure
from common import clock
from common.tenancy import tenant_scope
from offers.eligibility import retains
from offers.insights.reading import RetentionReport, Span, read
from offers.insights.rollup import roll_up
from offers.statistics import count_ended_offers
from stores.models import Store

REPEATS = 15
DAYS = 366

NOTE = (
    "One store of {stores}, with {offers:,} offers in a year; the raw rows are read by the same statement before "
    "anything is rolled up. Rolling up works out what each offer kept, avoided and cost; the reference only counts "
    "answers."
)


def measure(stores: Sequence[Store]) -> Iterator[Figure]:
    """Read raw, roll up, read rolled up: both answers must be the same."""
    store = next(store for store in stores if retains(store))
    raw, by_raw = _read(store, REPEATS // 3)
    counting, rolling = _rate(count_ended_offers), _rate(roll_up)
    rolled, by_rolled = _read(store, REPEATS)
    if by_raw.totals != by_rolled.totals or by_raw.lost != by_rolled.lost:
        raise AssertionError("the roll-ups say something else than the raw rows")
    note = NOTE.format(stores=len(stores), offers=by_raw.totals.offers)
    yield Figure(
        "insights: a store's year",
        rolled,
        raw,
        "from raw rows",
        "ms",
        goal=0.5,
        less_is_better=True,
        note=note,
    )
    yield Figure("insights: offers and refunds rolled up", rolling, counting, "answers counted", "rows/s")


def _read(store: Store, repeats: int) -> tuple[list[float], RetentionReport]:
    """Milliseconds of each reading, and what was read."""
    today = clock.now().date()
    span = Span(today - timedelta(days=DAYS - 1), today, (store.pk,))
    times = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        with tenant_scope(store.pk):
            report = read(span)
        times.append(1000 * (time.perf_counter() - started))
    return times[1:], report


def _rate(step: Callable[[], int]) -> list[float]:
    """Rows a second of each batch until nothing is left."""
    rates = []
    while True:
        started = time.perf_counter()
        rows = step()
        if not rows:
            return rates or [0.0]
        rates.append(rows / (time.perf_counter() - started))
