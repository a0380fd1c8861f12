"""Orders as a file for an ERP: one row an order, in a fixed set of columns whose names don't follow the language (K2).

The file is written to disk inside the scope, row by row from a server-side cursor, so that 100,000 orders take no more
memory than 1,000; what is sent afterwards needs no database.
"""

import csv
import io
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import IO

from django.db.models import QuerySet
from openpyxl import Workbook

from common.calendar import local_time
from orders.erp.cells import Value, inert
from orders.models import Order, OrderLine
from stores.models import Store

CHUNK = 1000


class Format(StrEnum):
    """What an export can be written as."""

    CSV = "csv"
    XLSX = "xlsx"


CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# An ERP's mapping rests on these names and their order: add at the end, never rename.
COLUMNS = (
    *("order_number", "status", "tags", "paid_at", "ship_by", "buyer_id", "buyer_name", "address"),
    *("items", "titles", "pieces", "paid_amount", "carrier", "tracking_number"),
)
WIDTHS = (22, 11, 18, 26, 26, 16, 14, 44, 26, 40, 8, 12, 14, 22)


def export_orders(*, store: Store, orders: QuerySet[Order], format: Format, now: datetime) -> IO[bytes]:
    """Write these orders of the store to a temporary file and return it, rewound; it is gone when it is closed.

    `items` are those to pack, `item_id*pieces` joined by `;`. Times are in the store's zone, amounts in yuan.
    """
    file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 — whoever sends it closes it
    rows = _rows(store, orders, now)
    if format == Format.CSV:
        _write_csv(file, rows)
    else:
        _write_xlsx(file, rows)
    file.seek(0)
    return file


def file_name(store: Store, format: Format, now: datetime) -> str:
    """`kuaishou-demo-orders-20261120-1205.csv`, in the store's time."""
    return f"{store.code}-orders-{local_time(now, store.time_zone):%Y%m%d-%H%M}.{format}"


def _write_csv(file: IO[bytes], rows: Iterable[list[Value]]) -> None:
    """UTF-8 with its mark: without it Excel reads Chinese as something else."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    text.flush()
    text.detach()


def _write_xlsx(file: IO[bytes], rows: Iterable[list[Value]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("orders")
    sheet.freeze_panes = "B2"
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append(row)
    book.save(file)


def _rows(store: Store, orders: QuerySet[Order], now: datetime) -> Iterator[list[Value]]:
    chunk: list[Order] = []
    for order in orders.iterator(chunk_size=CHUNK):
        chunk.append(order)
        if len(chunk) == CHUNK:
            yield from _rows_of(store, chunk, now)
            chunk = []
    yield from _rows_of(store, chunk, now)


def _rows_of(store: Store, orders: list[Order], now: datetime) -> Iterator[list[Value]]:
    lines: dict[object, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.for_store(store.pk).filter(order__in=[order.pk for order in orders]).order_by("id"):
        lines[line.order_id].append(line)
    for order in orders:
        pack = [(line, line.pieces_to_pack) for line in lines[order.pk] if line.pieces_to_pack]
        values = (
            order.number,
            order.status,
            ";".join(order.tags(store, now)),
            local_time(order.paid_at, store.time_zone).isoformat(timespec="seconds"),
            local_time(order.ship_by, store.time_zone).isoformat(timespec="seconds"),
            order.buyer_id,
            order.buyer_name,
            order.address,
            ";".join(f"{line.item_id}*{pieces}" for line, pieces in pack),
            "; ".join(f"{line.title or line.item_id} × {pieces}" for line, pieces in pack),
            sum(pieces for _, pieces in pack),
            order.paid_amount,
            order.carrier,
            order.tracking_number,
        )
        yield [inert(value) for value in values]
