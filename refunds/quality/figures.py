"""How many quality refunds and orders a store had, day by day on its own calendar, right to the last commit (P7).

Days that are over are read from their roll-up; today and whatever isn't rolled up yet is counted, each day between its
two midnights, so that a day of 23 or 25 hours is a day too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from common.calendar import ONE_DAY, day_of, days_until, end_of_day, start_of_day
from refunds.models import ChangedDay, QualityDay
from stores.models import Store

RATE_PLACES = Decimal("0.0001")
# A day is rolled up this long after its end: whatever was counted on it has been committed by then.
GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Day:
    """What happened on one date: orders paid, and refunds that began to count as quality refunds."""

    date: date
    orders: int
    quality_refunds: int


@dataclass(frozen=True)
class QualityFigures:
    """A store's days, oldest first, and their sums."""

    days: tuple[Day, ...]

    @property
    def orders(self) -> int:
        """Orders paid."""
        return sum(day.orders for day in self.days)

    @property
    def quality_refunds(self) -> int:
        """Refunds counted."""
        return sum(day.quality_refunds for day in self.days)

    @property
    def rate(self) -> Decimal:
        """Quality refunds per order paid, to four places; zero without orders."""
        return rate_of(self.quality_refunds, self.orders)

    def is_above(self, rate: Decimal) -> bool:
        """Whether the rate is above this one, before any rounding."""
        return self.orders > 0 and self.quality_refunds > rate * self.orders


def rate_of(part: int, orders: int) -> Decimal:
    """`part` per order, to four places; zero without orders."""
    return (Decimal(part) / orders if orders else Decimal(0)).quantize(RATE_PLACES, ROUND_HALF_UP)


def last_finished(store: Store, now: datetime) -> date:
    """The newest date of the store's calendar that may be rolled up."""
    return day_of(now - GRACE, store.time_zone) - ONE_DAY


def window_of(store: Store, now: datetime) -> QualityFigures:
    """The figures of the marketplace's window (30 days, today included)."""
    return figures_of(store, now, days=store.rules.quality_window_days)


def figures_of(store: Store, now: datetime, *, days: int) -> QualityFigures:
    """The last `days` dates of the store's calendar, today included. The store's scope is open."""
    dates = days_until(day_of(now, store.time_zone), days)
    known = rolled_up(store, dates[0], last_finished(store, now))
    live = {day.date: day for day in count_days(store, [on for on in dates if on not in known])}
    return QualityFigures(tuple(known.get(on) or live[on] for on in dates))


def rolled_up(store: Store, first: date, last: date) -> dict[date, Day]:
    """The days from `first` to `last` whose roll-up is as good as a count."""
    rows = QualityDay.objects.for_store(store.pk).filter(time_zone=store.time_zone, date__range=(first, last))
    changed = ChangedDay.objects.for_store(store.pk).filter(date__range=(first, last)).values("date")
    found = rows.exclude(date__in=changed).values_list("date", "orders", "quality_refunds")
    return {on: Day(on, orders, refunds) for on, orders, refunds in found}


COUNT = """
    SELECT d.date,
           (SELECT count(*) FROM orders_order o
            WHERE o.store_id = %(store)s AND o.paid_at >= d.starts AND o.paid_at < d.ends),
           (SELECT count(*) FROM refunds_qualityrefund q
            WHERE q.store_id = %(store)s AND q.counted_at >= d.starts AND q.counted_at < d.ends)
    FROM unnest(%(dates)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS d(date, starts, ends)
"""


def count_days(store: Store, dates: Sequence[date]) -> list[Day]:
    """Count these dates from the rows themselves, in one statement; none when no date is given."""
    if not dates:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "store": store.pk,
                "dates": list(dates),
                "starts": [start_of_day(on, store.time_zone) for on in dates],
                "ends": [end_of_day(on, store.time_zone) for on in dates],
            },
        )
        return [Day(*row) for row in cursor.fetchall()]
