"""What can happen to orders, to the parcels that were promised, and to shipments.

Delay reports: orders/delays/events.py; files for and from an ERP: orders/erp/events.py.
"""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, REFERENCE, TEXT, Data, Fact, changed, choice, hidden, personal, said, worded
from common.words import listed
from orders.delays import events as _delays
from orders.states import ParcelKind, ShipmentStatus
from orders.waybills import carrier_label


def _product(item_id: str, data: Data) -> str:
    name = f"{data.get('title') or _('item %(item)s') % {'item': item_id}} {data.get('sku', '')}".rstrip()
    return f"{name} × {data['quantity']}" if data.get("quantity") else name


def _pieces(pieces: dict[str, int], data: Data) -> list[str]:
    return [_product(item_id, {"quantity": count}) for item_id, count in pieces.items()]


def _order_fields(names: list[str], data: Data) -> str:
    order = apps.get_model("orders", "Order")
    return listed(order._meta.get_field(name).verbose_name for name in names)


def _carrier(carrier: str, data: Data) -> str:
    return f"{carrier_label(carrier)} {data.get('tracking_number', '')}".strip()


def _times(urges: int, data: Data) -> str:
    return _("%(count)d times") % {"count": urges} if urges > 1 else ""


def _attempts(attempts: int, data: Data) -> str:
    return _("%(count)d attempts") % {"count": attempts} if attempts > 1 else ""


CARRIER = Fact("the carrier's code, or its name", _carrier, example="SF")
CARRIER_NAME = Fact("the carrier's code, or its name", lambda carrier, data: carrier_label(carrier), example="SF")
ITEM = Fact("the marketplace's item id", _product, example="620013")
PIECES = Fact("item id → number of pieces", _pieces, example={"620013": 2})
ATTEMPTS = replace(COUNT, word=_attempts)


class Carried(TypedDict):
    """A parcel and who carries it."""

    carrier: Annotated[str, CARRIER]
    tracking_number: Annotated[str, hidden(TEXT)]


# --- orders


class _Updated(TypedDict):
    fields: Annotated[list[str], Fact("names of the order's fields that changed", _order_fields, example=["address"])]


class _Shipped(Carried):
    pieces: NotRequired[Annotated[dict[str, int], PIECES]]
    shipment_import: NotRequired[Annotated[str, REFERENCE]]


class _ParcelOfOrder(Carried):
    pieces: NotRequired[Annotated[dict[str, int], PIECES]]


class _Late(TypedDict):
    ship_by: Annotated[str, _delays.SHIP_BY]


class _Stopped(TypedDict):
    refund: NotRequired[Annotated[str, REFERENCE]]
    pieces: NotRequired[Annotated[dict[str, int], PIECES]]


class _AddressChanged(TypedDict):
    address: Annotated[list[str], changed(personal(TEXT))]


class _Urged(TypedDict):
    urges: Annotated[int, replace(COUNT, word=_times)]


