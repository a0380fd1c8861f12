"""A store's calendar days (K8, K10): its time zone decides when one begins, whether it has 23, 24 or 25 hours."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orders.models import Order
from stores.models import Store


def local_date(zone: str, now: datetime) -> date:
    """The day in this time zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The instant at which a day begins in this time zone; where clocks skip midnight, the instant at which they do."""
    return datetime.combine(day, time.min, ZoneInfo(zone))


def usable_until(order: Order, store: Store) -> datetime:
    """The instant at which the order's time for small payments is over: the end of the last day of its window (K8).

    Reading: days are the store's calendar days; the day after the payment is the first and the 365th belongs to them.
    """
    last_day = local_date(store.time_zone, order.paid_at) + store.rules.payment_window
    return start_of(last_day + timedelta(days=1), store.time_zone)
