"""A tracking number that was written down wrong: before the carrier has the parcel, another takes its place."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Refused, refuse_if
from common.writes import WriteSet
from orders.actions import lock_order
from orders.events import SHIPMENT_CORRECTED
from orders.models import Order, OwedParcel, Shipment
from orders.parcels import lock_parcel
from orders.pieces import parcel_named, parcels_out
from orders.shipments import announce_shipment
from orders.signals import parcel_correction_asked
from orders.states import OrderStatus, ParcelStatus, ShipmentDirection, ShipmentStatus, ShipmentTask
from orders.waybills import waybill

NOT_PICKED_UP = (ShipmentStatus.ANNOUNCED, ShipmentStatus.AWAITING_PICKUP)


def why_not_correct(shipment: Shipment | None) -> Refused | None:
    """Why this parcel's number can't be corrected: nobody follows it, or the carrier has it, or it is called back."""
    if shipment is None:
        return Refused("invalid_transition", _("No parcel is followed here whose number could be corrected."))
    if shipment.status not in NOT_PICKED_UP or shipment.recalled_at is not None:
        return Refused(
            "already_picked_up",
            _("The carrier already has news of this parcel (%(status)s): its number can't be corrected any more.")
            % {"status": shipment.get_status_display()},
        )
    return None


def why_not_correct_order(order: Order, shipment: Shipment | None) -> Refused | None:
    """The number of an order that is on its way, before its parcel has been picked up."""
    if order.status != OrderStatus.SHIPPED and not order.is_partly_shipped:
        return Refused("invalid_transition", _("Only an order that is on its way has a number to correct."))
    return why_not_correct(shipment)


def why_not_correct_parcel(parcel: OwedParcel) -> Refused | None:
    """The number of a promised parcel that is on its way, unless it was told to somebody who takes no other (Q16)."""
    if parcel.status != ParcelStatus.SHIPPED:
        return Refused("invalid_transition", _("Only a parcel that was sent has a number to correct."))
    if (refused := why_not_correct(parcel.shipment)) is not None:
        return refused
    answers = parcel_correction_asked.send(sender=OwedParcel, parcel=parcel)
    return next((answer for _receiver, answer in answers if answer is not None), None)


@action
def correct_parcel(
    *,
    store_id: int,
    parcel_id: UUID | str,
    carrier: str,
    tracking_number: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> OwedParcel:
    """A promised parcel has another number than was written down; the old one isn't followed any more (Q16).

    Refused `already_picked_up` once the carrier has it, `invalid_transition` when it wasn't sent or has this number.
    Invalid for an unknown carrier or an odd number.
    """
    corrected = waybill(carrier, tracking_number)
    parcel = lock_parcel(store_id=store_id, parcel_id=parcel_id)
    refuse_if(why_not_correct_parcel(parcel))
    writes = WriteSet()
    parcel.shipment = replace_shipment(
        writes, parcel.shipment, corrected, order=parcel.order, reason=reason, actor=actor, now=now
    )
    parcel.carrier, parcel.tracking_number = corrected
    writes.update(parcel, "carrier", "tracking_number", "shipment")
    writes.flush()
    return parcel


@action
def correct_order(
    *,
    store_id: int,
    number: str,
    carrier: str,
    tracking_number: str,
    reason: str,
    actor: Actor,
    now: datetime,
    parcel_id: UUID | str | None = None,
) -> Order:
    """The order's parcel, or this one of several, has another number than was written down; the old one isn't followed.

    Refused `already_picked_up` once the carrier has it, `invalid_transition` when the order isn't on its way or has
    this number. Invalid for an unknown carrier or an odd number, and `parcel` where it isn't clear which one is meant.
    """
    corrected = waybill(carrier, tracking_number)
    order = lock_order(store_id=store_id, number=number)
    shipment = parcel_named(parcels_out([order])[order.pk], parcel_id)
    refuse_if(why_not_correct_order(order, shipment))
    writes = WriteSet()
    if shipment.pieces is None or order.tracking_number == shipment.tracking_number:
        order.carrier, order.tracking_number = corrected
        writes.update(order, "carrier", "tracking_number")
    replace_shipment(writes, shipment, corrected, order=order, reason=reason, actor=actor, now=now)
    writes.flush()
    return order


def replace_shipment(
    writes: WriteSet,
    shipment: Shipment,
    corrected: tuple[str, str],
    *,
    order: Order,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Shipment:
    """Follow a locked order's parcel under the `corrected` carrier and number.

    A pick-up that was asked under the old one is cancelled. Refused `invalid_transition` when they are the same.
    """
    refuse_if(_why_same(shipment, corrected))
    carrier, tracking_number = corrected
    before = shipment.status
    was_asked = shipment.direction != ShipmentDirection.RETURN and (
        shipment.task != ShipmentTask.CREATE_PICKUP or shipment.attempts > 0
    )
    shipment.replace()
    if was_asked:
        shipment.task = ShipmentTask.RECALL
        shipment.make_due()
    else:
        shipment.plan(None)
    shipment.is_out = False
    writes.update(shipment, "status", "task", "is_out", *shipment.WORK_FIELDS)
    writes.event(
        SHIPMENT_CORRECTED,
        shipment,
        topic=shipment.topic_id,
        at=now,
        actor=actor,
        states=(before, shipment.status),
        carrier=[shipment.carrier, carrier],
        tracking_number=[shipment.tracking_number, tracking_number],
        reason=reason,
    )
    return announce_shipment(
        writes,
        order=order,
        topic_id=shipment.topic_id,
        direction=shipment.direction,
        carrier=carrier,
        tracking_number=tracking_number,
        address=shipment.address,
        pieces=shipment.pieces,
        now=now,
    )


def _why_same(shipment: Shipment, corrected: tuple[str, str]) -> Refused | None:
    if (shipment.carrier, shipment.tracking_number) != corrected:
        return None
    return Refused("invalid_transition", _("This is the number that the parcel already has."), "tracking_number")