ORDER_PLACED = EventType(
    "order.placed",
    gettext_lazy("Order placed"),
    "order",
    meaning=gettext_lazy("The marketplace told of an order for the first time."),
)
ORDER_UPDATED = EventType(
    "order.updated",
    gettext_lazy("Order updated by the marketplace"),
    "order",
    _Updated,
    meaning=gettext_lazy("The marketplace told of the order again, and something about it differs."),
)
ORDER_SHIPPED = EventType(
    "order.shipped",
    gettext_lazy("Order shipped"),
    "order",
    _Shipped,
    meaning=gettext_lazy(
        "The merchant has given the parcel to a carrier, under this number; of an order in several parcels the last."
    ),
)
ORDER_PARTLY_SHIPPED = EventType(
    "order.partly_shipped",
    gettext_lazy("A part of the order shipped"),
    "order",
    _Shipped,
    meaning=gettext_lazy("These pieces have left in a parcel of their own; others are still to be shipped."),
)
ORDER_PARCEL_RECEIVED = EventType(
    "order.parcel_received",
    gettext_lazy("One of several parcels received"),
    "order",
    _ParcelOfOrder,
    EventTone.GOOD,
    meaning=gettext_lazy("The marketplace says that the buyer has this parcel; others of the order are to arrive."),
)
ORDER_DELIVERED = EventType(
    "order.delivered",
    gettext_lazy("Order delivered"),
    "order",
    tone=EventTone.GOOD,
    meaning=gettext_lazy("The buyer has the goods; the days for returns count from here."),
)
ORDER_LATE = EventType(
    "order.late",
    gettext_lazy("Not shipped in time"),
    "order",
    _Late,
    EventTone.BAD,
    meaning=gettext_lazy("The shipping deadline is over and not everything was shipped; noted once."),
)
ORDER_CANCELLED = EventType(
    "order.cancelled",
    gettext_lazy("Order cancelled: a refund of everything was granted before it reached the buyer"),
    "order",
    _Stopped,
    meaning=gettext_lazy("Nothing of the order is to be shipped any more."),
)
ORDER_UNSHIPPED = EventType(
    "order.unshipped",
    gettext_lazy("Pick-up cancelled: what is left is packed again"),
    "order",
    _Stopped,
    meaning=gettext_lazy(
        "The carrier won't pick the parcel up: the refund's pieces are taken out, the rest is to be shipped anew."
    ),
)
ORDER_CAME_BACK = EventType(
    "order.came_back",
    gettext_lazy("The parcel is back: the order is to be shipped again"),
    "order",
    _ParcelOfOrder,
    EventTone.BAD,
    meaning=gettext_lazy("The carrier brought the parcel back to the store, and the buyer still waits for the goods."),
)
ORDER_LOST = EventType(
    "order.lost",
    gettext_lazy("The parcel is lost: the order is to be shipped again"),
    "order",
    _ParcelOfOrder,
    EventTone.BAD,
    meaning=gettext_lazy("The carrier lost the parcel on the way to the buyer, who still waits for the goods."),
)
ORDER_PIECES_STOPPED = EventType(
    "order.pieces_stopped",
    gettext_lazy("Pieces of a granted refund are not packed any more"),
    "order",
    _Stopped,
    meaning=gettext_lazy(
        "These pieces are left out of what is shipped because their refund was granted; the rest is, or was before."
    ),
)
ORDER_ADDRESS_CHANGED = EventType(
    "order.address_changed",
    gettext_lazy("Delivery address changed"),
    "order",
    _AddressChanged,
    meaning=gettext_lazy(
        "The order goes to another address, by wish of the buyer or of an agent on the buyer's behalf."
    ),
)
ORDER_URGED = EventType(
    "order.urged",
    gettext_lazy("The buyer urges shipping"),
    "order",
    _Urged,
    EventTone.BAD,
    meaning=gettext_lazy("The buyer asks the merchant to ship; counted each time."),
)
ORDER_PRIORITISED = EventType(
    "order.prioritised",
    gettext_lazy("Tagged for priority shipping"),
    "order",
    tone=EventTone.NOTE,
    meaning=gettext_lazy("The buyer stayed with the order after a proposal: it is to be shipped first."),
)

# --- parcels that were promised


class _Promised(TypedDict):
    kind: Annotated[str, choice(ParcelKind)]
    item_id: Annotated[str, ITEM]
    sku: NotRequired[Annotated[str, hidden(TEXT)]]
    title: Annotated[str, hidden(TEXT)]
    quantity: Annotated[int, hidden(COUNT)]


PARCEL_PROMISED = EventType(
    "parcel.promised",
    gettext_lazy("Parcel promised to the buyer"),
    "owedparcel",
    _Promised,
    meaning=gettext_lazy("An accepted offer obliges the merchant to send this to the buyer."),
)
PARCEL_DUE = EventType(
    "parcel.due",
    gettext_lazy("The buyer's return is on its way: the promised parcel is due"),
    "owedparcel",
    meaning=gettext_lazy("The time to send an exchange's goods runs from now on."),
)
PARCEL_LATE = EventType(
    "parcel.late",
    gettext_lazy("The promised parcel is late"),
    "owedparcel",
    tone=EventTone.BAD,
    meaning=gettext_lazy("The time for sending what was promised is over."),
)
PARCEL_ESCALATED = EventType(
    "parcel.escalated",
    gettext_lazy("The late parcel is reported to the platform"),
    "owedparcel",
    tone=EventTone.BAD,
    meaning=gettext_lazy("The promised parcel is so late that the platform's people see it."),
)
PARCEL_CANCELLED = EventType(
    "parcel.cancelled",
    gettext_lazy("The promised parcel isn't owed any more"),
    "owedparcel",
    meaning=gettext_lazy("What was promised with an offer isn't to be sent any more."),
)
PARCEL_SHIPPED = EventType(
    "parcel.shipped",
    gettext_lazy("Promised parcel sent"),
    "owedparcel",
    Carried,
    EventTone.GOOD,
    meaning=gettext_lazy("The merchant has sent what was promised, under this number."),
)
PARCEL_CAME_BACK = EventType(
    "parcel.came_back",
    gettext_lazy("The promised parcel is back: it is to be sent again"),
    "owedparcel",
    Carried,
    EventTone.BAD,
    meaning=gettext_lazy("It never reached the buyer, so the promise isn't kept, and has its time anew."),
)
PARCEL_LOST = EventType(
    "parcel.lost",
    gettext_lazy("The promised parcel is lost: it is to be sent again"),
    "owedparcel",
    Carried,
    EventTone.BAD,
    meaning=gettext_lazy("The carrier owes the store what was in it; the promise has its time anew."),
)

