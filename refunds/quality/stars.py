"""The shopping-experience stars of a store over the window (R9 leaves refunds without return out of them).

Five, less what each rate costs by the marketplace's rule file, never below its least:
`5 − quality rate × a − late rate × b − dispute rate × c`, each rate per order paid in the window, to two decimals.
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F

from common.calendar import day_of, days_until, start_of_day
from orders.models import Order
from refunds.models import Dispute
from refunds.quality.figures import QualityFigures, rate_of
from refunds.states import CaseOutcome, RefundProgramme
from stores.models import Store

MOST = Decimal("5.00")
CENT = Decimal("0.01")


def stars_of(store: Store, figures: QualityFigures, now: datetime) -> Decimal:
    """Between the marketplace's least and 5.00. `figures` are those of the window."""
    rules, since = store.rules, _window_begins(store, now)
    late = rate_of(late_orders(store, since, now), figures.orders)
    lost = rate_of(lost_disputes(store, since), figures.orders)
    stars = MOST - figures.rate * rules.stars_per_quality_rate - late * rules.stars_per_late_rate
    stars = (stars - lost * rules.stars_per_dispute_rate).quantize(CENT, ROUND_HALF_UP)
    return min(max(stars, rules.stars_least), MOST)


def _window_begins(store: Store, now: datetime) -> datetime:
    days = days_until(day_of(now, store.time_zone), store.rules.quality_window_days)
    return start_of_day(days[0], store.time_zone)


def late_orders(store: Store, since: datetime, now: datetime) -> int:
    """Orders that should have been shipped between `since` and `now` and weren't: shipped later, or not yet (P8).

    What was refunded altogether before it shipped needn't ship any more.
    """
    due = Order.objects.for_store(store.pk).filter(ship_by__gte=since, ship_by__lte=now)
    shipped = due.filter(shipped_at__gt=F("ship_by"))
    return shipped.count() + due.to_ship().count()


def lost_disputes(store: Store, since: datetime) -> int:
    """Disputes that the platform has decided for the buyer since then; of refunds without return none counts (R9)."""
    lost = Dispute.objects.for_store(store.pk).filter(outcome=CaseOutcome.BUYER, decided_at__gte=since)
    return lost.exclude(refund__programme=RefundProgramme.RETURNLESS).count()
