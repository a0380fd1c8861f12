"""The cells of one sheet as a stream of rows, and what of them nobody sees or nobody typed."""

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import NamedTuple

from orders.erp.sheets.faults import (
    DIGITS_LOST,
    FORMULA,
    MERGED_CELLS,
    NOT_TEXT,
    NUMBER_FORMAT,
    Unreadable,
    WorkbookBroken,
    WorkbookTooLarge,
)
from orders.erp.sheets.formats import PLAIN, Shown
from orders.erp.sheets.limits import LAST_ROW, MAX_CELL, MAX_COLUMNS, MAX_REGIONS, MAX_ROWS
from orders.erp.sheets.parts import Attributes, Parts, XmlReader
from orders.erp.sheets.plain import NotPlain, PlainReader, PlainRow, decoded
from orders.erp.sheets.telling import Tell
from orders.erp.sheets.text import unescaped, visible

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_DIGITS_KEPT = 15  # of a number in a spreadsheet
_DIGITS = "0123456789"
_TRUE = ("1", "true")
_LONGEST_NUMBER = 40
MAX_LAYOUTS = 1000  # that are remembered


class Cell(NamedTuple):
    """What a cell means, and the code of what a spreadsheet may have changed of it.

    Of a number nobody can tell any more whether it began with zeros.
    """

    text: str
    fault: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """Cells that belong together, columns and rows from 0 and 1, both ends included."""

    code: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass
class Grid:
    """Rows that hold anything, by their number: their cells of use by column.

    Hidden rows and columns are kept, and named.
    """

    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    regions: list[Region] = field(default_factory=list)


# Which columns are of use, told by the first row that holds anything.
Choose = Callable[[dict[int, str]], Container[int]]


def column_name(column: int) -> str:
    """`A` for 0."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def place_of(reference: str) -> tuple[int, int]:
    """(column from 0, row) of `B3`."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise WorkbookBroken
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1, int(found[2])


def _is_zero(size: str) -> bool:
    try:
        return Decimal(size) == 0
    except InvalidOperation as error:
        raise WorkbookBroken from error


def number_cell(written: str, shown: Shown) -> Cell:
    """A cell that holds a number: its digits if it is whole, not too long and shown as it is."""
    if len(written) <= _DIGITS_KEPT and written.isascii() and written.isdigit():
        return Cell(str(int(written)), "" if shown.numbers else NUMBER_FORMAT, is_number=True)
    try:
        if len(written) > _LONGEST_NUMBER:
            raise WorkbookBroken
        value = Decimal(written)
    except InvalidOperation as error:
        raise WorkbookBroken from error
    if not value.is_finite():
        return Cell(written, NOT_TEXT)
    if value and value.adjusted() >= _DIGITS_KEPT:
        return Cell(written, DIGITS_LOST)
    if value < 0 or value.adjusted() < -_LONGEST_NUMBER or value != value.to_integral_value():
        return Cell(written, NUMBER_FORMAT)
    return Cell(str(int(value)), "" if shown.numbers else NUMBER_FORMAT, is_number=True)


def has_content(parts: Parts, part: str) -> bool:
    """Whether any cell of a sheet holds anything."""
    found = []

    def value(text: str) -> None:
        if text.strip():
            found.append(text)
            reader.has_enough = True

    reader = XmlReader({}, {"v": value, "t": value})
    parts.read(part, reader)
    return bool(found)


def read_grid(
    parts: Parts, part: str, shared: Sequence[str], formats: Sequence[Shown], choose: Choose, tell: Tell
) -> Grid:
    """Every row of a sheet that holds anything, with the cells of the columns of use.

    Plain rows are taken by patterns, which needs a fifth of the time; where they aren't plain, all are read tag by tag.
    """
    sheet = _Sheet(shared, formats, choose)
    try:
        return _read_plain(parts, part, sheet, tell)
    except NotPlain:
        return _read_tags(parts, part, _Sheet(shared, formats, choose), tell)


def _read_plain(parts: Parts, part: str, sheet: "_Sheet", tell: Tell) -> Grid:
    starts = {"col": sheet.col, "mergeCell": sheet.merge, "sheetData": sheet.rows_begin}
    xml = XmlReader(starts, {"sheetData": sheet.rows_end})
    reader = PlainReader(xml, lambda: sheet.is_at_rows, sheet.plain_row)
    parts.read(part, reader, lambda share: tell(len(sheet.grid.rows), share))
    reader.end()
    return sheet.grid


def _read_tags(parts: Parts, part: str, sheet: "_Sheet", tell: Tell) -> Grid:
    starts = {
        "col": sheet.col,
        "row": sheet.row,
        "c": sheet.cell,
        "f": sheet.formula,
        "mergeCell": sheet.merge,
        "rPh": sheet.spoken,
    }
    ends = {
        "v": sheet.value,
        "t": sheet.inline,
        "rPh": sheet.spoken_end,
        "c": sheet.cell_end,
        "row": sheet.row_end,
    }
    parts.read(part, XmlReader(starts, ends), lambda share: tell(len(sheet.grid.rows), share))
    return sheet.grid


