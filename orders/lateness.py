"""The shipping promise: an order that wasn't shipped in time is noted once (P8)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from common import clock
from common.actions import action
from common.actors import SYSTEM, Actor
from common.setbacks import sweep_rows
from common.writes import WriteSet
from orders.events import ORDER_LATE
from orders.models import Order

BATCH = 500


def sweep_late_orders(*, limit: int = BATCH) -> int:
    """Note in their history the orders that have become late; returns how many.

    Once per order, whatever moves later.
    """
    now = clock.now()
    return sweep_rows(
        "late orders",
        partial(_unnoted, now),
        lambda orders: note_late_orders(orders=orders, actor=SYSTEM, now=now),
        limit=limit,
    )


def _unnoted(now: datetime) -> QuerySet[Order]:
    late = Order.objects.late(now).filter(late_at__isnull=True).only("store", "status", "ship_by", "late_at")
    return late.select_for_update(skip_locked=True, no_key=True).order_by("ship_by")


@action
def note_late_orders(*, orders: Sequence[Order], actor: Actor, now: datetime) -> None:
    """Note that these locked orders weren't shipped in time (P8)."""
    writes = WriteSet()
    for order in orders:
        order.late_at = now
        writes.update(order, "late_at")
        writes.event(
            ORDER_LATE,
            order,
            topic=order,
            at=now,
            actor=actor,
            states=(order.status, order.status),
            rule="P8",
            ship_by=order.ship_by.isoformat(),
        )
    writes.flush()
