"""Owed parcels: what a merchant promised to send, tracked until it is on its way (Q16).

A gift, a reship or an exchange.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet

from common import clock
from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import NotFound, refuse_if
from common.setbacks import sweep_rows
from common.writes import WriteSet
from orders.events import (
    PARCEL_CAME_BACK,
    PARCEL_CANCELLED,
    PARCEL_DUE,
    PARCEL_ESCALATED,
    PARCEL_LATE,
    PARCEL_LOST,
    PARCEL_PROMISED,
    PARCEL_SHIPPED,
)
from orders.models import Order, OwedParcel, Shipment
from orders.shipments import announce_shipment
from orders.signals import parcel_shipped
from orders.states import ParcelKind, ParcelStatus, ShipmentDirection, ShipmentStatus
from orders.waybills import waybill
from orders.why_not import why_not_ship_parcel
from stores.marketplaces import MarketplaceRules, rules_of
from stores.models import Product

BATCH = 500


def owe_parcel(
    writes: WriteSet,
    *,
    order: Order,
    topic,
    kind: str,
    product: Product | None,
    item_id: str,
    sku: str,
    title: str,
    quantity: int,
    rules: MarketplaceRules,
    actor: Actor,
    now: datetime,
    goods_are_back: bool = False,
) -> OwedParcel:
    """Add a promised parcel to the caller's writes; `sku` is "" where the item has none, or none was named.

    An exchange's clock starts when the buyer's return is on its way, unless the goods are back already.
    """
    waits = kind == ParcelKind.EXCHANGE and not goods_are_back
    parcel = OwedParcel(
        store_id=order.store_id,
        order=order,
        topic_id=topic.pk,
        kind=kind,
        product=product,
        item_id=item_id,
        sku=sku,
        title=title,
        quantity=quantity,
        address=order.address,
        status=ParcelStatus.AWAITING_RETURN if waits else ParcelStatus.OWED,
        due_at=None if waits else now + rules.promise_ships_within,
        rules_name=rules.name,
        rules_version=rules.version,
        created_at=now,
    )
    writes.insert(parcel)
    writes.event(
        PARCEL_PROMISED,
        parcel,
        topic=topic,
        at=now,
        actor=actor,
        states=("", parcel.status),
        rule="Q16",
        kind=kind,
        item_id=item_id,
        title=title,
        quantity=quantity,
        **({"sku": sku} if sku else {}),
    )
    return parcel


def awaited_parcels(topic) -> list[OwedParcel]:
    """The exchange parcels of the topic that wait for the buyer's return; the caller has locked the order.

    No clock runs for one that waits, so no sweep moves it beside.
    """
    waiting = OwedParcel.objects.for_store(topic.store_id)
    return list(waiting.filter(topic_id=topic.pk, status=ParcelStatus.AWAITING_RETURN).order_by("id"))


def start_exchange(writes: WriteSet, parcel: OwedParcel, *, topic, actor: Actor, now: datetime) -> None:
    """The buyer's return is on its way: the locked exchange parcel must now be sent in time (Q16)."""
    before = parcel.status
    parcel.expect(due_at=now + rules_of(parcel.rules_name, parcel.rules_version).promise_ships_within)
    writes.update(parcel, "status", "due_at")
    writes.event(PARCEL_DUE, parcel, topic=topic, at=now, actor=actor, states=(before, parcel.status), rule="Q16")


def lock_parcel(*, store_id: int, parcel_id: UUID | str) -> OwedParcel:
    """Load a promised parcel and lock it after its order. NotFound when missing."""
    parcel = (
        OwedParcel.objects.for_store(store_id)
        .select_related("order", "shipment")
        .select_for_update(of=("order", "self"), no_key=True)
        .filter(pk=parcel_id)
        .first()
    )
    if parcel is None:
        raise NotFound
    return parcel


@action
def ship_parcel(
    *, store_id: int, parcel_id: UUID | str, carrier: str, tracking_number: str, actor: Actor, now: datetime
) -> OwedParcel:
    """The promise is kept: the parcel is with the carrier, who is asked to pick it up.

    Refused `invalid_transition` before its time or twice.

    Invalid for an unknown carrier or an odd number.
    """
    carrier, tracking_number = waybill(carrier, tracking_number)
    parcel = lock_parcel(store_id=store_id, parcel_id=parcel_id)
    refuse_if(why_not_ship_parcel(parcel))
    writes = WriteSet()
    announce_parcel(writes, parcel, carrier=carrier, tracking_number=tracking_number, now=now)
    keep_promise(writes, parcel, carrier=carrier, tracking_number=tracking_number, actor=actor, now=now)
    parcel_shipped.send(sender=OwedParcel, parcel=parcel, writes=writes, actor=actor, now=now)
    writes.flush()
    return parcel


