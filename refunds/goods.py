"""What paying a refund means for goods that the buyer doesn't have yet: leave them, stop them, call them back (P2, P4).

Only a refund that takes its goods' whole price touches them; a part of the price is money and nothing else.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from common.actors import Actor
from common.money import ZERO
from common.writes import WriteSet
from orders.models import Order, OrderLine, Shipment
from orders.pieces import parcels_out, pieces_in
from orders.shipments import ask_recall
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


@dataclass(frozen=True)
class GoodsReach:
    """What granting a refund does to its goods, and which parcels are called off or back for it.

    None stands for the parcel of an order of which only the marketplace knows that it is on its way.
    """

    disposition: GoodsDisposition
    parcels: Sequence[Shipment | None] = ()


_LEAVE = GoodsReach(GoodsDisposition.LEAVE)


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
        sent = [order for order in orders.values() if order.status == OrderStatus.SHIPPED or order.is_partly_shipped]
        if sent:
            self._parcels = parcels_out(sent)

    def reach(self, refund: Refund) -> GoodsReach:
        """How far granting this refund now reaches for its goods."""
        return reach(refund, self._parcels.get(refund.order_id, []), lambda: _others_are_open(refund))


def reach(refund: Refund, parcels: Sequence[Shipment], others_are_open: Callable[[], bool]) -> GoodsReach:
    """What granting this refund does to its goods, which the store has or `parcels` bring to the buyer.

    What is here is stopped. What isn't is stopped if no carrier has any of it, and called back if it is all that is in
    some parcels: a part of one can't be intercepted. `others_are_open` tells whether other refunds of the order are; it
    is asked only when the answer matters.
    """
    order = refund.order
    if not is_reachable(refund) or not _takes_all(refund, others_are_open):
        return _LEAVE
    if any(line.moving_quantity > line.line.refundable_quantity for line in refund.own_lines):
        return _LEAVE  # another refund already has these pieces
    has_all_left = order.status == OrderStatus.SHIPPED
    gone = Counter(
        {
            line.line.goods: line.moving_quantity - (0 if has_all_left else line.quantity_here)
            for line in refund.own_lines
        }
    )
    if not +gone:
        return GoodsReach(GoodsDisposition.STOP)
    if not _may_reach_parcels(refund):
        return _LEAVE
    waiting = [parcel for parcel in parcels if parcel.status == ShipmentStatus.AWAITING_PICKUP]
    if (called_off := _covering(gone, waiting, order)) is not None:
        return GoodsReach(GoodsDisposition.STOP, called_off)
    if refund.rules.recalls_in_transit:
        moving = [parcel for parcel in parcels if parcel.status in ON_ITS_WAY and parcel.recalled_at is None]
        if (called_back := _filling(gone, moving if parcels else [None], order)) is not None:
            return GoodsReach(GoodsDisposition.RECALL, called_back)
    return _LEAVE


def _covering(gone: Counter, parcels: Sequence[Shipment], order: Order) -> list[Shipment] | None:
    """Parcels, the newest first, that have all of these pieces, and maybe others besides."""
    rest, chosen = Counter(gone), []
    for parcel in reversed(parcels):
        pieces = pieces_in(parcel, order)
        if any(rest[goods] > 0 for goods in pieces):
            chosen.append(parcel)
            rest.subtract(pieces)
    return None if +rest else chosen


def _filling(gone: Counter, parcels: Sequence[Shipment | None], order: Order) -> list[Shipment | None] | None:
    """Parcels, the newest first, that have these pieces and no others."""
    rest, chosen = Counter(gone), []
    for parcel in reversed(parcels):
        pieces = pieces_in(parcel, order)
        if all(count <= rest[goods] for goods, count in pieces.items()):
            chosen.append(parcel)
            rest.subtract(pieces)
    return None if +rest else chosen


def is_reachable(refund: Refund) -> bool:
    """Whether the goods may still be stopped or called back by the refund's rules.

    Under a programme the buyer keeps what has left (R1); what hasn't left, or has come back, is shipped to nobody.
    """
    if refund.moves_goods:
        return False
    if refund.order.status == OrderStatus.SHIPPED:
        return _may_reach_parcels(refund)
    return refund.order.status == OrderStatus.UNSHIPPED


def _may_reach_parcels(refund: Refund) -> bool:
    return not refund.programme and (refund.rules.refunds_before_pickup or refund.rules.recalls_in_transit)


def load_order_lines(orders: dict, refunds: Sequence[Refund]) -> None:
    """Give each order its `own_lines`, and the refunds those same objects; what a refund has already is kept."""
    missing = [order for order in orders.values() if not order.has_lines]
    known = {line.line_id: line.line for refund in refunds for line in refund.own_lines}
    if missing:
        for order in missing:
            order.own_lines = []
        for line in OrderLine.objects.in_scope().filter(order__in=missing).order_by("id"):
            orders[line.order_id].own_lines.append(known.get(line.pk, line))
    own = {line.pk: line for order in orders.values() for line in order.own_lines}
    for refund in refunds:
        for line in refund.own_lines:
            line.line = own.get(line.line_id, line.line)


def _takes_all(refund: Refund, others_are_open: Callable[[], bool]) -> bool:
    """Whether it amounts to what its goods cost, less what was paid of it before; what is still open doesn't count."""
    price = sum((line.line.worth(line.quantity) for line in refund.own_lines), ZERO)
    if refund.amount >= price:
        return True
    return refund.amount >= most_refundable(refund) and not others_are_open()


