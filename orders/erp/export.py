"""Orders as a file for an ERP: one row an order, in a fixed set of columns (K2).

Clients get names and values that never change; people at the desk get them in their language. An import reads either.

The file is written to disk inside the scope, row by row from a server-side cursor, so that 100,000 orders take no more
memory than 1,000; what is sent afterwards needs no database.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import IO, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.actions import action
from common.actors import Actor
from common.calendar import local_time
from common.writes import WriteSet
from orders.addresses import COLUMNS as COLUMNS_OF_ADDRESS
from orders.erp.cells import Value, inert, printable
from orders.erp.events import ORDERS_EXPORTED
from orders.erp.workbooks import write_workbook
from orders.models import Order
from orders.packing import read_packing
from orders.states import OrderStatus
from stores.models import Store

CHUNK = 1000
MOST_OF_FILTER = 300  # characters that are kept


class ExportFormat(StrEnum):
    """What an export can be written as."""

    CSV = "csv"
    XLSX = "xlsx"


CONTENT_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# An ERP's mapping rests on these names and their order: add at the end, never rename. Beside them is what people say.
COLUMNS = {
    "order_number": _("Order number"),
    "status": _("Status"),
    "tags": _("Tags"),
    "paid_at": _("Paid at"),
    "ship_by": _("Ship by"),
    "buyer_id": _("Buyer's id"),
    "buyer_name": _("Buyer"),
    "address": _("Address"),
    "items": _("Items to pack"),
    "titles": _("Products to pack"),
    "pieces": _("Pieces to pack"),
    "paid_amount": _("Paid amount"),
    "carrier": _("Carrier"),
    "tracking_number": _("Tracking number"),
    "receiver": _("Receiver"),
    "phone": _("Phone"),
    "province": _("Province"),
    "city": _("City"),
    "district": _("District"),
    "detail": _("Street and number"),
}
WIDTHS = (22, 11, 18, 26, 26, 16, 14, 44, 26, 40, 8, 12, 14, 22, 14, 16, 12, 12, 12, 30)


@action
def export_orders(
    *,
    store: Store,
    orders: QuerySet[Order],
    format: ExportFormat,
    filter: str,
    actor: Actor,
    now: datetime,
    in_words: bool = False,
) -> IO[bytes]:
    """Write these orders of the store to a temporary file and return it, rewound; it is gone when it is closed.

    `items` are those to pack, `item_id*pieces` (`item_id:sku*pieces`) joined by `;`. Times are in the store's zone,
    amounts in yuan. With `in_words` the header, states and tags are in the current language. Buyers' names and
    addresses go out with it: who took how many is on record, and `filter`, by which they were chosen.
    """
    header = [str(label) for label in COLUMNS.values()] if in_words else list(COLUMNS)
    rows = _Counted(_rows(store, orders, now, in_words))
    file = write_table(header, rows, format)
    writes = WriteSet()
    facts = {"rows": rows.count, "format": str(format), "filter": printable(filter)[:MOST_OF_FILTER]}
    writes.event(ORDERS_EXPORTED, store, topic=store, at=now, actor=actor, rule="K2", **facts)
    writes.flush()
    return file


class _Counted:
    """Rows that count themselves while they are written."""

    def __init__(self, rows: Iterable[list[Value]]):
        self.count = 0
        self._rows = rows

    def __iter__(self) -> Iterator[list[Value]]:
        for row in self._rows:
            self.count += 1
            yield row


def write_table(header: Sequence[str], rows: Iterable[Sequence[Value]], format: ExportFormat) -> IO[bytes]:
    """A temporary file with a header and rows, rewound. No spreadsheet takes a text in it for a formula or a number."""
    file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 — whoever sends it closes it
    if format == ExportFormat.CSV:
        _write_csv(file, header, rows)
    else:
        write_workbook(file, header, rows, WIDTHS)
    file.seek(0)
    return file


def file_name(store: Store, format: ExportFormat, now: datetime) -> str:
    """`kuaishou-demo-orders-20261120-1205.csv`, in the store's time."""
    return f"{store.code}-orders-{local_time(now, store.time_zone):%Y%m%d-%H%M}.{format}"


def _write_csv(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """UTF-8 with its mark: without it Excel reads Chinese as something else."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([inert(value) for value in row] for row in rows)
    text.flush()
    text.detach()


class _Row(NamedTuple):
    """What is read of an order: an object of its model takes ten times as long."""

    pk: UUID
    number: str
    status: str
    awaits_shipping: bool
    is_priority: bool
    is_urged: bool
    rule_ship_by: datetime | None
    paid_at: datetime
    ship_by: datetime
    buyer_id: str
    buyer_name: str
    address: str
    paid_amount: Decimal
    carrier: str
    tracking_number: str
    address_name: str
    address_phone: str
    address_province: str
    address_city: str
    address_district: str
    address_detail: str

    # The order's own, which ask for nothing else of it.
    tags = Order.tags
    is_delayed = Order.is_delayed

    @property
    def parts_of_address(self) -> tuple[str, ...]:
        """The last of its columns, in their order."""
        return self[-len(COLUMNS_OF_ADDRESS) :]

    @property
    def is_to_ship(self) -> bool:
        """As the database keeps it."""
        return self.awaits_shipping


def _rows(store: Store, orders: QuerySet[Order], now: datetime, in_words: bool) -> Iterator[list[Value]]:
    chunk: list[_Row] = []
    for values in orders.values_list(*_Row._fields).iterator(chunk_size=CHUNK):
        chunk.append(_Row._make(values))
        if len(chunk) == CHUNK:
            yield from _rows_of(store, chunk, now, in_words)
            chunk = []
    yield from _rows_of(store, chunk, now, in_words)


def _rows_of(store: Store, orders: Sequence[_Row], now: datetime, in_words: bool) -> Iterator[list[Value]]:
    packing = read_packing([order.pk for order in orders])
    statuses = {value: str(label) if in_words else value for value, label in OrderStatus.choices}
    for order in orders:
        pack = [(line, pieces) for line, pieces in packing[order.pk] if pieces]
        tags = order.tags(store, now)
        yield [
            order.number,
            statuses[order.status],
            ";".join(str(tag.label) for tag in tags) if in_words else ";".join(tags),
            local_time(order.paid_at, store.time_zone).isoformat(timespec="seconds"),
            local_time(order.ship_by, store.time_zone).isoformat(timespec="seconds"),
            order.buyer_id,
            order.buyer_name,
            order.address,
            ";".join([f"{line.goods}*{pieces}" for line, pieces in pack]),
            "; ".join([f"{line.label} × {pieces}" for line, pieces in pack]),
            sum([pieces for _line, pieces in pack]),
            order.paid_amount,
            order.carrier,
            order.tracking_number,
            *order.parts_of_address,
        ]
