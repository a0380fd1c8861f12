"""An order that leaves in several parcels: which of its pieces go into each, and which come back to the store.

A parcel names its pieces by what they are of (`OrderLine.goods`); the order and its lines count those that are out,
under a constraint. An order that leaves in one parcel counts nothing, and its lines aren't read (docs/adr/0056). The
caller has locked the order.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from django.utils.translation import gettext as _

from common.errors import Invalid, refuse_if
from common.writes import WriteSet
from orders.models import Order, OrderLine, Shipment
from orders.models.lines import line_named
from orders.packing import pack_again
from orders.states import OrderStatus, ShipmentDirection
from orders.why_not import why_not_send_pieces

Pieces = dict[str, int]  # how many, by `OrderLine.goods`


class _PiecesOfItem(TypedDict):
    item_id: str
    quantity: int


class PiecesRequest(_PiecesOfItem, total=False):
    """Pieces that go into a parcel; `sku` where the item has several."""

    sku: str


def pieces_to_send(order: Order, wanted: Sequence[PiecesRequest] | None) -> Pieces | None:
    """What goes into the order's next parcel: the wanted pieces, or without any named what is left.

    None where that is the whole order. Invalid `lines` for goods that the order doesn't have, Refused `pieces_not_left`
    for more of them than are left.
    """
    if wanted is None and not order.shipped_pieces:
        return None
    left = {line.goods: line.pieces_here for line in order.own_lines if line.pieces_here}
    if wanted is None:
        return left
    pieces: Counter[str] = Counter()
    for asked in wanted:
        line = line_named(order.own_lines, asked["item_id"], asked.get("sku", ""), attr="lines")
        pieces[line.goods] += asked["quantity"]
        refuse_if(why_not_send_pieces(line, pieces[line.goods]))
    return None if pieces == left and not order.shipped_pieces else dict(pieces)


def pieces_that_left(order: Order, line: OrderLine) -> int:
    """How many pieces of the line can have left the store: those that did, of an order that leaves in parts."""
    return line.shipped_quantity if order.is_partly_shipped else line.quantity_to_ship


def count_out(writes: WriteSet, order: Order, pieces: Pieces, *, sign: int = 1) -> None:
    """These pieces have left the store in a parcel, or with `sign` -1 are there again."""
    for line in order.own_lines:
        if count := pieces.get(line.goods):
            line.shipped_quantity += sign * count
            writes.update(line, "shipped_quantity")
    order.shipped_pieces += sign * sum(pieces.values())
    writes.update(order, "shipped_pieces")
    pack_again(writes, order)


def put_back(writes: WriteSet, order: Order, shipment: Shipment) -> None:
    """The pieces of one of the order's parcels are the store's again, to be sent anew or never."""
    shipment.is_out = False
    order.taken_back |= {shipment.pk}
    writes.update(shipment, "is_out")
    count_out(writes, order, shipment.pieces, sign=-1)


def pieces_in(shipment: Shipment | None, order: Order) -> Pieces:
    """What is in a parcel of the order; everything where it is the only one, of which nothing may be known here."""
    if shipment is not None and shipment.pieces is not None:
        return shipment.pieces
    return {line.goods: line.quantity_to_ship for line in order.own_lines if line.quantity_to_ship}


def parcels_out(orders: Sequence[Order]) -> dict[UUID, list[Shipment]]:
    """The parcels in which each order goes to its buyer, by the order's id, in the order in which they were sent.

    One that left in a single parcel has its latest.
    """
    found = Shipment.objects.in_scope().filter(order__in=orders, direction=ShipmentDirection.OUTBOUND)
    by_order: dict[UUID, list[Shipment]] = defaultdict(list)
    for shipment in found.order_by("id"):
        by_order[shipment.order_id].append(shipment)
    for order in orders:
        sent = by_order[order.pk]
        out = [shipment for shipment in sent if shipment.is_out and shipment.pk not in order.taken_back]
        in_parts = [shipment for shipment in out if shipment.pieces is not None]
        by_order[order.pk] = in_parts if order.shipped_pieces else sent[-1:]
    return by_order


def read_parts(orders: Sequence[Order]) -> None:
    """Give those of one store's orders that leave in several parcels their `parts`, each that was sent of them."""
    in_parts = {order.pk: order for order in orders if order.shipped_pieces}
    if not in_parts:
        return
    for order in in_parts.values():
        order.parts = []
    sent = Shipment.objects.in_scope().filter(order__in=in_parts, pieces__isnull=False).order_by("id")
    for shipment in sent:
        in_parts[shipment.order_id].parts.append(shipment)


def named_pieces(order: Order, pieces: Pieces) -> list[tuple[str, int]]:
    """What is in a parcel, as people call it, with how many of it."""
    return [(line.label, pieces[line.goods]) for line in order.own_lines if line.goods in pieces]


def parcel_named(parcels: Sequence[Shipment], parcel_id: UUID | str | None) -> Shipment | None:
    """The one of an order's parcels that is meant; without an id the only one, or None where there is none.

    Invalid `parcel` for another's id, and for several of which none is named.
    """
    if parcel_id is None and len(parcels) <= 1:
        return parcels[0] if parcels else None
    found = next((shipment for shipment in parcels if str(shipment.pk) == str(parcel_id)), None)
    if found is not None:
        return found
    if parcel_id is None:
        numbers = ", ".join(shipment.tracking_number for shipment in parcels)
        raise Invalid("parcel", _("This order is in several parcels: name one of %(numbers)s.") % {"numbers": numbers})
    raise Invalid("parcel", _("Nothing of this order goes out in this parcel."), "does_not_exist")


def finish_shipping(writes: WriteSet, order: Order) -> None:
    """Everything that is still to be sent of the order has left in several parcels.

    Its own number is that of the parcel that left last; once all of them were received, it is delivered.
    """
    parcels = parcels_out([order])[order.pk]
    last = parcels[-1]
    if order.status == OrderStatus.UNSHIPPED:
        order.ship(carrier=last.carrier, tracking_number=last.tracking_number, now=last.created_at)
    else:
        order.carrier, order.tracking_number = last.carrier, last.tracking_number
    if all(shipment.received_at for shipment in parcels):
        order.deliver(now=max(shipment.received_at for shipment in parcels))
    writes.update(order, "status", "carrier", "tracking_number", "shipped_at", "rule_ship_by", "delivered_at")
