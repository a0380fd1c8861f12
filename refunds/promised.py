"""A promised parcel ends at the store, or gets lost: it is owed again, and the carrier owes what it lost (Q16, P3)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from common.money import ZERO
from common.writes import WriteSet
from orders.models import OrderLine, OwedParcel, Shipment
from orders.parcels import owe_again, parcels_in
from orders.states import ShipmentDirection, ShipmentStatus
from refunds.carrier_claims import add_carrier_claim

UNDELIVERED = (ShipmentStatus.BACK, ShipmentStatus.CANCELLED, ShipmentStatus.LOST)


def follow_promised(writes: WriteSet, shipments: Sequence[Shipment], now: datetime) -> None:
    """Owe what was promised again where its parcel has ended without reaching the buyer; the orders are locked."""
    ended = {
        shipment.pk: shipment
        for shipment in shipments
        if shipment.direction == ShipmentDirection.PROMISED and shipment.status in UNDELIVERED
    }
    if not ended:
        return
    parcels = parcels_in(list(ended.values()))
    worths = _worths(parcels)
    for parcel in parcels:
        shipment = ended[parcel.shipment_id]
        owe_again(writes, parcel, shipment, now=now)
        if shipment.status == ShipmentStatus.LOST:
            add_carrier_claim(
                writes, shipment, worths[parcel.pk], refund_id=parcel.topic_id, topic=parcel.topic_id, now=now
            )


def _worths(parcels: Sequence[OwedParcel]) -> dict[UUID, Decimal]:
    """Yuan that each parcel's pieces are worth: what the buyer paid for so many of them, or else their price now."""
    bought: dict[tuple, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.in_scope().filter(order__in={parcel.order_id for parcel in parcels}).order_by("id"):
        bought[line.order_id, line.item_id].append(line)
    worths = {}
    for parcel in parcels:
        lines = [line for line in bought[parcel.order_id, parcel.item_id] if parcel.sku in ("", line.sku)]
        line = next((line for line in lines if line.quantity >= parcel.quantity), None)
        price = parcel.product.price if parcel.product is not None else ZERO
        worths[parcel.pk] = line.worth(parcel.quantity) if line is not None else parcel.quantity * price
    return worths
