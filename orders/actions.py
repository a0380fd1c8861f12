"""Placing, shipping and delivering orders.

Other things that are done with an order have a file each: saving (address, urges), lateness, stopping, parcels, delays/
and erp/.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, NotFound, refuse_if
from common.ids import new_id
from common.money import ZERO
from common.queries import among, named_query
from common.writes import WriteSet
from orders.addresses import COLUMNS, AddressParts, address_columns
from orders.amounts import paid_for, spread
from orders.carriers.base import CarrierStage
from orders.events import ORDER_DELIVERED, ORDER_PARTLY_SHIPPED, ORDER_PLACED, ORDER_SHIPPED, ORDER_UPDATED
from orders.marketplace import fill_lines, lock_number
from orders.models import Order, OrderLine
from orders.pieces import PiecesRequest, count_out, parcels_out, pieces_to_send
from orders.shipments import announce_shipment, move_shipment
from orders.signals import order_redated, orders_placed, orders_shipped
from orders.states import OrderStatus, ShipmentDirection
from orders.waybills import waybill
from orders.why_not import lines_are_fixed, why_not_change_lines, why_not_deliver, why_not_lower, why_not_ship
from stores.models import Product, Store

ADDRESS = ("address", *COLUMNS.values())


class _LineGoods(TypedDict):
    item_id: str
    quantity: int
    unit_price: Decimal


class LineData(_LineGoods, total=False):
    """One line as the marketplace sends it; `discount` in yuan for all its pieces."""

    sku: str
    discount: Decimal


class OrderData(TypedDict, total=False):
    """An order's head as the marketplace sends it; keys are the model's fields.

    `paid_amount` is what its sums are checked against, `version` the marketplace's count of its copies.
    """

    number: str
    buyer_id: str
    buyer_name: str
    buyer_credit_score: int
    buyer_is_vip: bool
    paid_at: datetime
    ship_by: datetime | None
    rule_ship_by: datetime
    address: str | AddressParts
    source: str
    live_session: str
    shipping_fee: Decimal
    discount: Decimal
    paid_amount: Decimal | None
    version: int | None


@named_query
def _locked_order(store_id, number):
    return Order.objects.for_store(store_id).select_for_update(no_key=True).filter(number=number)


def lock_order(*, store_id: int, number: str) -> Order:
    """Load an order and lock it: the first lock of every change to it or to what hangs on it. NotFound when missing."""
    order = _locked_order.one(store_id=store_id, number=number)
    if order is None:
        raise NotFound
    return order


@action
def upsert_order(
    *, store: Store, data: OrderData, lines: Sequence[LineData], actor: Actor, now: datetime
) -> tuple[Order, bool]:
    """Create the order, or bring the one with the same number up to date; returns it and whether it is new.

    A copy with a smaller `version` than the last one changes nothing. Lines of an order of which something is held, or
    that has shipped, can't change any more: Refused `invalid_transition`. Invalid where the sums don't agree.
    """
    lock_number(store.pk, data["number"])
    data = head_of(store, data, lines)
    order = _locked_order.one(store_id=store.pk, number=data["number"])
    writes = WriteSet()
    if is_new := order is None:
        [order] = place(writes, store, [(data, lines)], actor=actor, now=now)
    else:
        bring_up_to_date(writes, store, order, data, lines, actor=actor, now=now)
    writes.flush()
    return order, is_new


def head_of(store: Store, data: OrderData, lines: Sequence[LineData]) -> OrderData:
    """An order's columns for what was sent: with its address in parts, what was paid, and the deadline to ship it.

    The deadline is by the marketplace's rule where none is sent (P8). Invalid as `upsert_order` is.
    """
    head = {**data, **address_columns(data["address"])}
    head["shipping_fee"], head["discount"] = data.get("shipping_fee", ZERO), data.get("discount", ZERO)
    head["paid_amount"] = paid_for(head, lines)
    if data.get("version") is None:
        head.pop("version", None)
    try:
        head["ship_by"] = data.get("ship_by") or data["paid_at"] + store.rules.ships_within
    except OverflowError as error:
        raise Invalid("paid_at", _("This is too far away.")) from error
    return head


def place(
    writes: WriteSet,
    store: Store,
    wanted: Sequence[tuple[OrderData, Sequence[LineData]]],
    *,
    actor: Actor,
    now: datetime,
) -> list[Order]:
    """Make these orders, of which the store has none yet; the caller has locked their numbers."""
    products = _products(store, [line["item_id"] for _data, lines in wanted for line in lines])
    orders = []
    for data, lines in wanted:
        order = Order(store=store, **data)
        order.own_lines = _lines_of(store, order, lines, products)
        for row in (order, *order.own_lines):
            writes.insert(row)
        orders.append(order)
    orders_placed.send(sender=Order, orders=orders, store=store, writes=writes, now=now)
    for order in orders:
        writes.event(ORDER_PLACED, order, topic=order, at=now, actor=actor, states=("", order.status))
    return orders


def bring_up_to_date(
    writes: WriteSet,
    store: Store,
    order: Order,
    data: OrderData,
    lines: Sequence[LineData],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Make a locked order what its marketplace says now, unless it said something newer before.

    Refused as `upsert_order` is.
    """
    if order.version is not None and data.get("version", order.version) < order.version:
        return
    has_other_lines = changes_lines(order, data, lines)
    if order.is_delayed:  # the marketplace repeats the deadline by the rule; the reported one stays (K4)
        data = {**data, "rule_ship_by": data["ship_by"], "ship_by": max(data["ship_by"], order.ship_by)}
    fields = [name for name, value in data.items() if getattr(order, name) != value]
    if order.erased_at is not None:  # a copy that comes later brings nobody's data back
        fields = [name for name in fields if name not in (*ADDRESS, "buyer_id", "buyer_name")]
    if order.status != OrderStatus.UNSHIPPED and not order.is_masked:
        fields = [name for name in fields if name not in (*ADDRESS, "ship_by")]
    if order.address_changed_at is not None:  # a delivery that comes again must not bring the old address back (K3)
        fields = [name for name in fields if name not in ADDRESS]
    was = order.paid_at
    for name in fields:
        setattr(order, name, data[name])
    if "paid_at" in fields:
        order_redated.send(sender=Order, order=order, was=was, store=store, writes=writes, now=now)
    if order.is_masked:
        _fill(writes, store, order, lines)
        fields.append("is_masked")
    elif has_other_lines:
        _replace_lines(writes, store, order, lines)
    if fields:
        writes.update(order, *fields)
        writes.event(ORDER_UPDATED, order, topic=order, at=now, actor=actor, fields=fields)


