"""Goods that are refunded before the carrier has them are not shipped any more (P2)."""

from collections.abc import Sequence
from datetime import datetime

from common.actors import Actor
from common.writes import WriteSet
from orders.events import ORDER_CANCELLED, ORDER_PIECES_STOPPED, ORDER_UNSHIPPED
from orders.holds import Hold
from orders.models import Order, Shipment
from orders.shipments import ask_recall
from orders.states import OrderStatus


def stop_pieces(
    writes: WriteSet,
    order: Order,
    holds: Sequence[Hold],
    shipment: Shipment | None,
    *,
    topic,
    actor: Actor,
    now: datetime,
    rule: str,
) -> None:
    """Take the holds' pieces out of a locked order that is not on its way; an outstanding pick-up is cancelled.

    An order of which nothing is left is cancelled, one of which something is left is to be packed (again). The holds'
    order lines are those of `order.own_lines`.
    """
    before = order.status
    for hold in holds:
        hold.line.cancelled_quantity += hold.quantity
        writes.update(hold.line, "cancelled_quantity")
    if before == OrderStatus.SHIPPED:
        ask_recall(writes, order, shipment, topic=topic, actor=actor, now=now, rule=rule)
    if not any(line.quantity_to_ship for line in order.own_lines):
        order.cancel()
        event = ORDER_CANCELLED
    elif before == OrderStatus.SHIPPED:
        order.unship()
        writes.update(order, "carrier", "tracking_number", "shipped_at")
        event = ORDER_UNSHIPPED
    else:
        event = ORDER_PIECES_STOPPED
    writes.update(order, "status")
    writes.event(
        event,
        order,
        topic=order,
        at=now,
        actor=actor,
        states=(before, order.status),
        rule=rule,
        refund=str(topic.pk),
        pieces={hold.line.goods: hold.quantity for hold in holds},
    )
