"""One of an order's several parcels has arrived; the order is delivered with the last of them."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Refused, refuse_if
from common.writes import WriteSet
from orders.actions import lock_order
from orders.carriers.base import CarrierStage
from orders.events import ORDER_DELIVERED, ORDER_PARCEL_RECEIVED
from orders.models import Order, Shipment
from orders.pieces import parcel_named, parcels_out
from orders.shipments import move_shipment
from orders.states import OrderStatus
from orders.why_not import why_not_deliver


def why_not_receive(order: Order, parcel: Shipment) -> Refused | None:
    """Why the buyer can't receive this parcel of the order now: the order is over, or it was received before."""
    if not order.is_partly_shipped and (refused := why_not_deliver(order)) is not None:
        return refused
    if parcel.received_at is not None:
        return Refused("invalid_transition", _("This parcel has been received before."), "parcel")
    return None


@action
def receive_parcel(*, store_id: int, number: str, parcel_id: UUID | str | None, actor: Actor, now: datetime) -> Order:
    """The buyer has received this parcel of the order; with the last one the order is delivered.

    Refused `invalid_transition` the second time, or when nothing of the order is on its way. Invalid `parcel` for one
    in which nothing of the order goes out.
    """
    order = lock_order(store_id=store_id, number=number)
    parcels = parcels_out([order])[order.pk]
    parcel = parcel_named(parcels, parcel_id)
    refuse_if(why_not_receive(order, parcel))
    before = order.status
    parcel.order, parcel.received_at = order, now
    writes = WriteSet()
    writes.update(parcel, "received_at")
    event, data = ORDER_DELIVERED, {}
    if order.status == OrderStatus.SHIPPED and all(each.received_at for each in parcels):
        order.deliver(now=now)
        writes.update(order, "status", "delivered_at")
    else:
        event = ORDER_PARCEL_RECEIVED
        data = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number, "pieces": parcel.pieces}
    writes.event(event, order, topic=order, at=now, actor=actor, states=(before, order.status), **data)
    move_shipment(writes, parcel, CarrierStage.DELIVERED, actor=actor, now=now)
    writes.flush()
    return order
