"""What can happen to orders, to the parcels that were promised, and to shipments.

Delay reports: orders/delays/events.py.
"""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, REFERENCE, TEXT, Data, Fact, changed, choice, hidden, named, said
from common.words import listed
from orders.delays import events as _delays
from orders.states import ParcelKind, ShipmentStatus
from orders.waybills import carrier_label
from stores.events import EventArea


def _product(item_id: str, data: Data) -> str:
    name = data.get("title") or _("item %(item)s") % {"item": item_id}
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


CARRIER = Fact("the carrier's code, or its name", _carrier)
CARRIER_NAME = Fact("the carrier's code, or its name", lambda carrier, data: carrier_label(carrier))
ITEM = Fact("the marketplace's item id", _product)
PIECES = Fact("item id → number of pieces", _pieces)
ATTEMPTS = replace(COUNT, word=_attempts)


class Carried(TypedDict):
    """A parcel and who carries it."""

    carrier: Annotated[str, CARRIER]
    tracking_number: Annotated[str, hidden(TEXT)]


# --- orders


class _Updated(TypedDict):
    fields: Annotated[list[str], Fact("names of the order's fields that changed", _order_fields)]


class _Shipped(Carried):
    shipment_import: NotRequired[Annotated[str, REFERENCE]]


class _Late(TypedDict):
    ship_by: Annotated[str, _delays.SHIP_BY]


class _Stopped(TypedDict):
    refund: NotRequired[Annotated[str, REFERENCE]]
    pieces: NotRequired[Annotated[dict[str, int], PIECES]]


class _AddressChanged(TypedDict):
    address: Annotated[list[str], changed(TEXT)]


class _Urged(TypedDict):
    urges: Annotated[int, replace(COUNT, word=_times)]


ORDER_PLACED = EventType("order.placed", gettext_lazy("Order placed"), "order")
ORDER_UPDATED = EventType("order.updated", gettext_lazy("Order updated by the marketplace"), "order", _Updated)
ORDER_SHIPPED = EventType("order.shipped", gettext_lazy("Order shipped"), "order", _Shipped)
ORDER_DELIVERED = EventType("order.delivered", gettext_lazy("Order delivered"), "order", tone=EventTone.GOOD)
ORDER_LATE = EventType("order.late", gettext_lazy("Not shipped in time"), "order", _Late, EventTone.BAD)
ORDER_CANCELLED = EventType(
    "order.cancelled",
    gettext_lazy("Order cancelled: everything was refunded before it reached the buyer"),
    "order",
    _Stopped,
)
ORDER_UNSHIPPED = EventType(
    "order.unshipped", gettext_lazy("Pick-up cancelled: what is left is packed again"), "order", _Stopped
)
ORDER_CAME_BACK = EventType(
    "order.came_back",
    gettext_lazy("The parcel is back: the order is to be shipped again"),
    "order",
    Carried,
    EventTone.BAD,
)
ORDER_LOST = EventType(
    "order.lost", gettext_lazy("The parcel is lost: the order is to be shipped again"), "order", Carried, EventTone.BAD
)
ORDER_PIECES_STOPPED = EventType(
    "order.pieces_stopped", gettext_lazy("Refunded pieces are not packed any more"), "order", _Stopped
)
ORDER_ADDRESS_CHANGED = EventType(
    "order.address_changed", gettext_lazy("Delivery address changed"), "order", _AddressChanged
)
ORDER_URGED = EventType("order.urged", gettext_lazy("The buyer urges shipping"), "order", _Urged, EventTone.BAD)
ORDER_PRIORITISED = EventType(
    "order.prioritised", gettext_lazy("Tagged for priority shipping"), "order", tone=EventTone.NOTE
)

# --- parcels that were promised


class _Promised(TypedDict):
    kind: Annotated[str, choice(ParcelKind)]
    item_id: Annotated[str, ITEM]
    title: Annotated[str, hidden(TEXT)]
    quantity: Annotated[int, hidden(COUNT)]


PARCEL_PROMISED = EventType("parcel.promised", gettext_lazy("Parcel promised to the buyer"), "owedparcel", _Promised)
PARCEL_DUE = EventType(
    "parcel.due", gettext_lazy("The buyer's return is on its way: the promised parcel is due"), "owedparcel"
)
PARCEL_LATE = EventType("parcel.late", gettext_lazy("The promised parcel is late"), "owedparcel", tone=EventTone.BAD)
PARCEL_ESCALATED = EventType(
    "parcel.escalated", gettext_lazy("The late parcel is reported to the platform"), "owedparcel", tone=EventTone.BAD
)
PARCEL_CANCELLED = EventType("parcel.cancelled", gettext_lazy("The promised parcel isn't owed any more"), "owedparcel")
PARCEL_SHIPPED = EventType(
    "parcel.shipped", gettext_lazy("Promised parcel sent"), "owedparcel", Carried, EventTone.GOOD
)
PARCEL_CAME_BACK = EventType(
    "parcel.came_back",
    gettext_lazy("The promised parcel is back: it is to be sent again"),
    "owedparcel",
    Carried,
    EventTone.BAD,
)
PARCEL_LOST = EventType(
    "parcel.lost",
    gettext_lazy("The promised parcel is lost: it is to be sent again"),
    "owedparcel",
    Carried,
    EventTone.BAD,
)

