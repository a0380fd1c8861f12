"""The day's allowance of a store: opened at its midnight, drawn by small payments, given back when they fail (K10).

It is the hottest row of a store and is taken last, after everything else is written: only the COMMIT happens under it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import F, QuerySet

from common.actions import bookkeeping
from common.calendar import day_of
from common.metering import noting
from common.money import ZERO
from common.queries import preparing_cursor
from payments.models import DayAllowance, Payment, PaymentTerms
from stores import marketplaces
from stores.models import Store


@dataclass(frozen=True)
class Limits:
    """What holds for a store's small payments now: the operator's terms, else the marketplace's rules. Yuan."""

    per_payment: Decimal
    per_order: int
    per_day: Decimal


def limits_under(rules: marketplaces.MarketplaceRules, terms: PaymentTerms | None) -> Limits:
    """The limits that these terms leave of the marketplace's rules (K9, K10)."""

    def chosen(own, rule):
        return rule if own is None else own

    return Limits(
        per_payment=chosen(terms and terms.per_payment, rules.payment_limit),
        per_order=chosen(terms and terms.per_order, rules.payments_per_order),
        per_day=chosen(terms and terms.per_day, rules.store_day_limit),
    )


def limits_of(store: Store) -> Limits:
    """The store's limits now."""
    return limits_under(store.rules, PaymentTerms.objects.for_store(store.pk).first())


def used_on(store_id: int, day: date) -> Decimal:
    """Yuan of a day's allowance that are used; a day that nobody has opened yet is unused."""
    used = DayAllowance.objects.for_store(store_id).filter(date=day).values_list("used", flat=True).first()
    return ZERO if used is None else used


# Opens the day when beat has not: the result is the same. The WHERE is the guard: PostgreSQL evaluates it on the row's
# newest version, under the row's lock.
_DRAW = """
    INSERT INTO payments_dayallowance AS a (store_id, date, "limit", used)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (store_id, date) DO UPDATE SET used = a.used + excluded.used, "limit" = excluded.limit
    WHERE a.used + excluded.used <= excluded.limit
    RETURNING used
"""


def draw_on_allowance(*, store_id: int, day: date, amount: Decimal, limit: Decimal) -> bool:
    """Count `amount` on the day's allowance; False, and nothing counted, when that would be above `limit`."""
    is_drawn = amount <= limit and _draw(store_id, day, amount, limit)
    if not is_drawn:
        noting.limit_reached("allowance")
    return is_drawn


def _draw(store_id: int, day: date, amount: Decimal, limit: Decimal) -> bool:
    with preparing_cursor() as cursor:
        cursor.execute(_DRAW, [store_id, day, limit, amount])
        return cursor.fetchone() is not None


_GIVE_BACK = """
    WITH back AS (SELECT * FROM unnest(%s::bigint[], %s::date[], %s::numeric[]) AS b(store_id, date, amount)),
    held AS MATERIALIZED (
        SELECT a.id, back.amount FROM payments_dayallowance a JOIN back USING (store_id, date)
        ORDER BY a.store_id, a.date FOR NO KEY UPDATE OF a
    )
    UPDATE payments_dayallowance a SET used = a.used - held.amount FROM held WHERE a.id = held.id
"""


def give_back(payments: Iterable[Payment]) -> None:
    """Small payments that have just failed no longer count on the day on which they were sent.

    The caller has locked their orders and moved them to failed, which happens to a payment once.
    """
    back: dict[tuple[int, date], Decimal] = defaultdict(lambda: ZERO)
    for payment in payments:
        if payment.allowance_date is not None:
            back[payment.store_id, payment.allowance_date] += payment.amount
    if not back:
        return
    columns = [[key[0] for key in back], [key[1] for key in back], list(back.values())]
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, columns)


def take_back(payment: Payment) -> None:
    """A small payment that had failed was paid after all: it counts on its day again, within the limit or not (K10)."""
    if payment.allowance_date is not None:
        days = DayAllowance.objects.for_store(payment.store_id).filter(date=payment.allowance_date)
        days.update(used=F("used") + payment.amount)


_OPEN = """
    INSERT INTO payments_dayallowance (store_id, date, "limit", used)
    SELECT s.id, z.date, coalesce(t.per_day, r.per_day), 0
    FROM stores_store s
    JOIN unnest(%s::text[], %s::date[]) AS z(time_zone, date) USING (time_zone)
    JOIN unnest(%s::text[], %s::numeric[]) AS r(marketplace, per_day) USING (marketplace)
    LEFT JOIN payments_paymentterms t ON t.store_id = s.id
    WHERE (%s::bigint IS NULL OR s.id = %s) AND s.id <> ALL(%s::bigint[])
      AND NOT EXISTS (SELECT FROM payments_dayallowance a WHERE a.store_id = s.id AND a.date = z.date)
    ON CONFLICT (store_id, date) DO NOTHING
"""


@bookkeeping("Whoever comes first opens the day, and every way leads to the same row.")
def open_day_allowances(*, now: datetime, only: int | None = None, without: Collection[int] = ()) -> int:
    """Open today's allowance of every store in whose time zone it is not open yet; returns how many (K10).

    Of all stores, of `only` one, or of all `without` some; one statement writes them all. The zones' dates are told to
    it: PostgreSQL's own table of zones may be another one.
    """
    stores = Store.objects.exclude(pk__in=without) if only is None else Store.objects.filter(pk=only)
    zones = list(stores.order_by("time_zone").values_list("time_zone", flat=True).distinct())
    rules = list(marketplaces.newest().values())
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            [
                zones,
                [day_of(now, zone) for zone in zones],
                [each.name for each in rules],
                [each.store_day_limit for each in rules],
                only,
                only,
                list(without),
            ],
        )
        return cursor.rowcount


class AllowanceRows(NamedTuple):
    """What `allowances_today` reads: the terms and the days of these stores."""

    terms: QuerySet[PaymentTerms]
    days: QuerySet[DayAllowance]


def allowance_rows(stores: Sequence[Store], now: datetime) -> AllowanceRows:
    """The two lists of `allowances_today`, unread."""
    ids, days = [store.pk for store in stores], {store.business_day(now) for store in stores}
    return AllowanceRows(
        PaymentTerms.objects.in_scope().filter(store_id__in=ids),
        DayAllowance.objects.in_scope().filter(store_id__in=ids, date__in=days),
    )


def allowances_today(
    stores: Sequence[Store], now: datetime, rows: AllowanceRows | None = None
) -> list[tuple[Store, Limits, DayAllowance]]:
    """Each store with its limits and today's allowance, in two statements; what isn't open yet is shown unused."""
    rows = rows or allowance_rows(stores, now)
    terms = {row.store_id: row for row in rows.terms}
    days = {store.pk: store.business_day(now) for store in stores}
    open_ = {(row.store_id, row.date): row for row in rows.days}
    shown = []
    for store in stores:
        limits = limits_under(store.rules, terms.get(store.pk))
        row = open_.get((store.pk, days[store.pk])) or DayAllowance(store=store, date=days[store.pk])
        row.limit = limits.per_day
        shown.append((store, limits, row))
    return shown
