"""The shipping promise: an order that wasn't shipped in time is noted once (P8)."""

from common import clock
from common.actors import SYSTEM
from common.tenancy import system_scope
from common.writes import WriteSet
from orders.events import ORDER_LATE
from orders.models import Order

BATCH = 500


def sweep_late_orders(*, limit: int = BATCH) -> int:
    """Note in their history the orders that have become late; returns how many.

    Once per order, whatever moves later.
    """
    now = clock.now()
    with system_scope():
        late = (
            Order.objects.late(now)
            .filter(late_at__isnull=True)
            .only("store", "status", "ship_by", "late_at")
            .select_for_update(skip_locked=True, no_key=True)
            .order_by("ship_by")[:limit]
        )
        orders = list(late)
        writes = WriteSet()
        for order in orders:
            order.late_at = now
            writes.update(order, "late_at")
            writes.event(
                ORDER_LATE,
                order,
                topic=order,
                at=now,
                actor=SYSTEM,
                states=(order.status, order.status),
                rule="P8",
                ship_by=order.ship_by.isoformat(),
            )
        writes.flush()
    return len(orders)
