"""Goods that are refunded before the carrier has them are not shipped any more (P2)."""

from collections.abc import Sequence
from datetime import datetime

from common.actors import Actor
from common.writes import WriteSet
from orders.claims import Claim
from orders.events import ORDER_CANCELLED, ORDER_PIECES_STOPPED, ORDER_UNSHIPPED
from orders.models import Order, Shipment
from orders.shipments import ask_recall
from orders.states import OrderStatus


def stop_pieces(
    writes: WriteSet,
    order: Order,
    claims: Sequence[Claim],
    shipment: Shipment | None,
    *,
    topic,
    actor: Actor,
    now: datetime,
    rule: str,
) -> None:
    """Take the claims' pieces out of a locked order that is not on its way; an outstanding pick-up is cancelled.

    An order of which nothing is left is cancelled, one of which something is left is to be packed (again). The claims'
    order lines are those of `order.own_lines`.
    """
    before = order.status
    for claim in claims:
        claim.line.cancelled_quantity += claim.quantity
        writes.update(claim.line, "cancelled_quantity")
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
        pieces={claim.line.item_id: claim.quantity for claim in claims},
    )
