"""The shopping-experience stars of a store over the window (R9 leaves refunds without return out of them).

Five, less what each rate costs by the marketplace's rule file, never below its least:
`5 − quality rate × a − late rate × b`, each rate per order paid in the window, to two decimals.
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.db.models import F

from orders.models import Order, OrderStatus
from refunds.quality.figures import ONE_DAY, Figures, date_in, midnight, rate_of
from stores.models import Store

MOST = Decimal("5.00")
CENT = Decimal("0.01")


def stars_of(store: Store, figures: Figures, now: datetime) -> Decimal:
    """Between the marketplace's least and 5.00. `figures` are those of the window."""
    rules = store.rules
    late = rate_of(late_orders(store, now), figures.orders)
    stars = MOST - figures.rate * rules.stars_per_quality_rate - late * rules.stars_per_late_rate
    return min(max(stars.quantize(CENT, ROUND_HALF_UP), rules.stars_least), MOST)


def late_orders(store: Store, now: datetime) -> int:
    """Orders that should have been shipped in the window up to now and weren't: shipped later, or not yet (P8).

    What was refunded altogether before it shipped needn't ship any more.
    """
    zone = ZoneInfo(store.time_zone)
    first = date_in(zone, now) - ONE_DAY * (store.rules.quality_window_days - 1)
    due = Order.objects.for_store(store.pk).filter(ship_by__gte=midnight(zone, first), ship_by__lte=now)
    shipped = due.filter(shipped_at__gt=F("ship_by"))
    waiting = due.filter(status=OrderStatus.UNSHIPPED, claimed_amount__lt=F("paid_amount"))
    return shipped.count() + waiting.count()
