"""The parcels that a refund is about, for those who look at it."""

from dataclasses import dataclass

from django.db.models import Q

from common.queries import named_query
from orders.models import Shipment
from orders.states import ShipmentDirection, ShipmentStatus
from refunds.models import CarrierClaim, Refund
from refunds.states import RecallStatus

_RECALL = {
    ShipmentStatus.COMING_BACK: RecallStatus.ACCEPTED,
    ShipmentStatus.BACK: RecallStatus.BACK,
    ShipmentStatus.CANCELLED: RecallStatus.BACK,
    ShipmentStatus.RECALL_REFUSED: RecallStatus.REFUSED,
    ShipmentStatus.DELIVERED: RecallStatus.REFUSED,
    ShipmentStatus.LOST: RecallStatus.LOST,
}


@dataclass(frozen=True)
class Recall:
    """A recall as people see it."""

    shipment: Shipment
    status: RecallStatus


@dataclass(frozen=True)
class Parcels:
    """The order's latest parcel to the buyer, the recall for this refund, the buyer's return, and what was lost.

    `warnings` are what `refunds.numbers` finds odd about the return's number, where it was asked.
    """

    outbound: Shipment | None = None
    recall: Recall | None = None
    returning: Shipment | None = None
    carrier_claims: tuple[CarrierClaim, ...] = ()
    warnings: tuple = ()


@named_query
def _shipments(store_id, order_id):
    return Shipment.objects.for_store(store_id).filter(order=order_id).order_by("id")


@named_query
def _carrier_claims(store_id, refund_id, order_id):
    """The refund's own carrier claims, and those about its order's parcel that are no refund's."""
    about = Q(refund=refund_id) | Q(refund=None, shipment__order=order_id)
    return CarrierClaim.objects.for_store(store_id).filter(about).order_by("id")


def parcels_of(refund: Refund) -> Parcels:
    """What carriers have of this refund, in two statements."""
    outbound = recall = returning = None
    of_order = {"store_id": refund.store_id, "order_id": refund.order_id}
    for shipment in _shipments.all(**of_order):
        if shipment.direction == ShipmentDirection.OUTBOUND:
            outbound = shipment
            if shipment.recalled_for == refund.pk:
                recall = Recall(shipment, _RECALL.get(shipment.status, RecallStatus.ASKED))
        elif shipment.topic_id == refund.pk:
            returning = shipment
    carrier_claims = _carrier_claims.all(refund_id=refund.pk, **of_order)
    return Parcels(outbound, recall, returning, tuple(carrier_claims))


@named_query
def _split_off(store_id, refund_id):
    return Refund.objects.for_store(store_id).filter(split_from=refund_id).order_by("id")


def split_off(refund: Refund) -> list[Refund]:
    """The refunds that were split from this one, oldest first."""
    return _split_off.all(store_id=refund.store_id, refund_id=refund.pk)
