"""The parcels that a refund is about, for those who look at it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from django.db.models import QuerySet

from common.queries import among, named_query
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
    """The order's latest parcel to the buyer and `others` of several, the recall for this refund, the return, losses.

    `warnings` are what `refunds.numbers` finds odd about the return's number, where it was asked.
    """

    outbound: Shipment | None = None
    others: tuple[Shipment, ...] = ()
    recall: Recall | None = None
    returning: Shipment | None = None
    carrier_claims: tuple[CarrierClaim, ...] = ()
    warnings: tuple = ()


@named_query
def _shipments_of(store_ids, order_ids):
    return Shipment.objects.filter(among("store", store_ids), among("order", order_ids)).order_by("id")


@named_query
def _claims_of(store_ids, order_ids):
    lost = CarrierClaim.objects.filter(among("store", store_ids), among("shipment__store", store_ids))
    return lost.filter(among("shipment__order", order_ids)).select_related("shipment").order_by("id")


@read_together
def parcels_of(refunds: Sequence[Refund]) -> dict[UUID, Parcels]:
    """What carriers have of a refund."""
    stores, orders = {refund.store_id for refund in refunds}, {refund.order_id for refund in refunds}
    of_orders = {"store_ids": list(stores), "order_ids": list(orders)}
    sent = _shipments_of.all(**of_orders)
    lost = _claims_of.all(**of_orders) if sent else []
    shipments = _by_order(sent, attrgetter("order_id"))
    about = _by_order(lost, attrgetter("shipment.order_id"))
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
        elif shipment.direction == ShipmentDirection.RETURN and shipment.topic_id == refund.pk:
            returning = shipment
    others = tuple(each for each in shipments if each.pieces is not None and each != outbound)
    about = tuple(each for each in lost if each.refund_id in (None, refund.pk))
    return Parcels(outbound, others, recall, returning, about)


def split_off(refund: Refund) -> QuerySet[Refund]:
    """The refunds that were split from this one, oldest first."""
    return Refund.objects.for_store(refund.store_id).filter(split_from=refund.pk).order_by("id")