# --- shipments


class _Reported(Carried):
    attempts: Annotated[int, ATTEMPTS]
    carrier_error: Annotated[dict | str, personal(worded(gettext_lazy("Carrier")))]


class _Corrected(TypedDict):
    carrier: Annotated[list[str], changed(CARRIER_NAME)]
    tracking_number: Annotated[list[str], changed(TEXT)]
    reason: Annotated[str, said(gettext_lazy("Reason"))]


SHIPMENT_RECALL_ASKED = EventType(
    "shipment.recall_asked",
    gettext_lazy("Recall asked of the carrier"),
    "shipment",
    Carried,
    EventTone.NOTE,
    meaning=gettext_lazy("The carrier is asked to bring the parcel back before it reaches the buyer."),
)
SHIPMENT_NEEDS_ATTENTION = EventType(
    "shipment.needs_attention",
    gettext_lazy("The carrier doesn't answer: needs attention"),
    "shipment",
    _Reported,
    EventTone.BAD,
    meaning=gettext_lazy("The carrier couldn't be asked about the parcel for many attempts: a person has to look."),
)
SHIPMENT_CORRECTED = EventType(
    "shipment.corrected",
    gettext_lazy("Tracking number corrected"),
    "shipment",
    _Corrected,
    EventTone.NOTE,
    meaning=gettext_lazy("The number had been typed wrong; the carrier is asked about this one from now on."),
)
SHIPMENT_RESUMED = EventType(
    "shipment.resumed",
    gettext_lazy("The carrier is asked again"),
    "shipment",
    meaning=gettext_lazy("A person lets the carrier be asked about the parcel again."),
)
# What is recorded when a shipment gets into a state.
SHIPMENT_MOVED = {
    status: EventType(f"shipment.{status}", title, "shipment", _Reported, tone, meaning=meaning)
    for status, title, tone, meaning in (
        (
            ShipmentStatus.AWAITING_PICKUP,
            gettext_lazy("The carrier has yet to pick the parcel up"),
            EventTone.NEUTRAL,
            gettext_lazy("The carrier knows of the parcel and hasn't got it yet."),
        ),
        (
            ShipmentStatus.IN_TRANSIT,
            gettext_lazy("The parcel is on its way"),
            EventTone.NEUTRAL,
            gettext_lazy("The carrier has the parcel."),
        ),
        (
            ShipmentStatus.CANCELLED,
            gettext_lazy("The pick-up is cancelled: the parcel stays here"),
            EventTone.NEUTRAL,
            gettext_lazy("The carrier won't fetch the parcel; it never left."),
        ),
        (
            ShipmentStatus.COMING_BACK,
            gettext_lazy("The carrier brings the parcel back"),
            EventTone.NOTE,
            gettext_lazy("The parcel didn't reach whom it was for and is on its way to the store."),
        ),
        (
            ShipmentStatus.BACK,
            gettext_lazy("The parcel is back at the store"),
            EventTone.GOOD,
            gettext_lazy("A parcel that was sent is at the store again."),
        ),
        (
            ShipmentStatus.RECALL_REFUSED,
            gettext_lazy("The carrier can't recall the parcel any more"),
            EventTone.BAD,
            gettext_lazy("The carrier can't stop the parcel: it reaches the buyer after all."),
        ),
        (
            ShipmentStatus.DELIVERED,
            gettext_lazy("The parcel has arrived"),
            EventTone.NEUTRAL,
            gettext_lazy("The carrier says that the parcel has reached whom it was for."),
        ),
        (
            ShipmentStatus.LOST,
            gettext_lazy("The carrier has lost the parcel"),
            EventTone.BAD,
            gettext_lazy("The carrier says that the parcel is lost."),
        ),
    )
}
