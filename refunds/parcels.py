"""The parcels that a refund is about, for those who look at it."""

from dataclasses import dataclass

from django.db.models import Q

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


def parcels_of(refund: Refund) -> Parcels:
    """What carriers have of this refund, in two statements."""
    outbound = recall = returning = None
    for shipment in Shipment.objects.for_store(refund.store_id).filter(order=refund.order_id).order_by("id"):
        if shipment.direction == ShipmentDirection.OUTBOUND:
            outbound = shipment
            if shipment.recalled_for == refund.pk:
                recall = Recall(shipment, _RECALL.get(shipment.status, RecallStatus.ASKED))
        elif shipment.direction == ShipmentDirection.RETURN and shipment.topic_id == refund.pk:
            returning = shipment
    carrier_claims = CarrierClaim.objects.for_store(refund.store_id).filter(_about(refund)).order_by("id")
    return Parcels(outbound, recall, returning, tuple(carrier_claims))


def _about(refund: Refund) -> Q:
    """The refund's own carrier claims, and those about its order's parcel that are no refund's."""
    return Q(refund=refund) | Q(refund=None, shipment__order=refund.order_id)


def split_off(refund: Refund) -> list[Refund]:
    """The refunds that were split from this one, oldest first."""
    return list(Refund.objects.for_store(refund.store_id).filter(split_from=refund.pk).order_by("id"))