# --- shipments


class _Reported(Carried):
    attempts: Annotated[int, ATTEMPTS]
    carrier_error: Annotated[str, said(gettext_lazy("Carrier"))]


class _Corrected(TypedDict):
    carrier: Annotated[list[str], changed(CARRIER_NAME)]
    tracking_number: Annotated[list[str], changed(TEXT)]
    reason: Annotated[str, said(gettext_lazy("Reason"))]


SHIPMENT_RECALL_ASKED = EventType(
    "shipment.recall_asked", gettext_lazy("Recall asked of the carrier"), "shipment", Carried, EventTone.NOTE
)
SHIPMENT_NEEDS_ATTENTION = EventType(
    "shipment.needs_attention",
    gettext_lazy("The carrier doesn't answer: needs attention"),
    "shipment",
    _Reported,
    EventTone.BAD,
)
SHIPMENT_CORRECTED = EventType(
    "shipment.corrected", gettext_lazy("Tracking number corrected"), "shipment", _Corrected, EventTone.NOTE
)
SHIPMENT_RESUMED = EventType("shipment.resumed", gettext_lazy("The carrier is asked again"), "shipment")
# What is recorded when a shipment gets into a state.
SHIPMENT_MOVED = {
    status: EventType(f"shipment.{status}", title, "shipment", _Reported, tone)
    for status, title, tone in (
        (
            ShipmentStatus.AWAITING_PICKUP,
            gettext_lazy("The carrier has yet to pick the parcel up"),
            EventTone.NEUTRAL,
        ),
        (ShipmentStatus.IN_TRANSIT, gettext_lazy("The parcel is on its way"), EventTone.NEUTRAL),
        (
            ShipmentStatus.CANCELLED,
            gettext_lazy("The pick-up is cancelled: the parcel stays here"),
            EventTone.NEUTRAL,
        ),
        (ShipmentStatus.COMING_BACK, gettext_lazy("The carrier brings the parcel back"), EventTone.NOTE),
        (ShipmentStatus.BACK, gettext_lazy("The parcel is back at the store"), EventTone.GOOD),
        (ShipmentStatus.RECALL_REFUSED, gettext_lazy("The carrier can't recall the parcel any more"), EventTone.BAD),
        (ShipmentStatus.DELIVERED, gettext_lazy("The parcel has arrived"), EventTone.NEUTRAL),
        (ShipmentStatus.LOST, gettext_lazy("The carrier has lost the parcel"), EventTone.BAD),
    )
}

# --- files with tracking numbers (K2)


class _File(TypedDict):
    file_name: Annotated[str, TEXT]
    rows: Annotated[int, named(gettext_lazy("Rows"), COUNT)]


class _CheckedFile(_File):
    wrong: Annotated[int, named(gettext_lazy("Rows with errors"), COUNT)]


class _Exported(TypedDict):
    rows: Annotated[int, named(gettext_lazy("Orders"), COUNT)]
    format: Annotated[str, TEXT]
    filter: Annotated[str, named(gettext_lazy("Filter"), TEXT)]


ORDERS_EXPORTED = EventType(
    "store.orders_exported",
    gettext_lazy("Orders exported with their buyers' names and addresses"),
    "store",
    _Exported,
    EventTone.NOTE,
    area=EventArea.EXPORTS,
)
SHIPMENT_FILE_UPLOADED = EventType(
    "shipment_file.uploaded", gettext_lazy("File with tracking numbers uploaded"), "shipmentimport", _CheckedFile
)
SHIPMENT_FILE_CONFIRMED = EventType(
    "shipment_file.confirmed",
    gettext_lazy("File with tracking numbers confirmed"),
    "shipmentimport",
    _File,
    EventTone.NOTE,
)
SHIPMENT_FILE_SHIPPED = EventType(
    "shipment_file.shipped", gettext_lazy("The file's orders are shipped"), "shipmentimport", _File, EventTone.GOOD
)
SHIPMENT_FILE_REFUSED = EventType(
    "shipment_file.refused",
    gettext_lazy("Not imported: some of the file's orders can't be shipped"),
    "shipmentimport",
    _CheckedFile,
    EventTone.BAD,
)
