"""A promised parcel ends at the store, or gets lost: it is owed again, and the carrier owes what it lost (Q16, P3)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

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
    prices = _prices(parcels)
    for parcel in parcels:
        shipment = ended[parcel.shipment_id]
        owe_again(writes, parcel, shipment, now=now)
        if shipment.status == ShipmentStatus.LOST:
            worth = parcel.quantity * prices[parcel.pk]
            add_carrier_claim(writes, shipment, worth, refund_id=parcel.topic_id, topic=parcel.topic_id, now=now)


def _prices(parcels: Sequence[OwedParcel]) -> dict:
    """What one piece of each parcel is worth: as its buyer bought it, or else what it is sold for; by parcel."""
    lines = OrderLine.objects.in_scope().filter(order__in={parcel.order_id for parcel in parcels})
    bought: dict[tuple, Decimal] = {(line.order_id, line.item_id): line.unit_price for line in lines}
    return {
        parcel.pk: bought.get(
            (parcel.order_id, parcel.item_id), parcel.product.price if parcel.product is not None else ZERO
        )
        for parcel in parcels
    }
