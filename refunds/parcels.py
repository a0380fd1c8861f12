"""The parcels that a refund is about, for those who look at it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from common.together import read_together
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


@read_together
def parcels_of(refunds: Sequence[Refund]) -> dict[UUID, Parcels]:
    """What carriers have of a refund, in two statements."""
    stores, orders = {refund.store_id for refund in refunds}, {refund.order_id for refund in refunds}
    of_orders = {"store_id__in": stores, "order__in": orders}
    shipments = _by_order(Shipment.objects.filter(**of_orders).order_by("id"), attrgetter("order_id"))
    lost = CarrierClaim.objects.filter(store_id__in=stores, shipment__store_id__in=stores, shipment__order__in=orders)
    about = _by_order(lost.select_related("shipment").order_by("id"), attrgetter("shipment.order_id"))
    return {refund.pk: _parcels(refund, shipments[refund.order_id], about[refund.order_id]) for refund in refunds}


def _by_order(rows: Iterable, order_of: Callable) -> dict[UUID, list]:
    found = defaultdict(list)
    for row in rows:
        found[order_of(row)].append(row)
    return found


def _parcels(refund: Refund, shipments: Sequence[Shipment], lost: Sequence[CarrierClaim]) -> Parcels:
    """Of these of its order; a carrier claim is the refund's own, or about a parcel and no refund's."""
    outbound = recall = returning = None
    for shipment in shipments:
        if shipment.direction == ShipmentDirection.OUTBOUND:
            outbound = shipment
            if shipment.recalled_for == refund.pk:
                recall = Recall(shipment, _RECALL.get(shipment.status, RecallStatus.ASKED))
        elif shipment.topic_id == refund.pk:
            returning = shipment
    return Parcels(outbound, recall, returning, tuple(each for each in lost if each.refund_id in (None, refund.pk)))


def split_off(refund: Refund) -> list[Refund]:
    """The refunds that were split from this one, oldest first."""
    return list(Refund.objects.for_store(refund.store_id).filter(split_from=refund.pk).order_by("id"))
