"""A file as the rows of a shipment file: its header found, its columns read, what is wrong with a row named."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import SEEK_END
from typing import IO

from orders.erp.sheets.delimited import read_delimited
from orders.erp.sheets.faults import COLUMN_HIDDEN, ROW_HIDDEN, Unreadable
from orders.erp.sheets.grid import Cell, Grid, Region, column_name
from orders.erp.sheets.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS
from orders.erp.sheets.telling import Tell, unheard
from orders.erp.sheets.text import fault_of, heading, identifier, is_bare_number, visible, words
from orders.erp.sheets.workbook import read_workbook

XLSX_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
TOLD_EVERY = 1000  # rows
NUMBERS = ("number", "tracking_number")  # what spreadsheets take for something to reckon with

# Our own exports' names, and what ERPs and people call the same; see `heading` for what doesn't matter.
NAMES = {
    "number": ("order_number", "order_no", "订单编号", "订单号"),
    "carrier": ("carrier", "carrier_name", "express_company", "快递公司", "物流公司", "承运商"),
    "tracking_number": (
        *("tracking_number", "tracking_no", "waybill_number", "waybill_no"),
        *("运单号", "快递单号", "物流单号", "运单编号"),
    ),
}
# What is in the parcel, where it isn't all that is left; no ERP calls anything so that didn't mean it.
OPTIONAL = {"items": ("parcel_items", "本包裹商品")}
# These may mean something else, and count only where none of the above stands.
SHORT_NAMES = {"number": ("order", "number"), "carrier": ("courier",), "tracking_number": ("tracking", "waybill")}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of the file as it is meant there; `place` is its row in the spreadsheet, the header's being 1 or more.

    `fault` is the code of what a spreadsheet may have changed in it, and `cell` where: `Sheet1!B3`, or `B3` in a csv.
    `number_at` and `tracking_at` are the cells of numbers that may have begun with zeros before a spreadsheet had them.
    `items` is what is in the parcel as it stands there, empty for all that is left of the order.
    """

    place: int
    number: str
    carrier: str
    tracking_number: str
    fault: str = ""
    cell: str = ""
    number_at: str = ""
    tracking_at: str = ""
    items: str = ""


def read_table(file: IO[bytes], tell: Tell = unheard) -> Iterator[FileRow]:
    """The rows below the header that hold anything. Unreadable when the file isn't a table that names its columns."""
    magic = file.read(len(XLSX_MAGIC))
    file.seek(0)
    if magic == OLE_MAGIC:
        raise Unreadable("old_or_locked")
    return _of_workbook(file, tell) if magic == XLSX_MAGIC else _of_csv(file, tell)


def columns_of(header: Mapping[int, str]) -> dict[str, int]:
    """Where the columns are. Unreadable when one of the three is missing, or one stands there twice."""
    headings = {at: heading(text) for at, text in header.items()}
    found: dict[str, int] = {}
    for name, names in (NAMES | OPTIONAL).items():
        places = _called(headings, names) or _called(headings, SHORT_NAMES.get(name, ()))
        if len(places) > 1:
            both = ", ".join(f"{column_name(at)} ({header[at]})" for at in places)
            raise Unreadable("column_twice", {"names": both})
        if places:
            found[name] = places[0]
    missing = [called[0] for name, called in NAMES.items() if name not in found]
    if missing:
        raise Unreadable("columns_missing", {"names": ", ".join(missing)})
    return found


def _called(headings: Mapping[int, str], names: Sequence[str]) -> list[int]:
    return sorted(at for at, text in headings.items() if text in names)


def _of_csv(file: IO[bytes], tell: Tell) -> Iterator[FileRow]:
    columns: dict[str, int] | None = None
    found = 0
    size = file.seek(0, SEEK_END)
    file.seek(0)
    for place, texts in read_delimited(file):
        if not any(visible(text) for text in texts):
            continue
        if columns is None:
            columns = columns_of({at: visible(text) for at, text in enumerate(texts[:MAX_COLUMNS])})
            continue
        found += 1
        if found > MAX_ROWS:
            raise Unreadable("too_many_rows", {"most": MAX_ROWS})
        if not found % TOLD_EVERY:
            tell(found, file.tell() / size)
        yield _row(place, {name: _at(texts, at) for name, at in columns.items()}, columns, "")
    if columns is None:
        raise Unreadable("empty")


def _at(texts: Sequence[str], at: int) -> Cell:
    text = texts[at][:MAX_CELL] if at < len(texts) else ""
    return Cell(text, is_number=is_bare_number(text))


def _of_workbook(file: IO[bytes], tell: Tell) -> Iterator[FileRow]:
    columns: dict[str, int] = {}

    def choose(header: dict[int, str]) -> set[int]:
        columns.update(columns_of(header))
        return set(columns.values())

    sheet, grid = read_workbook(file, choose, tell)
    if not columns:
        raise Unreadable("empty")
    hidden = next((at for at in columns.values() if at in grid.hidden_columns), None)
    regions = _Regions(grid, columns.values())
    rows = iter(grid.rows.items())
    next(rows)  # the header
    for place, cells in rows:
        row = _row(place, {name: cells.get(at, Cell("")) for name, at in columns.items()}, columns, f"{sheet}!")
        fault, cell = row.fault, row.cell
        region = regions.over(place)
        if place in grid.hidden_rows:
            fault, cell = ROW_HIDDEN, f"{sheet}!{place}"
        elif hidden is not None:
            fault, cell = COLUMN_HIDDEN, f"{sheet}!{column_name(hidden)}"
        elif region is not None:
            area = f"{column_name(region.left)}{region.top}:{column_name(region.right)}{region.bottom}"
            fault, cell = region.code, f"{sheet}!{area}"
        yield row if cell == row.cell else replace(row, fault=fault, cell=cell)


class _Regions:
    """Which cells that belong together cover a row, asked row by row downwards."""

    def __init__(self, grid: Grid, columns: Collection[int]):
        touching = (each for each in grid.regions if any(each.left <= at <= each.right for at in columns))
        self._left = sorted(touching, key=lambda region: region.top, reverse=True)
        self._deepest: Region | None = None

    def over(self, place: int) -> Region | None:
        while self._left and self._left[-1].top <= place:
            region = self._left.pop()
            if self._deepest is None or region.bottom > self._deepest.bottom:
                self._deepest = region
        return self._deepest if self._deepest is not None and place <= self._deepest.bottom else None


def _row(place: int, cells: Mapping[str, Cell], columns: Mapping[str, int], sheet: str) -> FileRow:
    name_of = visible if sheet else words  # a workbook says itself what is text
    texts = {name: identifier(cell.text) if name in NUMBERS else name_of(cell.text) for name, cell in cells.items()}
    for name, cell in cells.items():
        fault = cell.fault or (fault_of(texts[name]) if name in NUMBERS else "")
        if fault:
            return FileRow(place, **texts, fault=fault, cell=f"{sheet}{column_name(columns[name])}{place}")
    number_at, tracking_at = (
        f"{sheet}{column_name(columns[name])}{place}" if cells[name].is_number else "" for name in NUMBERS
    )
    return FileRow(place, **texts, number_at=number_at, tracking_at=tracking_at)
