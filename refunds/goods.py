"""What paying a refund means for goods that the buyer doesn't have yet: leave them, stop them, call them back (P2, P4).

Only a refund that takes its goods' whole price touches them; a part of the price is money and nothing else.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum, auto

from common.actors import Actor
from common.money import ZERO
from common.writes import WriteSet
from orders.models import OrderLine, Shipment
from orders.shipments import ask_recall, outbound_of
from orders.states import ON_ITS_WAY, OrderStatus, ShipmentStatus
from orders.stopping import stop_pieces
from refunds.holds import hold, lines_of, most_refundable
from refunds.models import Refund
from refunds.states import RefundGoods


class GoodsDisposition(Enum):
    """What happens to the goods when the refund is granted."""

    LEAVE = auto()
    STOP = auto()
    RECALL = auto()


class Whereabouts:
    """Where the goods of some refunds are, read in three statements for any number of them, or in none.

    Their orders are locked, one object per order.
    """

    def __init__(self, refunds: Sequence[Refund]):
        asked = [refund for refund in refunds if is_reachable(refund)]
        self._parcels: dict = {}
        if not asked:
            return
        lines_of(asked)
        orders = {refund.order_id: refund.order for refund in asked}
        load_order_lines(orders, asked)
        shipped = [order for order in orders.values() if order.status == OrderStatus.SHIPPED]
        if shipped:
            self._parcels = outbound_of(shipped)

    def parcel_of(self, refund: Refund) -> Shipment | None:
        """The order's parcel, if its goods may be reached and a carrier has it."""
        return self._parcels.get(refund.order_id)

    def disposition_of(self, refund: Refund) -> GoodsDisposition:
        """What granting this refund now does to its goods."""
        return disposition_of(refund, self.parcel_of(refund), lambda: _others_are_open(refund))


def disposition_of(refund: Refund, parcel: Shipment | None, others_are_open: Callable[[], bool]) -> GoodsDisposition:
    """What granting this refund does to its goods, which `parcel` brings to the buyer.

    `others_are_open` tells whether other refunds of the order are; it is asked only when the answer matters.
    """
    if not is_reachable(refund) or not _takes_all(refund, others_are_open):
        return GoodsDisposition.LEAVE
    if any(line.quantity > line.line.refundable_quantity for line in refund.own_lines):
        return GoodsDisposition.LEAVE  # another refund already has these pieces
    if refund.order.status == OrderStatus.UNSHIPPED:
        return GoodsDisposition.STOP
    if parcel is not None and parcel.status == ShipmentStatus.AWAITING_PICKUP:
        return GoodsDisposition.STOP
    if refund.rules.recalls_in_transit and (parcel is None or parcel.status in ON_ITS_WAY) and _is_parcel(refund):
        return GoodsDisposition.RECALL
    return GoodsDisposition.LEAVE


def is_reachable(refund: Refund) -> bool:
    """Whether the goods may still be stopped or called back by the refund's rules.

    Under a programme the buyer keeps what has left (R1); what hasn't left, or has come back, is shipped to nobody.
    """
    if refund.moves_goods:
        return False
    if refund.order.status == OrderStatus.SHIPPED and not refund.programme:
        return refund.rules.refunds_before_pickup or refund.rules.recalls_in_transit
    return refund.order.status == OrderStatus.UNSHIPPED


def load_order_lines(orders: dict, refunds: Sequence[Refund]) -> None:
    """Give each order its `own_lines`; those that a refund has already are the same objects."""
    missing = [order for order in orders.values() if not order.has_lines]
    if not missing:
        return
    known = {line.line_id: line.line for refund in refunds for line in refund.own_lines}
    for order in missing:
        order.own_lines = []
    for line in OrderLine.objects.in_scope().filter(order__in=missing).order_by("id"):
        orders[line.order_id].own_lines.append(known.get(line.pk, line))


def _takes_all(refund: Refund, others_are_open: Callable[[], bool]) -> bool:
    """Whether it amounts to what its goods cost, less what was paid of it before; what is still open doesn't count."""
    price = sum((line.line.worth(line.quantity) for line in refund.own_lines), ZERO)
    if refund.amount >= price:
        return True
    return refund.amount >= most_refundable(refund) and not others_are_open()


def _others_are_open(refund: Refund) -> bool:
    of_order = Refund.objects.for_store(refund.store_id).open().filter(order=refund.order_id)
    return of_order.exclude(pk=refund.pk).exists()


def _is_parcel(refund: Refund) -> bool:
    """Whether the refund is about everything in the parcel: a part of one can't be intercepted."""
    own = {line.line_id: line.quantity for line in refund.own_lines}
    return all(own.get(line.pk, 0) == line.quantity_to_ship for line in refund.order.own_lines)


def stop(writes: WriteSet, refund: Refund, parcel: Shipment | None, *, actor: Actor, now: datetime, rule: str) -> None:
    """The refund's pieces are not shipped any more (P2)."""
    refund.goods = RefundGoods.STOPPED
    writes.update(refund, "goods")
    stop_pieces(writes, refund.order, refund.own_lines, parcel, topic=refund, actor=actor, now=now, rule=rule)


def recall(writes: WriteSet, refund: Refund, parcel: Shipment | None, *, actor: Actor, now: datetime) -> None:
    """Call the refund's parcel back; until it is known where it ends, no other refund takes these pieces (P4)."""
    hold(writes, refund, refund.amount, pieces=1)
    refund.start_recall(now=now)
    writes.update(refund, "goods")
    ask_recall(writes, refund.order, parcel, topic=refund, actor=actor, now=now, rule="P4")
