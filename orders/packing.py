"""What goes into the parcel of an order: the pieces that nobody has got back, or asks back whole."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from common.actions import bookkeeping
from common.writes import WriteSet
from orders.models import Order, OrderLine
from orders.signals import whole_pieces_asked
from orders.states import OrderStatus

_BLANKS = "".join(char for char in map(chr, range(0x3001)) if char.isspace())  # what `rstrip` takes away


class LineToPack(NamedTuple):
    """What packing asks of an order's line, for those who read many."""

    pk: UUID
    order_id: UUID
    item_id: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    order_discount: Decimal
    freight: Decimal
    claimed_quantity: int
    cancelled_quantity: int
    shipped_quantity: int
    claimed_amount: Decimal

    # The line's own, which ask for nothing else of it.
    goods = OrderLine.goods
    label = OrderLine.label
    paid_for_goods = OrderLine.paid_for_goods
    paid_amount = OrderLine.paid_amount
    refundable_amount = OrderLine.refundable_amount


Line = TypeVar("Line", OrderLine, LineToPack)


def read_lines_to_pack(orders: Sequence[Order]) -> dict[UUID, list[OrderLine]]:
    """Each order's lines by its id, with `pieces_to_pack` on each; in two statements at most."""
    lines = OrderLine.objects.in_scope().filter(order__in=[order.pk for order in orders]).order_by("id")
    by_order = defaultdict(list)
    for line, line.pieces_to_pack in _counted(list(lines)):
        by_order[line.order_id].append(line)
    return by_order


def read_packing(order_ids: Sequence[UUID]) -> dict[UUID, list[tuple[LineToPack, int]]]:
    """Each order's lines by its id, with how many pieces of each are packed; in two statements at most."""
    lines = OrderLine.objects.in_scope().filter(order__in=order_ids).order_by("id").values_list(*LineToPack._fields)
    by_order = defaultdict(list)
    for line, pieces in _counted([LineToPack._make(values) for values in lines]):
        by_order[line.order_id].append((line, pieces))
    return by_order


# What is packed of an order, in words, if nothing of it is held; a refund's room is asked of the others. Its lines are
# those of its store; naming that as well has PostgreSQL read all the store's lines while it knows too little of them.
_PARCEL = """(
    SELECT CASE WHEN NOT bool_or(claimed_amount > 0) THEN ARRAY[
        coalesce(string_agg(goods || '*' || pieces, ';' ORDER BY id) FILTER (WHERE pieces > 0), ''),
        coalesce(string_agg(label || ' × ' || pieces, '; ' ORDER BY id) FILTER (WHERE pieces > 0), ''),
        sum(pieces)::text
    ] END
    FROM (
        SELECT id, claimed_amount,
               greatest(quantity - cancelled_quantity - greatest(claimed_quantity, shipped_quantity), 0) AS pieces,
               CASE WHEN sku = '' THEN item_id ELSE item_id || ':' || sku END AS goods,
               rtrim(coalesce(nullif(title, ''), item_id) || ' ' || sku, %s) AS label
        FROM orders_orderline
        WHERE order_id = orders_order.id
    ) line
)"""


def parcel_as_text() -> RawSQL:
    """Of an order in a query: what is packed (`item_id*pieces;…`), by its titles, and how many pieces.

    Three texts; null where money of a line is held: how much of such an order is packed, `read_packing` says.
    """
    return RawSQL(_PARCEL, [_BLANKS], output_field=ArrayField(TextField()))


# Every number under which a part of an order has left.
_PARCELS = """CASE WHEN shipped_pieces = 0 THEN '' ELSE (
    SELECT coalesce(string_agg(
        s.carrier || ' ' || s.tracking_number || ' (' || (
            SELECT string_agg(goods || '*' || pieces, ';' ORDER BY goods)
            FROM jsonb_each_text(s.pieces) p(goods, pieces)
        ) || ')', '; ' ORDER BY s.id), '')
    FROM orders_shipment s
    WHERE s.store_id = orders_order.store_id AND s.order_id = orders_order.id AND s.is_out AND s.pieces IS NOT NULL
) END"""


def parcels_as_text() -> RawSQL:
    """Of an order in a query: the parcels in which parts of it go out, `carrier number (item_id*pieces;…)`.

    Joined by `; `; empty where one parcel carries everything.
    """
    return RawSQL(_PARCELS, [], output_field=TextField())


def pack_again(writes: WriteSet, order: Order) -> None:
    """What is packed of a locked order changes with `writes`: once they are written, the queue has it, or not.

    Only where goods can be asked back while money is left: of an order that leaves in parts, or was paid with freight.
    """
    if order.shipped_pieces or order.shipping_fee or order.has_nothing_to_pack:
        writes.look_again(_note_packing, order)


@bookkeeping("What the queue shows of an order follows from holds and parcels, which are acts.")
def _note_packing(orders: Sequence[Order]) -> None:
    """Note of these locked orders, as they are written now, whether refunds leave anything of them to pack."""
    unsure = [order.pk for order in orders if order.status == OrderStatus.UNSHIPPED and order.claimed_amount]
    packing = read_packing(unsure) if unsure else {}
    writes = WriteSet()
    for order in orders:
        has_nothing = order.pk in packing and not any(pieces for _line, pieces in packing[order.pk])
        if order.has_nothing_to_pack != has_nothing:
            order.has_nothing_to_pack = has_nothing
            writes.update(order, "has_nothing_to_pack")
    writes.flush()


def _counted(lines: Sequence[Line]) -> Iterator[tuple[Line, int]]:
    """Each line with how many pieces of it are packed.

    A refund before shipping holds yuan and no goods. Pieces whose whole price it holds stay on the shelf, also until it
    is decided (P2); a part of the price, even one that comes to the price of a piece, leaves them in the parcel. Of a
    line of which pieces have left, those that come back are among them, and only what is undecided holds the others.
    """
    held: Counter = Counter()
    lines_held = [line.pk for line in lines if line.claimed_amount]
    if lines_held:
        for _receiver, pieces in whole_pieces_asked.send(sender=OrderLine, lines=lines_held):
            held.update(pieces)
    for line in lines:
        if line.shipped_quantity:
            stays = max(line.claimed_quantity, line.shipped_quantity) + line.cancelled_quantity + held[line.pk]
        else:
            stays = max(line.claimed_quantity + line.cancelled_quantity, held[line.pk])
            if line.claimed_amount and not line.refundable_amount:
                stays = line.quantity
        yield line, max(line.quantity - stays, 0)
