"""Carrier claims, for parcels that a carrier lost: opened when the parcel is lost, closed by a person (P3)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import NotFound, Refused, refuse_if
from common.money import ZERO
from common.writes import WriteSet
from orders.models import Shipment
from orders.pieces import parcels_out, pieces_in
from orders.states import OrderStatus
from refunds.events.goods import CARRIER_CLAIM_CLOSED, CARRIER_CLAIM_OPENED
from refunds.models import CarrierClaim, Refund
from refunds.states import CarrierClaimStatus, RefundReason


def open_carrier_claim(writes: WriteSet, refund: Refund | None, shipment: Shipment, *, now: datetime) -> CarrierClaim:
    """The carrier has lost the parcel (of this refund, if any) and owes what the goods in it were sold for."""
    if refund is None:
        pieces = pieces_in(shipment, shipment.order)
        amount = sum((line.worth(pieces.get(line.goods, 0)) for line in shipment.order.own_lines), ZERO)
    else:
        pieces = _pieces_of(refund, shipment)
        amount = sum((line.line.worth(pieces[line.line.goods]) for line in refund.own_lines), ZERO)
    refund_id = refund.pk if refund else None
    return add_carrier_claim(writes, shipment, amount, refund_id=refund_id, topic=refund or shipment.order, now=now)


def add_carrier_claim(
    writes: WriteSet, shipment: Shipment, amount: Decimal, *, refund_id: UUID | None, topic, now: datetime
) -> CarrierClaim:
    """The carrier has lost goods of this worth, in yuan; `topic` is in whose history it is told."""
    claim = CarrierClaim(
        store_id=shipment.store_id,
        refund_id=refund_id,
        shipment=shipment,
        amount=amount,
        opened_at=now,
    )
    writes.insert(claim)
    writes.event(
        CARRIER_CLAIM_OPENED,
        claim,
        topic=topic,
        at=now,
        actor=SYSTEM,
        states=("", claim.status),
        rule="P3",
        amount=f"{claim.amount:.2f}",
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
    )
    return claim


def open_claim_of_lost_parcel(writes: WriteSet, refund: Refund, *, now: datetime) -> None:
    """The buyer of a locked order is paid because its parcel is lost: the carrier owes the store the goods (P3).

    Once per parcel; one that is called back opens its carrier claim when the carrier says that it is lost.
    """
    is_lost = refund.reason == RefundReason.PARCEL_LOST and not refund.moves_goods
    order = refund.order
    is_out = order.status == OrderStatus.SHIPPED or order.is_partly_shipped
    if not is_lost or not is_out or not refund.rules.opens_carrier_claims:
        return
    for parcel in _parcels_with(refund):
        if parcel.recalled_at is None and not with_carrier_claim([parcel]):
            open_carrier_claim(writes, refund, parcel, now=now)


def _parcels_with(refund: Refund) -> list[Shipment]:
    """The parcel that its order is on its way in; of several the oldest that have its goods and haven't arrived."""
    parcels = parcels_out([refund.order])[refund.order_id]
    if not refund.order.shipped_pieces:
        return parcels
    rest = Counter({line.line.goods: line.moving_quantity for line in refund.own_lines})
    chosen = []
    for parcel in parcels:
        if not parcel.has_ended and any(rest[goods] > 0 for goods in parcel.pieces):
            chosen.append(parcel)
            rest.subtract(parcel.pieces)
    return chosen


def _pieces_of(refund: Refund, shipment: Shipment) -> dict[str, int]:
    """How many of the refund's pieces are in this parcel."""
    pieces = {line.line.goods: line.quantity for line in refund.own_lines}
    if shipment.pieces is None:
        return pieces
    return {goods: min(count, shipment.pieces.get(goods, 0)) for goods, count in pieces.items()}


def with_carrier_claim(parcels: Sequence[Shipment]) -> set[UUID]:
    """The ids of those parcels that have a carrier claim, open or closed."""
    claims = CarrierClaim.objects.in_scope().filter(shipment__in=[parcel.pk for parcel in parcels])
    return set(claims.values_list("shipment_id", flat=True))


def why_not_close(claim: CarrierClaim) -> Refused | None:
    """A carrier claim ends once (P3)."""
    if claim.status == CarrierClaimStatus.OPEN:
        return None
    return Refused("invalid_transition", _("This carrier claim is closed already: it can't be decided again."))


@action
def close_carrier_claim(
    *, store_id: int, claim_id: UUID | str, paid: bool, note: str, actor: Actor, now: datetime
) -> CarrierClaim:
    """The carrier has paid, or won't. Refused `invalid_transition` when the carrier claim is closed already."""
    claim = (
        CarrierClaim.objects.for_store(store_id)
        .select_related("refund", "shipment__order")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=claim_id)
        .first()
    )
    if claim is None:
        raise NotFound
    refuse_if(why_not_close(claim))
    before = claim.status
    close = claim.settle if paid else claim.give_up
    close(note=note, now=now)
    writes = WriteSet()
    writes.update(claim, "status", "note", "closed_at")
    writes.event(
        CARRIER_CLAIM_CLOSED[claim.status],
        claim,
        topic=claim.about,
        at=now,
        actor=actor,
        states=(before, claim.status),
        rule="P3",
        amount=f"{claim.amount:.2f}",
        note=note,
    )
    writes.flush()
    return claim
