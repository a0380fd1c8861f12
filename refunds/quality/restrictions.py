"""What bad figures bring a store, and the end of it (P7).

The figures alone decide: a store is under every step up to the hardest one whose threshold it is above, and under none
that they no longer give a reason for. So a store may meet two steps at once, and lose them one by one or together.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from common import clock
from common.actions import action
from common.actors import SYSTEM, Actor
from common.events import EventType
from common.setbacks import sweep_each
from common.tenancy import store_alone, system_scope, tenant_scope
from common.writes import WriteSet
from refunds.models import QualityRestriction
from refunds.quality.events import QUALITY_LIFTED, QUALITY_RESTRICTED
from refunds.quality.figures import QualityFigures, window_of
from refunds.states import QualityStep
from stores import marketplaces
from stores.listings import restrict_listings
from stores.marketplaces.base import MarketplaceRules, QualityThreshold
from stores.models import Store

MOST_SHOWN = 100
# The steps that bind the catalogue.
BLOCKS_LISTINGS = frozenset({QualityStep.NO_NEW_LISTINGS, QualityStep.PRODUCTS_OFF})


def steps_for(rules: MarketplaceRules, figures: QualityFigures) -> list[QualityThreshold]:
    """The steps that these figures bring: all up to the hardest one whose rate and count they are above."""
    reached = [
        place
        for place, threshold in enumerate(rules.quality_thresholds)
        if figures.quality_refunds >= threshold.minimum and figures.is_above(threshold.rate)
    ]
    return list(rules.quality_thresholds[: max(reached, default=-1) + 1])


def hardest(steps: Iterable[str]) -> str | None:
    """The hardest of these steps, None when there is none."""
    return max(steps, key=QualityStep.values.index, default=None)


def restrictions_of(store_id: int) -> list[QualityRestriction]:
    """The store's restrictions, past and present, newest first, those that began together from the hardest down."""
    return list(QualityRestriction.objects.for_store(store_id).order_by("-id")[:MOST_SHOWN])


def in_force(store_id: int) -> dict[str, QualityRestriction]:
    """The restrictions that hold now, by step."""
    rows = QualityRestriction.objects.for_store(store_id).in_force()
    return {row.step: row for row in rows}


@action
def review_quality(*, store_id: int, actor: Actor, now: datetime) -> bool:
    """Restrict the store, or lift what it has recovered from, as its figures say; returns whether anything changed.

    Looks without a lock, and again under the store's when something is to be done: of two reviews at once one acts.
    """
    store = Store.objects.get(pk=store_id)
    if _as_it_should_be(store, now)[0]:
        return False
    store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
    done, figures, wanted, present = _as_it_should_be(store, now)
    if done:
        return False
    writes = WriteSet()
    for step in [step for step in present if step not in wanted]:
        _lift(writes, present.pop(step), figures, actor=actor, now=now)
    for step in [step for step in wanted if step not in present]:
        present[step] = _restrict(writes, store, step, figures, actor=actor, now=now)
    writes.flush()
    restrict_listings(
        store=store, blocked=not BLOCKS_LISTINGS.isdisjoint(present), off=QualityStep.PRODUCTS_OFF.value in present
    )
    return True


def _as_it_should_be(store: Store, now: datetime):
    """(whether the steps in force agree with the figures, the figures, the steps wanted, the restrictions in force)."""
    figures = window_of(store, now)
    wanted = [threshold.step for threshold in steps_for(store.rules, figures)]
    present = in_force(store.pk)
    return present.keys() == set(wanted), figures, wanted, present


def _restrict(writes: WriteSet, store: Store, step: str, figures: QualityFigures, *, actor: Actor, now: datetime):
    row = QualityRestriction(
        store=store, step=step, since=now, rate=figures.rate, count=figures.quality_refunds, lifted_at=None
    )
    writes.insert(row)
    _record(writes, QUALITY_RESTRICTED, row, figures, actor=actor, now=now)
    return row


def _lift(writes: WriteSet, row: QualityRestriction, figures: QualityFigures, *, actor: Actor, now: datetime) -> None:
    row.lifted_at = max(now, row.since)
    writes.update(row, "lifted_at")
    _record(writes, QUALITY_LIFTED, row, figures, actor=actor, now=now)


def _record(
    writes: WriteSet, event: EventType, row: QualityRestriction, figures: QualityFigures, *, actor: Actor, now: datetime
) -> None:
    writes.event(
        event,
        row,
        topic=row,
        at=now,
        actor=actor,
        rule="P7",
        step=row.step,
        rate=str(figures.rate),
        count=figures.quality_refunds,
        orders=figures.orders,
    )


# Stores under a restriction, and those with enough counted refunds in the window to come under one.
_CONCERNED = """
    SELECT s.id FROM stores_store s
    JOIN unnest(%(names)s::text[], %(minimums)s::int[], %(since)s::timestamptz[]) AS m(name, minimum, since)
      ON m.name = s.marketplace
    WHERE (s.id = %(alone)s OR %(alone)s::bigint IS NULL AND s.clock_ahead = '0') AND (
       EXISTS (SELECT FROM refunds_qualityrestriction r WHERE r.store_id = s.id AND r.lifted_at IS NULL)
       OR (SELECT count(*) FROM (
               SELECT FROM refunds_qualityrefund q WHERE q.store_id = s.id AND q.counted_at >= m.since LIMIT m.minimum
           ) enough) = m.minimum)
    ORDER BY s.id
"""


def review_all() -> int:
    """Review every store that the figures may concern, each in a transaction of its own; returns how many changed."""
    now = clock.now()
    return sweep_each("restrictions", concerned_stores(now), lambda store_id: review_one(store_id, now))


def review_one(store_id: int, now: datetime) -> bool:
    """Review one store in a transaction of its own."""
    with tenant_scope(store_id):
        return review_quality(store_id=store_id, actor=SYSTEM, now=now)


def concerned_stores(now: datetime) -> list[int]:
    """Ids of the stores that are restricted or might have to be."""
    with_steps = [rules for rules in marketplaces.newest().values() if rules.quality_thresholds]
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(
            _CONCERNED,
            {
                "alone": store_alone(),
                "names": [each.name for each in with_steps],
                "minimums": [min(step.minimum for step in each.quality_thresholds) for each in with_steps],
                # a day more than the window: its first date begins at different instants around the world
                "since": [now - timedelta(days=each.quality_window_days + 1) for each in with_steps],
            },
        )
        return [store_id for (store_id,) in cursor.fetchall()]
