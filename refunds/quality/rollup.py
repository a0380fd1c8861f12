"""Rolling days up, and noticing that a day which is over has changed.

Nobody waits: an order that is paid on a day before today, and whatever counts on a day that is rolled up already,
leaves a note of that day in the statement that writes it. While the note is there the day is counted live. The roll-up
takes the notes away first and counts afterwards, so it sees the orders of every note that it took; a note that comes
later stays. A day that a process with a fast clock has rolled up before it was over is forgotten by the next roll-up
whose clock is right.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.dispatch import receiver

from common import clock
from common.actions import bookkeeping
from common.calendar import day_of, days_until, sql_day_of
from common.setbacks import stores_set_back, sweep_each
from common.tenancy import store_alone, system_scope, tenant_scope
from common.writes import WriteSet
from orders.signals import order_redated, orders_placed
from refunds.models import ChangedDay, QualityDay
from refunds.quality.figures import GRACE, Day, count_days, last_finished, rolled_up
from stores.models import Store

# So many days are kept rolled up: the trend of 90 days, each with the 30 days before it.
KEPT_DAYS = 120
BATCH = 200
_SWEEP = "quality days"
# The first key of the advisory lock that two roll-ups of one store meet at.
LOCK = 741_001


@receiver(orders_placed)
def note_placed(sender, orders, store, writes, now, **kwargs) -> None:
    """New orders, of which some were paid on earlier days."""
    _note(writes, store, [order.paid_at for order in orders], now)


@receiver(order_redated)
def note_redated(sender, order, was, store, writes, now, **kwargs) -> None:
    """An order that was paid on another day than was known: both have changed."""
    _note(writes, store, [was, order.paid_at], now)


def _note(writes: WriteSet, store: Store, paid_at: Collection[datetime], now: datetime) -> None:
    today = day_of(now, store.time_zone)
    days = {day_of(instant, store.time_zone) for instant in paid_at}
    if ahead := {day for day in days if day >= today}:
        rolled = QualityDay.objects.for_store(store.pk).filter(date__in=ahead).values_list("date", flat=True)
        days -= ahead.difference(rolled)
    for day in sorted(days):
        writes.insert(ChangedDay(store=store, date=day))


_ROLLED_UP = f"""
    SELECT d.store_id, d.date FROM refunds_qualityday d JOIN stores_store s ON s.id = d.store_id
    WHERE d.store_id = ANY(%s) AND d.date = {sql_day_of("%s::timestamptz", "s.time_zone")}
"""


def note_counted(writes: WriteSet, store_ids: Collection[int], now: datetime) -> None:
    """Refunds of these stores count since now: today has changed where it is rolled up already, by a fast clock."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLLED_UP, [list(store_ids), now])
        for store_id, day in cursor.fetchall():
            writes.insert(ChangedDay(store_id=store_id, date=day))


_LAST_FINISHED = sql_day_of("%(ended)s", "s.time_zone") + " - 1"
_UNFINISHED = f"""
    SELECT s.id FROM stores_store s
    WHERE (s.id = %(alone)s OR %(alone)s::bigint IS NULL AND s.clock_ahead = '0')
      AND s.id <> ALL(%(set_back)s::bigint[]) AND (NOT EXISTS (
        SELECT FROM refunds_qualityday d
        WHERE d.store_id = s.id AND d.time_zone = s.time_zone
          AND d.date = {_LAST_FINISHED}
    ) OR EXISTS (
        SELECT FROM refunds_changedday c
        WHERE c.store_id = s.id AND c.date <= {_LAST_FINISHED}
    ) OR EXISTS (
        SELECT FROM refunds_qualityday f
        WHERE f.store_id = s.id AND f.date > {_LAST_FINISHED}
    ))
    ORDER BY s.id LIMIT %(limit)s
"""


def roll_up_days(*, limit: int = BATCH) -> int:
    """Roll up the finished days of up to `limit` stores, each in a transaction of its own; returns how many stores."""
    now = clock.now()
    set_back = stores_set_back(_SWEEP)
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(
            _UNFINISHED, {"ended": now - GRACE, "limit": limit, "set_back": set_back, "alone": store_alone()}
        )
        store_ids = [store_id for (store_id,) in cursor.fetchall()]
    return sweep_each(_SWEEP, [*set_back, *store_ids], lambda store_id: _roll_up_alone(store_id, now))


def _roll_up_alone(store_id: int, now: datetime) -> bool:
    """Roll the store up unless somebody else does so now."""
    with tenant_scope(store_id):
        store = Store.objects.get(pk=store_id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, store.pk % 2**31])
            if not cursor.fetchone()[0]:
                return False
        roll_up_store(store, now)
    return True


def lock_rollup(store: Store) -> None:
    """Wait until nobody else rolls this store up, and keep others from it to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, store.pk % 2**31])


_TAKE_NOTES = "DELETE FROM refunds_changedday WHERE store_id = %s AND date <= %s RETURNING date"


@bookkeeping("A day's figures follow from its rows: whoever rolls it up, they are the same.")
def roll_up_store(store: Store, now: datetime, *, afresh: bool = False) -> None:
    """Count what isn't rolled up of the kept days, or all of them `afresh`. The caller holds the roll-up's lock."""
    last = last_finished(store, now)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_NOTES, [store.pk, last])
        changed = {on for (on,) in cursor.fetchall()}
    kept = days_until(last, KEPT_DAYS)
    QualityDay.objects.for_store(store.pk).exclude(date__range=(kept[0], last)).delete()
    known = set() if afresh else rolled_up(store, kept[0], last).keys() - changed
    save_days(store, count_days(store, [on for on in kept if on not in known]))


_SAVE = """
    INSERT INTO refunds_qualityday (store_id, date, time_zone, orders, quality_refunds)
    SELECT %s, * FROM unnest(%s::date[], %s::text[], %s::int[], %s::int[])
    ON CONFLICT (store_id, date) DO UPDATE SET
        time_zone = excluded.time_zone, orders = excluded.orders, quality_refunds = excluded.quality_refunds
"""


def save_days(store: Store, days: list[Day]) -> None:
    """Keep these days' figures, over what was there."""
    if not days:
        return
    columns = [[day.date for day in days], [store.time_zone] * len(days)]
    columns += [[day.orders for day in days], [day.quality_refunds for day in days]]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [store.pk, *columns])