def _replace_lines(writes: WriteSet, store: Store, order: Order, lines: Sequence[LineData]) -> None:
    """Other lines instead; what was promised with an item stays promised (R3)."""
    refuse_if(why_not_change_lines(order))
    promised = {line.goods: line.programme for line in order.lines.all()}
    try:
        OrderLine.objects.for_store(store.pk).filter(order=order).delete()
    except ProtectedError as error:  # a refund that has ended still tells of these lines
        raise lines_are_fixed() from error
    for row in _lines_of(store, order, lines, _products(store, [line["item_id"] for line in lines])):
        row.programme = promised.get(row.goods, "")
        writes.insert(row)


def _fill(writes: WriteSet, store: Store, order: Order, lines: Sequence[LineData]) -> None:
    """What only copies of refunds told of this locked order is known now."""
    rows = _lines_of(store, order, lines, _products(store, [line["item_id"] for line in lines]))
    for row in fill_lines(writes, order, rows):
        writes.insert(row)
    order.is_masked = False
    refuse_if(why_not_lower(order))


def changes_lines(order: Order, data: OrderData, lines: Sequence[LineData]) -> bool:
    """Whether the order has other lines than these, or something else was paid for them."""
    if (order.discount, order.shipping_fee) != (data["discount"], data["shipping_fee"]):
        return True
    kept = {(line.item_id, line.sku, line.quantity, line.unit_price, line.discount) for line in order.lines.all()}
    return kept != {
        (line["item_id"], line.get("sku", ""), line["quantity"], line["unit_price"], line.get("discount", ZERO))
        for line in lines
    }