class _Sheet:
    """What is known in the middle of a sheet."""

    def __init__(self, shared: Sequence[str], formats: Sequence[Shown], choose: Choose):
        self.grid = Grid()
        self._shared, self._formats, self._choose = shared, formats, choose
        self._used: Container[int] | None = None  # before the first row
        self._row, self._row_written, self._column = 0, "", -1
        self._columns: dict[str, int] = {}  # by their letters
        self._cells: dict[int, Cell] = {}
        self._is_filled = self._is_hidden = self._is_spoken = self._is_formula = self._in_cell = False
        self._attributes: Attributes = {}
        self._value = ""
        self.is_at_rows = False
        # Of the cells of a plain row, by their letters: the columns that may be of use, by their place among them.
        self._layouts: dict[tuple[str, ...], list[tuple[int, int]]] = {}

    def col(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in _TRUE or _is_zero(attributes.get("width", "1")):
            first, last = int(attributes.get("min", 1)) - 1, int(attributes.get("max", 1))
            self.grid.hidden_columns.update(range(max(first, 0), min(last, MAX_COLUMNS)))

    def row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r", self._row + 1))
        if number > LAST_ROW:
            raise Unreadable("too_many_rows", {"most": MAX_ROWS})
        if number <= self._row:
            raise WorkbookBroken
        self._row, self._row_written, self._column = number, str(number), -1
        self._cells, self._is_filled = {}, False
        self._is_hidden = attributes.get("hidden") in _TRUE or _is_zero(attributes.get("ht", "1"))

    def row_end(self, _text: str) -> None:
        if not self._is_filled:
            return
        if self._used is None:
            self._layouts.clear()
            self._used = self._choose({column: visible(cell.text) for column, cell in self._cells.items()})
        if len(self.grid.rows) > MAX_ROWS:  # and the header
            raise Unreadable("too_many_rows", {"most": MAX_ROWS})
        self.grid.rows[self._row] = self._cells
        if self._is_hidden:
            self.grid.hidden_rows.add(self._row)

    def cell(self, attributes: Attributes) -> None:
        column = self._column + 1
        reference = attributes.get("r")
        if reference is not None:
            letters = reference.rstrip(_DIGITS)
            column = self._columns.get(letters, -1)
            if column < 0:
                column = self._columns[letters] = place_of(reference)[0]
            if reference[len(letters) :] != self._row_written or column <= self._column:
                raise WorkbookBroken
        self._column = column
        self._attributes = attributes
        self._value, self._is_formula, self._in_cell = "", False, True

    def formula(self, attributes: Attributes) -> None:
        self._is_formula = self._in_cell
        if attributes.get("t") in ("array", "dataTable") and "ref" in attributes:
            self._region(FORMULA, attributes["ref"])

    def merge(self, attributes: Attributes) -> None:
        self._region(MERGED_CELLS, attributes.get("ref", ""))

    def _region(self, code: str, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        left, top = place_of(first)
        right, bottom = place_of(last or first)
        if len(self.grid.regions) >= MAX_REGIONS:
            raise WorkbookTooLarge
        self.grid.regions.append(Region(code, left, top, right, bottom))

    def spoken(self, _attributes: Attributes) -> None:
        self._is_spoken = True

    def spoken_end(self, _text: str) -> None:
        self._is_spoken = False

    def value(self, text: str) -> None:
        self._value = text

    def inline(self, text: str) -> None:
        if not self._is_spoken:
            self._value += text

    def cell_end(self, _text: str) -> None:
        self._in_cell = False
        is_used = self._column < MAX_COLUMNS if self._used is None else self._column in self._used
        if (self._is_filled and not is_used) or not (self._value or self._is_formula):
            return
        if self._is_formula:
            cell = Cell(self._value[:MAX_CELL], FORMULA)
        else:
            cell = self._meaning(self._attributes.get("t", "n"), self._attributes.get("s", "0"), self._value)
        if cell.fault or visible(cell.text):
            self._is_filled = True
            if is_used:
                self._cells[self._column] = cell

    def _meaning(self, kind: str, style: str, value: str) -> Cell:
        at = int(style)
        shown = self._formats[at] if 0 <= at < len(self._formats) else PLAIN
        match kind:
            case "n":
                return number_cell(value.strip(), shown)
            case "s":
                at = int(value)
                if not 0 <= at < len(self._shared):
                    raise WorkbookBroken
                text = self._shared[at]
            case "str" | "inlineStr":
                text = unescaped(value)[:MAX_CELL]
            case _:
                return Cell(value[:MAX_CELL], NOT_TEXT)
        return Cell(text, "" if shown.texts else NUMBER_FORMAT)

    def rows_begin(self, _attributes: Attributes) -> None:
        self.is_at_rows = True

    def rows_end(self, _text: str) -> None:
        self.is_at_rows = False

    def plain_row(self, attributes: Attributes, row: PlainRow) -> None:
        """All of a row at once; what it means is what its tags mean one by one."""
        self.row(attributes)
        if any(row.places) and row.places.count(self._row_written) != len(row.places):
            raise NotPlain
        for place, column in self._layout(row.columns):
            cell = self._plain_cell(row, place)
            if cell is not None:
                self._cells[column] = cell
        self._is_filled = bool(self._cells) or any(self._plain_cell(row, at) for at in range(len(row.columns)))
        self.row_end("")

    def _plain_cell(self, row: PlainRow, place: int) -> Cell | None:
        """A cell that holds anything."""
        value = decoded(row.values[place] or row.texts[place])
        if not value:
            return None
        cell = self._meaning(row.kinds[place] or "n", row.styles[place] or "0", value)
        return cell if cell.fault or visible(cell.text) else None

    def _layout(self, letters: tuple[str, ...]) -> list[tuple[int, int]]:
        layout = self._layouts.get(letters)
        if layout is None:
            columns = [place_of(f"{each}1")[0] for each in letters] if any(letters) else list(range(len(letters)))
            if any(left >= right for left, right in pairwise(columns)):
                raise WorkbookBroken
            used = range(MAX_COLUMNS) if self._used is None else self._used
            layout = [(place, column) for place, column in enumerate(columns) if column in used]
            if len(self._layouts) < MAX_LAYOUTS:
                self._layouts[letters] = layout
        return layout
