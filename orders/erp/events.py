"""What can happen to files for and from an ERP: exported orders, imported tracking numbers (K2)."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, TEXT, hidden, named, worded
from stores.events import EventArea


class _File(TypedDict):
    file_name: Annotated[str, TEXT]
    rows: Annotated[int, named(gettext_lazy("Rows"), COUNT)]


class _ReceivedFile(TypedDict):
    file_name: Annotated[str, TEXT]
    bytes: Annotated[int, named(gettext_lazy("Bytes"), COUNT)]


class _UnreadableFile(TypedDict):
    file_name: Annotated[str, TEXT]
    code: Annotated[str, hidden(TEXT)]
    reason: Annotated[dict, worded(gettext_lazy("What is wrong"))]


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
    meaning=gettext_lazy("Somebody has downloaded orders as a file for an ERP."),
)
SHIPMENT_FILE_RECEIVED = EventType(
    "shipment_file.received",
    gettext_lazy("File with tracking numbers received"),
    "shipmentimport",
    _ReceivedFile,
    meaning=gettext_lazy("A file has come that is read and checked by a worker; smaller ones are read at once."),
)
SHIPMENT_FILE_UNREADABLE = EventType(
    "shipment_file.unreadable",
    gettext_lazy("The file with tracking numbers can't be read"),
    "shipmentimport",
    _UnreadableFile,
    EventTone.BAD,
    meaning=gettext_lazy("A worker has looked at a file and it is no table of shipments; nothing of it is kept."),
)
SHIPMENT_FILE_UPLOADED = EventType(
    "shipment_file.uploaded",
    gettext_lazy("File with tracking numbers uploaded"),
    "shipmentimport",
    _CheckedFile,
    meaning=gettext_lazy("A file was read and checked; nothing is shipped before somebody confirms it."),
)
SHIPMENT_FILE_CONFIRMED = EventType(
    "shipment_file.confirmed",
    gettext_lazy("File with tracking numbers confirmed"),
    "shipmentimport",
    _File,
    EventTone.NOTE,
    meaning=gettext_lazy("Somebody has looked at what the file would ship and said yes; a worker ships it."),
)
SHIPMENT_FILE_SHIPPED = EventType(
    "shipment_file.shipped",
    gettext_lazy("The file's orders are shipped"),
    "shipmentimport",
    _File,
    EventTone.GOOD,
    meaning=gettext_lazy("All orders of the file were shipped together."),
)
SHIPMENT_FILE_REFUSED = EventType(
    "shipment_file.refused",
    gettext_lazy("Not imported: some of the file's orders can't be shipped"),
    "shipmentimport",
    _CheckedFile,
    EventTone.BAD,
    meaning=gettext_lazy(
        "When it came to shipping, some of the orders couldn't be any more, so none of the file was shipped."
    ),
)
