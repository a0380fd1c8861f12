"""A parcel that nobody called back ends at the store, or gets lost, and its buyer never has the goods (P3).

The order is to be shipped again, but for goods whose price the buyer has back; the carrier owes the store what it lost,
and nobody waits for goods from the buyer.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from common.actors import SYSTEM
from common.writes import WriteSet
from orders.events import ORDER_CAME_BACK, ORDER_LOST
from orders.models import Order, Shipment
from orders.packing import pack_again
from orders.pieces import put_back
from orders.states import OrderStatus, ShipmentDirection, ShipmentStatus
from refunds.actions import pay, record
from refunds.carrier_claims import open_carrier_claim, with_carrier_claim
from refunds.events.goods import REFUND_UNDELIVERED
from refunds.goods import GoodsDisposition, Whereabouts, load_order_lines, stop, stop_what_is_here
from refunds.holds import hold, lines_of, release
from refunds.models import Refund
from refunds.signals import refunds_decided
from refunds.states import RefundKind, RefundStatus

TITLES = {
    ShipmentStatus.BACK: ORDER_CAME_BACK,
    ShipmentStatus.CANCELLED: ORDER_CAME_BACK,
    ShipmentStatus.LOST: ORDER_LOST,
}
WAITING = Q(
    kind__in=[RefundKind.RETURN_AND_REFUND, RefundKind.EXCHANGE],
    return_tracking_number="",
    status__in=[
        RefundStatus.AWAITING_MERCHANT,
        RefundStatus.AWAITING_RETURN,
        RefundStatus.REJECTED,
        RefundStatus.DISPUTED,
    ],
)
GRANTED = Q(kind=RefundKind.REFUND_ONLY, goods="", status__in=[RefundStatus.REFUNDING, RefundStatus.REFUNDED])


def follow_undelivered(writes: WriteSet, shipments: Sequence[Shipment], now: datetime) -> None:
    """Move the orders (locked) whose parcels have ended without reaching anybody, and the refunds of them."""
    ended = [shipment for shipment in shipments if _is_undelivered(shipment)]
    if not ended:
        return
    has_claim = with_carrier_claim(ended)
    orders = {shipment.order_id: shipment.order for shipment in ended}
    concerned = Refund.objects.in_scope().moved_here().filter(WAITING | GRANTED, order__in=orders)
    refunds = list(concerned.order_by("pk"))
    for refund in refunds:
        refund.order = orders[refund.order_id]
    lines_of(refunds)  # together, and with those of the orders: one object per order line
    load_order_lines(orders, refunds)
    for shipment in ended:
        _ship_again(writes, shipment.order, shipment, now)
        if shipment.status == ShipmentStatus.LOST and shipment.pk not in has_claim:
            open_carrier_claim(writes, None, shipment, now=now)
    for refund in refunds:
        if refund.moves_goods and not _is_here(refund):
            continue  # the buyer has its goods, or gets them in another parcel
        if not refund.pays:
            _end_exchange(writes, refund, now)
        elif refund.moves_goods:
            _ask_nothing_back(writes, refund, now)
        else:
            _stop_if_whole(writes, refund, now)


def _is_undelivered(shipment: Shipment) -> bool:
    """Whether it is the parcel in which its order is thought to be on its way, and nobody wanted it back."""
    order = shipment.order
    return (
        shipment.direction == ShipmentDirection.OUTBOUND
        and shipment.recalled_for is None
        and shipment.status in TITLES
        and _is_on_its_way_in(order, shipment)
    )


def _is_on_its_way_in(order: Order, shipment: Shipment) -> bool:
    if shipment.pieces is not None:
        return shipment.is_out and order.status in (OrderStatus.UNSHIPPED, OrderStatus.SHIPPED)
    return order.status == OrderStatus.SHIPPED and order.tracking_number == shipment.tracking_number


def _is_here(refund: Refund) -> bool:
    """Whether the store has all the pieces that were to come back: more are asked for than are out."""
    return all(
        line.moving_quantity <= line.line.claimed_quantity - line.line.shipped_quantity for line in refund.own_lines
    )


def _ship_again(writes: WriteSet, order: Order, shipment: Shipment, now: datetime) -> None:
    before = order.status
    parts = {}
    if shipment.pieces is not None:
        put_back(writes, order, shipment)
        parts["pieces"] = shipment.pieces
    if order.status == OrderStatus.SHIPPED:
        order.unship()
    order.ship_by = max(order.ship_by, now + order.store.rules.ships_within)
    pack_again(writes, order)
    writes.update(order, "status", "carrier", "tracking_number", "shipped_at", "ship_by")
    writes.event(
        TITLES[shipment.status],
        order,
        topic=order,
        at=now,
        actor=SYSTEM,
        states=(before, order.status),
        rule="P3",
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        **parts,
    )


def _ask_nothing_back(writes: WriteSet, refund: Refund, now: datetime) -> None:
    """A return becomes a refund only: the merchant still decides what was undecided, and pays what was granted."""
    before, kind = refund.status, refund.kind
    hold(writes, refund, refund.amount, pieces=-1)
    refund.kind = RefundKind.REFUND_ONLY
    if refund.status == RefundStatus.AWAITING_RETURN:
        refund.miss_goods()
        _stop_if_whole(writes, refund, now)
        pay(writes, refund, actor=SYSTEM, now=now, rule="P3")
    writes.update(refund, "kind", "needs_attention")
    kinds = [kind, refund.kind]
    record(writes, REFUND_UNDELIVERED, refund, before, actor=SYSTEM, now=now, rule="P3", kind=kinds)


def _end_exchange(writes: WriteSet, refund: Refund, now: datetime) -> None:
    """The order is sent again, which is what an exchange of its goods would have brought."""
    before = refund.status
    release(writes, [refund])
    refund.withdraw(now=now)
    writes.update(refund, "needs_attention")
    kinds = [refund.kind, refund.kind]
    record(writes, REFUND_UNDELIVERED, refund, before, actor=SYSTEM, now=now, rule="P3", kind=kinds)
    refunds_decided.send(sender=Refund, refunds=[refund], writes=writes, actor=SYSTEM, now=now)


def _stop_if_whole(writes: WriteSet, refund: Refund, now: datetime) -> None:
    """Nobody ships again what a granted refund pays the whole price of, under a programme neither (P2, R1)."""
    reach = Whereabouts([refund]).reach(refund)
    if reach.disposition == GoodsDisposition.STOP and not reach.parcels:
        stop(writes, refund, [], actor=SYSTEM, now=now, rule="P3")
    else:
        stop_what_is_here(writes, refund, actor=SYSTEM, now=now, rule="P3")
