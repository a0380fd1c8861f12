"""Orders as a file for an ERP: one row an order, in a fixed set of columns (K2).

Clients get names and values that never change; people at the desk get them in their language. An import reads either.

The file is written to disk inside the scope, row by row from a server-side cursor, so that 100,000 orders take no more
memory than 1,000; what is sent afterwards needs no database.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import IO

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.worksheet.worksheet import Worksheet

from common.actions import action
from common.actors import Actor
from common.calendar import local_time
from common.writes import WriteSet
from orders.addresses import COLUMNS as COLUMNS_OF_ADDRESS
from orders.erp.cells import Value, inert, printable
from orders.erp.sheets.text import is_live
from orders.events import ORDERS_EXPORTED
from orders.models import Order
from orders.packing import read_lines_to_pack
from orders.states import OrderTag
from stores.models import Store

CHUNK = 1000
MOST_OF_FILTER = 300  # characters that are kept
# What a workbook's reader would take for a character's code, and what XML would make a line's end of.
_LIKE_A_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


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
        _write_xlsx(file, header, rows)
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


def _write_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("orders")
    sheet.freeze_panes = "B2"
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.append(header)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    book.save(file)


def _cell(sheet: Worksheet, value: Value) -> Value | Cell:
    """A text as the text that it is, whatever it looks like; a spreadsheet keeps it one even when it is edited."""
    if not isinstance(value, str):
        return value
    text = _LIKE_A_CODE.sub("_x005F_", printable(value)).replace("\r", "_x000D_")
    if not (is_live(text) or text.startswith("#")):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type, cell.quotePrefix = "s", True
    return cell


def _rows(store: Store, orders: QuerySet[Order], now: datetime, in_words: bool) -> Iterator[list[Value]]:
    chunk: list[Order] = []
    for order in orders.iterator(chunk_size=CHUNK):
        chunk.append(order)
        if len(chunk) == CHUNK:
            yield from _rows_of(store, chunk, now, in_words)
            chunk = []
    yield from _rows_of(store, chunk, now, in_words)


def _rows_of(store: Store, orders: list[Order], now: datetime, in_words: bool) -> Iterator[list[Value]]:
    lines = read_lines_to_pack(orders)
    for order in orders:
        pack = [(line, line.pieces_to_pack) for line in lines[order.pk] if line.pieces_to_pack]
        tags: list[OrderTag] = order.tags(store, now)
        yield [
            order.number,
            order.get_status_display() if in_words else order.status,
            ";".join(str(tag.label) for tag in tags) if in_words else ";".join(tags),
            local_time(order.paid_at, store.time_zone).isoformat(timespec="seconds"),
            local_time(order.ship_by, store.time_zone).isoformat(timespec="seconds"),
            order.buyer_id,
            order.buyer_name,
            order.address,
            ";".join(f"{line.goods}*{pieces}" for line, pieces in pack),
            "; ".join(f"{line.label} × {pieces}" for line, pieces in pack),
            sum(pieces for _, pieces in pack),
            order.paid_amount,
            order.carrier,
            order.tracking_number,
            *(getattr(order, column) for column in COLUMNS_OF_ADDRESS.values()),
        ]
