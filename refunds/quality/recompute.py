"""The quality figures once more, from what happened: the history of each refund, the orders, the rows (P6, P7).

Three promises are looked at, store by store: that what counts by the buyer's word is exactly what the history says,
that every day rolled up is the count of its rows, and that the window's sums are the same both ways.
"""

from datetime import datetime

from django.db import connection

from common.actions import action
from common.actors import Actor
from common.calendar import day_of, days_until
from common.writes import WriteSet
from refunds.events import REFUND_REQUESTED, REFUND_RESUBMITTED
from refunds.models import ChangedDay, QualityDay, Refund
from refunds.quality.counting import record_counted
from refunds.quality.events import REFUND_COUNTED
from refunds.quality.figures import count_days, last_finished, window_of
from refunds.quality.rollup import lock_rollup, roll_up_store
from refunds.states import QualityPolicy, RefundProgramme
from stores import marketplaces
from stores.models import Store

# By the buyer's word a refund counts with the first event in which it is about quality. What was counted and shouldn't
# be, and the other way round: (refund, reason and instant by history, reason and instant as counted).
_BY_HISTORY = f"""
    WITH counting AS (
        SELECT * FROM unnest(%(names)s::text[], %(versions)s::int[], %(reasons)s::text[]) AS c(name, version, reason)
    ), history AS (
        SELECT DISTINCT ON (e.topic_id) e.topic_id AS refund_id, e.data->>'reason' AS reason, e.at
        FROM refunds_refund r
        JOIN common_event e ON e.store_id = r.store_id AND e.topic_id = r.id
            AND e.name IN ('{REFUND_REQUESTED}', '{REFUND_RESUBMITTED}')
        JOIN counting c ON c.name = r.rules_name AND c.version = r.rules_version AND c.reason = e.data->>'reason'
        WHERE r.store_id = %(store)s AND r.programme <> %(left_out)s
        ORDER BY e.topic_id, e.id
    ), counted AS (
        SELECT refund_id, reason, counted_at FROM refunds_qualityrefund
        WHERE store_id = %(store)s AND policy = %(policy)s
    )
    SELECT coalesce(h.refund_id, c.refund_id), h.reason, h.at, c.reason, c.counted_at
    FROM history h FULL JOIN counted c ON c.refund_id = h.refund_id
    WHERE h.reason IS DISTINCT FROM c.reason OR h.at IS DISTINCT FROM c.counted_at
    ORDER BY 1
"""
# What counts since a fault was verified is told by the event that counted it.
_UNTOLD = f"""
    SELECT q.refund_id FROM refunds_qualityrefund q
    WHERE q.store_id = %s AND NOT EXISTS (
        SELECT FROM common_event e WHERE e.store_id = q.store_id AND e.topic_id = q.refund_id
        AND e.name = '{REFUND_COUNTED}' AND e.at = q.counted_at
    ) AND q.policy = 'verified_fault'
"""


def differences(store: Store, now: datetime) -> list[str]:
    """What is off in the store's figures, a line each; empty when everything agrees to the digit.

    Beside others who write, the caller reads in `one_snapshot`.
    """
    off = [f"refund {refund_id}: {_seen(*told)} by its history" for refund_id, *told in _by_history(store)]
    with connection.cursor() as cursor:
        cursor.execute(_UNTOLD, [store.pk])
        off += [f"refund {refund_id}: counted, but no event tells of it" for (refund_id,) in cursor.fetchall()]
    return off + _days_off(store, now) + _sums_off(store, now)


def _by_history(store: Store) -> list[tuple]:
    counting = [
        (rules.name, rules.version, reason)
        for rules in marketplaces.every_version()
        if rules.quality_policy == QualityPolicy.BY_APPLICATION
        for reason in sorted(rules.quality_reasons)
    ]
    names, versions, reasons = zip(*counting, strict=True) if counting else ((), (), ())
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_HISTORY,
            {
                "names": list(names),
                "versions": list(versions),
                "reasons": list(reasons),
                "store": store.pk,
                "left_out": RefundProgramme.RETURNLESS.value,
                "policy": QualityPolicy.BY_APPLICATION.value,
            },
        )
        return cursor.fetchall()


def _seen(reason, at, counted_reason, counted_at) -> str:
    """`counted as quality since …, but not`, and the like."""
    counted = f"counted for {counted_reason} since {counted_at.isoformat()}" if counted_at else "not counted"
    return f"{counted}, but {f'for {reason} since {at.isoformat()}' if at else 'not to be'}"


def _days_off(store: Store, now: datetime) -> list[str]:
    """Rolled-up days of the present calendar, without a note of a change, that aren't what their rows say."""
    changed = ChangedDay.objects.for_store(store.pk).values("date")
    shown = QualityDay.objects.for_store(store.pk).filter(date__lte=last_finished(store, now))
    rows = shown.filter(time_zone=store.time_zone).exclude(date__in=changed)
    kept = {row.date: row for row in rows}
    return [
        f"{day.date}: {row.quality_refunds} of {row.orders} rolled up, {day.quality_refunds} of {day.orders} counted"
        for day in count_days(store, sorted(kept))
        for row in [kept[day.date]]
        if (row.orders, row.quality_refunds) != (day.orders, day.quality_refunds)
    ]


def _sums_off(store: Store, now: datetime) -> list[str]:
    """The window as it is shown against the window counted in one piece."""
    shown = window_of(store, now)
    days = store.rules.quality_window_days
    counted = count_days(store, days_until(day_of(now, store.time_zone), days))
    sums = sum(day.orders for day in counted), sum(day.quality_refunds for day in counted)
    if sums == (shown.orders, shown.quality_refunds):
        return []
    return [f"{days} days: {shown.quality_refunds} of {shown.orders} shown, {sums[1]} of {sums[0]} counted"]


@action
def repair_quality(*, store: Store, actor: Actor, now: datetime) -> None:
    """Count what the history says and wasn't counted, and roll the kept days up afresh.

    A row that shouldn't be there can't be taken away: rows are never changed, so `differences` goes on naming it.
    """
    lock_rollup(store)
    writes = WriteSet()
    missing = {row[0]: row for row in _by_history(store) if row[4] is None}
    for refund in Refund.objects.for_store(store.pk).filter(pk__in=missing).order_by("pk"):
        _refund_id, reason, since, *_counted = missing[refund.pk]
        record_counted(writes, refund, reason=reason, since=since, actor=actor, now=now)
    writes.flush()
    roll_up_store(store, now, afresh=True)