@named_query
def _products_of(store_id, item_ids):
    return Product.objects.for_store(store_id).filter(among("item_id", item_ids))


def _products(store: Store, item_ids: Sequence[str]) -> dict[str, Product]:
    found = _products_of.all(store_id=store.pk, item_ids=list(item_ids))
    return {product.item_id: product for product in found}


def _lines_of(store: Store, order: Order, lines: Sequence[LineData], products: dict[str, Product]) -> list[OrderLine]:
    """The rows of these lines, with the products' titles and categories of today and what was paid for each."""
    rows = []
    for line in lines:
        product = products.get(line["item_id"])
        rows.append(
            OrderLine(
                id=new_id(),
                store=store,
                order=order,
                title=product.title if product else "",
                category=product.category if product else "",
                **line,
            )
        )
    spread(order, rows)
    return rows


@action
def ship_order(
    *,
    store_id: int,
    number: str,
    carrier: str,
    tracking_number: str,
    actor: Actor,
    now: datetime,
    lines: Sequence[PiecesRequest] | None = None,
) -> Order:
    """Hand the order, or these pieces of it, to the carrier, who is asked to pick the parcel up.

    Without `lines` the parcel carries what is left. Refused `order_already_shipped` once everything has left,
    `pieces_not_left` for more pieces than are left, `invalid_transition` when everything was refunded before (P2).
    Invalid for an unknown carrier, an odd number, or lines that the order doesn't have.
    """
    carrier, tracking_number = waybill(carrier, tracking_number)
    order = lock_order(store_id=store_id, number=number)
    refuse_if(why_not_ship(order))
    writes = WriteSet()
    ship(writes, order, carrier=carrier, tracking_number=tracking_number, lines=lines, actor=actor, now=now)
    orders_shipped.send(sender=Order, orders=[order], writes=writes, actor=actor, now=now)
    writes.flush()
    return order


def ship(
    writes: WriteSet,
    order: Order,
    *,
    carrier: str,
    tracking_number: str,
    actor: Actor,
    now: datetime,
    lines: Sequence[PiecesRequest] | None = None,
    **data,
) -> None:
    """Send a parcel of a locked order, as `ship_order` does: the order has shipped once nothing of it is left.

    `data` goes into the event. The caller sends `orders_shipped`. What is refused or Invalid leaves order and writes as
    they were.
    """
    before = order.status
    pieces = pieces_to_send(order, lines)
    if pieces is not None:
        count_out(writes, order, pieces)
        data["pieces"] = pieces
    is_last = pieces is None or not order.pieces_wait
    if is_last:
        order.ship(carrier=carrier, tracking_number=tracking_number, now=now)
        writes.update(order, "status", "carrier", "tracking_number", "shipped_at", "rule_ship_by")
    writes.event(
        ORDER_SHIPPED if is_last else ORDER_PARTLY_SHIPPED,
        order,
        topic=order,
        at=now,
        actor=actor,
        states=(before, order.status),
        carrier=carrier,
        tracking_number=tracking_number,
        **data,
    )
    announce_shipment(
        writes,
        order=order,
        topic_id=order.pk,
        direction=ShipmentDirection.OUTBOUND,
        carrier=carrier,
        tracking_number=tracking_number,
        address=order.address,
        pieces=pieces,
        now=now,
    )


@action
def deliver_order(*, store_id: int, number: str, actor: Actor, now: datetime) -> Order:
    """The buyer has received the goods, all of them; a recall that was under way has failed by it (P4).

    Refused `invalid_transition` unless they were on their way. Of one of several parcels tells orders.receiving.
    """
    order = lock_order(store_id=store_id, number=number)
    refuse_if(why_not_deliver(order))
    before = order.status
    order.deliver(now=now)
    writes = WriteSet()
    writes.update(order, "status", "delivered_at")
    writes.event(ORDER_DELIVERED, order, topic=order, at=now, actor=actor, states=(before, order.status))
    for shipment in parcels_out([order])[order.pk]:
        shipment.order = order
        move_shipment(writes, shipment, CarrierStage.DELIVERED, actor=actor, now=now)
    writes.flush()
    return order
