"""Goods that are refunded before the carrier has them are not shipped any more (P2)."""

from collections.abc import Sequence
from datetime import datetime

from common.actors import Actor
from common.writes import WriteSet
from orders.events import ORDER_CANCELLED, ORDER_PIECES_STOPPED, ORDER_UNSHIPPED
from orders.models import Order, OrderLine, Shipment
from orders.pieces import finish_shipping, put_back
from orders.shipments import ask_recall
from orders.states import OrderStatus


def stop_pieces(
    writes: WriteSet,
    order: Order,
    stopped: Sequence[tuple[OrderLine, int]],
    called_off: Sequence[Shipment | None],
    *,
    topic,
    actor: Actor,
    now: datetime,
    rule: str,
) -> None:
    """Take so many pieces of these of its `own_lines` out of a locked order; outstanding pick-ups are cancelled.

    An order of which nothing is left is cancelled, one of which something is left is to be packed (again), and one of
    which all that is left has gone in other parcels has shipped with them.
    """
    before = order.status
    for line, quantity in stopped:
        line.cancelled_quantity += quantity
        writes.update(line, "cancelled_quantity")
    for parcel in called_off:
        ask_recall(writes, order, parcel, topic=topic, actor=actor, now=now, rule=rule)
        if parcel is not None and parcel.pieces is not None:
            put_back(writes, order, parcel)
    event = ORDER_PIECES_STOPPED
    if not any(line.quantity_to_ship for line in order.own_lines):
        order.cancel()
        event = ORDER_CANCELLED
    elif not order.pieces_wait:
        finish_shipping(writes, order)
    elif before == OrderStatus.SHIPPED:
        order.unship()
        writes.update(order, "carrier", "tracking_number", "shipped_at")
        event = ORDER_UNSHIPPED
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
        pieces={line.goods: quantity for line, quantity in stopped},
    )
