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
from enum import StrEnum
from itertools import islice
from typing import IO
from uuid import UUID

from django.db.models import Case, F, Func, QuerySet, TextField, When
from django.db.models import Value as DbValue
from django.utils.translation import gettext_lazy as _

from common.actions import action
from common.actors import Actor
from common.apart import read_from_replica
from common.calendar import local_time
from common.looks import shows_file
from common.writes import WriteSet
from orders.erp.cells import Value, inert_row, printable
from orders.erp.events import ORDERS_EXPORTED
from orders.erp.workbooks import write_workbook
from orders.models import Order
from orders.models.queries import carries
from orders.packing import parcel_as_text, parcels_as_text, read_packing
from orders.states import OrderStatus, OrderTag
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
    "parcels": _("Parcels sent"),
}
_PACKED_AT = list(COLUMNS).index("items")
WIDTHS = (22, 11, 18, 26, 26, 16, 14, 44, 26, 40, 8, 12, 14, 22, 14, 16, 12, 12, 12, 30, 40)


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
    amounts in yuan. `parcels` are all numbers of an order that leaves in several. With `in_words` the header, states
    and tags are in the current language. Buyers' names and addresses go out with it: who took how many is on record,
    and `filter`, by which they were chosen.
    """
    header = [str(label) for label in COLUMNS.values()] if in_words else list(COLUMNS)

    def write() -> tuple[IO[bytes], int]:
        rows = _Counted(_rows(store, orders, now, in_words))
        return write_table(header, rows, format), rows.count

    file, count = read_from_replica(write)
    writes = WriteSet()
    facts = {"rows": count, "format": str(format), "filter": printable(filter)[:MOST_OF_FILTER]}
    writes.event(ORDERS_EXPORTED, store, topic=store, at=now, actor=actor, rule="K2", **facts)
    writes.flush()
    shows_file(store.pk, chosen_by=f"{format} {filter}", orders=count)
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
    writer.writerows(map(inert_row, rows))
    text.flush()
    text.detach()


def _rows(store: Store, orders: QuerySet[Order], now: datetime, in_words: bool) -> Iterator[list[Value]]:
    """The database words nearly everything: what is left to do here is a tenth of a row's time."""
    statuses = {value: str(label) if in_words else value for value, label in OrderStatus.choices}
    read = orders.values_list("pk", parcel_as_text(), *_columns(store, now, in_words)).iterator(chunk_size=CHUNK)
    while chunk := list(islice(read, CHUNK)):
        packed = _packed_while_held([pk for pk, parcel, *_texts in chunk if parcel is None])
        for pk, parcel, number, status, *others in chunk:
            items, titles, pieces = parcel or packed[pk]
            yield [
                number,
                statuses[status],
                *others[: _PACKED_AT - 2],
                items,
                titles,
                int(pieces),
                *others[_PACKED_AT - 2 :],
            ]


def _columns(store: Store, now: datetime, in_words: bool) -> list[str | Func]:
    """Every column of an order but what is packed."""
    return [
        "number",
        "status",
        _tags(store, now, in_words),
        _InZone(F("paid_at"), store.time_zone),
        _InZone(F("ship_by"), store.time_zone),
        *("buyer_id", "buyer_name", "address", "paid_amount", "carrier", "tracking_number"),
        *("address_name", "address_phone", "address_province", "address_city", "address_district", "address_detail"),
        parcels_as_text(),
    ]


def _tags(store: Store, now: datetime, in_words: bool) -> Func:
    carried = [
        Case(When(carries(tag, store, now), then=DbValue(str(tag.label) if in_words else tag.value)), default=None)
        for tag in OrderTag
    ]
    return Func(DbValue(";"), *carried, function="concat_ws", output_field=TextField())


class _InZone(Func):
    """An instant as `datetime.isoformat` tells it in a zone, to the second: `2026-11-20T12:05:00+08:00`."""

    template = (
        "to_char(timezone(%(zone)s, %(at)s), 'YYYY-MM-DD\"T\"HH24:MI:SS') || "
        "CASE WHEN timezone(%(zone)s, %(at)s) < timezone('UTC', %(at)s) THEN '-' ELSE '+' END || "
        "to_char(greatest(timezone(%(zone)s, %(at)s) - timezone('UTC', %(at)s), "
        "timezone('UTC', %(at)s) - timezone(%(zone)s, %(at)s)), 'HH24:MI')"
    )

    def __init__(self, at: F, zone: str):
        super().__init__(at, output_field=TextField())
        self._zone = zone

    def as_sql(self, compiler, connection, **_context):
        """The instant's column stands in it several times, and the zone."""
        at, _parameters = compiler.compile(self.source_expressions[0])
        return self.template % {"zone": "%s", "at": at}, [self._zone] * self.template.count("%(zone)s")


def _packed_while_held(order_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str, int]]:
    """What is packed of orders of which something is held, in words; few are, and a refund's room is asked of them."""
    found = {}
    for order_id, lines in (read_packing(order_ids) if order_ids else {}).items():
        packed = [(line, pieces) for line, pieces in lines if pieces]
        items = ";".join(f"{line.goods}*{pieces}" for line, pieces in packed)
        titles = "; ".join(f"{line.label} × {pieces}" for line, pieces in packed)
        found[order_id] = items, titles, sum(pieces for _line, pieces in packed)
    return found