def _others_are_open(refund: Refund) -> bool:
    of_order = Refund.objects.for_store(refund.store_id).open().filter(order=refund.order_id)
    return of_order.exclude(pk=refund.pk).exists()


def stop(
    writes: WriteSet, refund: Refund, parcels: Sequence[Shipment | None], *, actor: Actor, now: datetime, rule: str
) -> None:
    """The refund's pieces are not shipped any more (P2)."""
    refund.goods = RefundGoods.STOPPED
    writes.update(refund, "goods")
    stopped = [(line.line, line.moving_quantity) for line in refund.own_lines]
    stop_pieces(writes, refund.order, stopped, parcels, topic=refund, actor=actor, now=now, rule=rule)


def stop_what_is_here(writes: WriteSet, refund: Refund, *, actor: Actor, now: datetime, rule: str = "P2") -> None:
    """A refund is granted whose pieces have partly left: those that the store still has aren't shipped any more (P2).

    Of a return they are those that nobody has to send back: their parcel never arrived.
    """
    order = refund.order
    if not order.is_partly_shipped or refund.goods == RefundGoods.STOPPED:
        return
    lines_of([refund])
    load_order_lines({order.pk: order}, [refund])
    if not refund.holds_pieces and not _takes_all(refund, lambda: _others_are_open(refund)):
        return
    stopped = []
    for line in refund.own_lines:
        if refund.holds_pieces:
            here = min(line.moving_quantity, line.line.claimed_quantity - line.line.shipped_quantity)
        else:
            here = line.quantity_here
        if here <= 0:
            continue
        line.stopped_quantity += here
        writes.update(line, "stopped_quantity")
        if refund.holds_pieces:
            line.line.claimed_quantity -= here
            writes.update(line.line, "claimed_quantity")
        stopped.append((line.line, here))
    if stopped:
        stop_pieces(writes, order, stopped, [], topic=refund, actor=actor, now=now, rule=rule)


def recall(
    writes: WriteSet, refund: Refund, parcels: Sequence[Shipment | None], *, actor: Actor, now: datetime
) -> None:
    """Call the refund's parcels back; until it is known where they end, no other refund takes these pieces (P4)."""
    stop_what_is_here(writes, refund, actor=actor, now=now)
    hold(writes, refund, refund.amount, pieces=1)
    refund.start_recall(now=now)
    writes.update(refund, "goods")
    for parcel in parcels:
        ask_recall(writes, refund.order, parcel, topic=refund, actor=actor, now=now, rule="P4")
