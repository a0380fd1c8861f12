"""What goes into the parcel of an order: the pieces that nobody has got back, or asks back whole."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from orders.models import Order, OrderLine
from orders.signals import whole_pieces_asked


def read_lines_to_pack(orders: Sequence[Order]) -> dict[UUID, list[OrderLine]]:
    """Each order's lines by its id, with `pieces_to_pack` on each; in two statements at most.

    A refund before shipping holds yuan and no goods. Pieces whose whole price it holds stay on the shelf, also until it
    is decided (P2); a part of the price, even one that comes to the price of a piece, leaves them in the parcel.
    """
    lines = list(OrderLine.objects.in_scope().filter(order__in=[order.pk for order in orders]).order_by("id"))
    held: Counter = Counter()
    lines_held = [line for line in lines if line.claimed_amount]
    if lines_held:
        for _receiver, pieces in whole_pieces_asked.send(sender=OrderLine, lines=lines_held):
            held.update(pieces)
    by_order = defaultdict(list)
    for line in lines:
        stays = max(line.claimed_quantity + line.cancelled_quantity, held[line.pk])
        if line.claimed_amount and not line.refundable_amount:
            stays = line.quantity
        line.pieces_to_pack = max(line.quantity - stays, 0)
        by_order[line.order_id].append(line)
    return by_order