def announce_parcel(writes: WriteSet, parcel: OwedParcel, *, carrier: str, tracking_number: str, now: datetime) -> None:
    """The carrier of a locked parcel is asked to pick it up, and followed."""
    parcel.shipment = announce_shipment(
        writes,
        order=parcel.order,
        topic_id=parcel.topic_id,
        direction=ShipmentDirection.PROMISED,
        carrier=carrier,
        tracking_number=tracking_number,
        address=parcel.address,
        now=now,
    )
    writes.update(parcel, "shipment")


def keep_promise(
    writes: WriteSet, parcel: OwedParcel, *, carrier: str, tracking_number: str, actor: Actor, now: datetime
) -> None:
    """A locked parcel is on its way; nobody may know the carrier and the number of one that was sent elsewhere."""
    before = parcel.status
    parcel.ship(carrier=carrier, tracking_number=tracking_number, now=now)
    writes.update(parcel, "status", "due_at", "carrier", "tracking_number", "shipped_at")
    writes.event(
        PARCEL_SHIPPED,
        parcel,
        topic=parcel.topic_id,
        at=now,
        actor=actor,
        states=(before, parcel.status),
        rule="Q16",
        carrier=carrier,
        tracking_number=tracking_number,
    )


def cancel_parcel(writes: WriteSet, parcel: OwedParcel, *, actor: Actor, now: datetime) -> None:
    """A locked parcel isn't owed any more: the buyer gets something else instead."""
    before = parcel.status
    parcel.cancel()
    writes.update(parcel, "status", "due_at")
    writes.event(PARCEL_CANCELLED, parcel, topic=parcel.topic_id, at=now, actor=actor, states=(before, parcel.status))


def parcels_in(shipments: Sequence[Shipment]) -> list[OwedParcel]:
    """The promised parcels that these shipments are; the caller has locked their orders, and no clock runs for them."""
    found = OwedParcel.objects.in_scope().select_related("product").filter(shipment__in=shipments)
    return list(found.order_by("pk"))


def owe_again(writes: WriteSet, parcel: OwedParcel, shipment: Shipment, *, now: datetime) -> None:
    """A locked parcel that was sent as `shipment` has not reached the buyer: it is owed as on the first day (Q16)."""
    before = parcel.status
    parcel.owe_again(due_at=now + rules_of(parcel.rules_name, parcel.rules_version).promise_ships_within)
    sent = ("carrier", "tracking_number", "shipped_at", "shipment")
    writes.update(parcel, "status", "due_at", "late_at", "escalated_at", *sent)
    writes.event(
        PARCEL_LOST if shipment.status == ShipmentStatus.LOST else PARCEL_CAME_BACK,
        parcel,
        topic=parcel.topic_id,
        at=now,
        actor=SYSTEM,
        states=(before, parcel.status),
        rule="Q16",
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
    )


def sweep_due_parcels(*, limit: int = BATCH) -> int:
    """Flag promises that were not kept in time, and a day later tell the platform; returns how many moved (Q16)."""
    now = clock.now()
    return sweep_rows(
        "promises",
        partial(_broken, now),
        lambda parcels: flag_broken_promises(parcels=parcels, actor=SYSTEM, now=now),
        limit=limit,
    )


def _broken(now: datetime) -> QuerySet[OwedParcel]:
    due = OwedParcel.objects.filter(due_at__lte=now).order_by("due_at")
    return due.select_for_update(skip_locked=True, no_key=True)


@action
def flag_broken_promises(*, parcels: Sequence[OwedParcel], actor: Actor, now: datetime) -> None:
    """These locked parcels weren't sent in time: each is late, and the second time reported to the platform (Q16)."""
    writes = WriteSet()
    for parcel in parcels:
        rules = rules_of(parcel.rules_name, parcel.rules_version)
        if parcel.late_at is None:
            parcel.late_at, parcel.due_at, event = now, parcel.due_at + rules.promise_escalates_after, PARCEL_LATE
        else:
            parcel.escalated_at, parcel.due_at, event = now, None, PARCEL_ESCALATED
        writes.update(parcel, "late_at", "escalated_at", "due_at")
        writes.event(
            event,
            parcel,
            topic=parcel.topic_id,
            at=now,
            actor=actor,
            states=(parcel.status, parcel.status),
            rule="Q16",
        )
    writes.flush()
