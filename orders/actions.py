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
from common.writes import WriteSet
from orders.addresses import COLUMNS, AddressParts, address_columns
from orders.amounts import spread
from orders.carriers.base import CarrierStage
from orders.events import ORDER_DELIVERED, ORDER_PLACED, ORDER_SHIPPED, ORDER_UPDATED
from orders.marketplace import fill_lines, lock_number
from orders.models import Order, OrderLine
from orders.shipments import announce_shipment, move_shipment, outbound_of
from orders.signals import order_placed, order_redated, orders_shipped
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


def lock_order(*, store_id: int, **lookup) -> Order:
    """Load an order and lock it: the first lock of every change to it or to what hangs on it. NotFound when missing."""
    order = Order.objects.for_store(store_id).select_for_update(no_key=True).filter(**lookup).first()
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
    number = data["number"]
    lock_number(store.pk, number)
    data, paid = _head(store, data)
    order = Order.objects.for_store(store.pk).select_for_update(no_key=True).filter(number=number).first()
    writes = WriteSet()
    if order is None:
        order = Order(store=store, **data)
        new_lines = _lines_of(store, order, lines)
        spread(order, new_lines, paid)
        for row in (order, *new_lines):
            writes.insert(row)
        order_placed.send(sender=Order, order=order, lines=new_lines, store=store, writes=writes, now=now)
        writes.event(ORDER_PLACED, order, topic=order, at=now, actor=actor, states=("", order.status))
        writes.flush()
        return order, True
    if _is_older(data, order):
        return order, False
    if order.is_delayed:  # the marketplace repeats the deadline by the rule; the reported one stays (K4)
        data = {**data, "rule_ship_by": data["ship_by"], "ship_by": max(data["ship_by"], order.ship_by)}
    fields = [name for name, value in data.items() if getattr(order, name) != value]
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
        fields += _fill(writes, store, order, lines, paid)
    else:
        fields += _replace_lines(writes, store, order, lines, paid)
    if fields:
        writes.update(order, *fields)
        writes.event(ORDER_UPDATED, order, topic=order, at=now, actor=actor, fields=fields)
        writes.flush()
    return order, False


def _head(store: Store, data: OrderData) -> tuple[dict, Decimal | None]:
    """The order's columns for what was sent, and what the marketplace says was paid, where it does."""
    head = {**data, **address_columns(data["address"])}
    head["shipping_fee"], head["discount"] = data.get("shipping_fee", ZERO), data.get("discount", ZERO)
    try:
        head["ship_by"] = data.get("ship_by") or data["paid_at"] + store.rules.ships_within
    except OverflowError as error:
        raise Invalid("paid_at", _("This is too far away.")) from error
    if data.get("version") is None:
        head.pop("version", None)
    return head, head.pop("paid_amount", None)


def _is_older(head: dict, order: Order) -> bool:
    """Whether a newer copy of the order has been taken already."""
    return order.version is not None and head.get("version", order.version) < order.version


def _fill(writes: WriteSet, store: Store, order: Order, lines: Sequence[LineData], paid: Decimal | None) -> list[str]:
    """What only copies of refunds told of this locked order is known now; returns the fields of the order."""
    rows = _lines_of(store, order, lines)
    spread(order, rows, paid)
    for row in fill_lines(writes, order, rows):
        writes.insert(row)
    order.is_masked = False
    refuse_if(why_not_lower(order))
    return ["is_masked", "paid_amount"]


def _replace_lines(
    writes: WriteSet, store: Store, order: Order, lines: Sequence[LineData], paid: Decimal | None
) -> list[str]:
    """Give a locked order these lines, if they, or what was paid for them, differ; returns the fields of the order."""
    before = {row.goods: row for row in order.own_lines}
    rows, was = _lines_of(store, order, lines), order.paid_amount
    spread(order, rows, paid)
    if {_told(row) for row in rows} == {_told(row) for row in before.values()}:
        return []
    refuse_if(why_not_change_lines(order))
    try:
        OrderLine.objects.for_store(store.pk).filter(order=order).delete()
    except ProtectedError as error:  # a refund that has ended still tells of these lines
        raise lines_are_fixed() from error
    for row in rows:
        row.programme = before[row.goods].programme if row.goods in before else ""
        writes.insert(row)
    order.own_lines = rows
    return ["paid_amount"] if was != order.paid_amount else []


def _told(row: OrderLine) -> tuple:
    """What the marketplace tells of a line, and what follows from it."""
    return row.goods, row.quantity, row.unit_price, row.discount, row.order_discount, row.freight


def _lines_of(store: Store, order: Order, lines: Sequence[LineData]) -> list[OrderLine]:
    """The rows of these lines, with the products' titles and categories of today."""
    wanted = [line["item_id"] for line in lines]
    products = {product.item_id: product for product in Product.objects.for_store(store.pk).filter(item_id__in=wanted)}
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
    return rows


@action
def ship_order(*, store_id: int, number: str, carrier: str, tracking_number: str, actor: Actor, now: datetime) -> Order:
    """Hand the order to the carrier, who is asked to pick it up. Invalid for an unknown carrier or an odd number.

    Refused `order_already_shipped` the second time, `invalid_transition` when everything was refunded before (P2).
    """
    carrier, tracking_number = waybill(carrier, tracking_number)
    order = lock_order(store_id=store_id, number=number)
    refuse_if(why_not_ship(order))
    writes = WriteSet()
    ship(writes, order, carrier=carrier, tracking_number=tracking_number, actor=actor, now=now)
    orders_shipped.send(sender=Order, orders=[order], writes=writes, actor=actor, now=now)
    writes.flush()
    return order


def ship(
    writes: WriteSet, order: Order, *, carrier: str, tracking_number: str, actor: Actor, now: datetime, **data
) -> None:
    """Ship a locked order that hasn't shipped yet; `data` goes into the event. The caller sends `orders_shipped`."""
    before = order.status
    order.ship(carrier=carrier, tracking_number=tracking_number, now=now)
    writes.update(order, "status", "carrier", "tracking_number", "shipped_at", "rule_ship_by")
    writes.event(
        ORDER_SHIPPED,
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
        now=now,
    )


@action
def deliver_order(*, store_id: int, number: str, actor: Actor, now: datetime) -> Order:
    """The buyer has received the goods; a recall that was under way has failed by it (P4).

    Refused `invalid_transition` unless they were on their way.
    """
    order = lock_order(store_id=store_id, number=number)
    refuse_if(why_not_deliver(order))
    before = order.status
    order.deliver(now=now)
    writes = WriteSet()
    writes.update(order, "status", "delivered_at")
    writes.event(ORDER_DELIVERED, order, topic=order, at=now, actor=actor, states=(before, order.status))
    shipment = outbound_of([order]).get(order.pk)
    if shipment is not None:
        shipment.order = order
        move_shipment(writes, shipment, CarrierStage.DELIVERED, actor=actor, now=now)
    writes.flush()
    return order
