"""An xlsx: which sheet people see, and what its cells need of the rest of the workbook."""

import re
from dataclasses import dataclass
from typing import IO

from orders.erp.sheets.faults import Unreadable, WorkbookBroken, WorkbookTooLarge
from orders.erp.sheets.formats import PLAIN, Shown, shown_by
from orders.erp.sheets.grid import Choose, Grid, has_content, read_grid
from orders.erp.sheets.limits import MAX_CELL, MAX_SHARED_TEXTS
from orders.erp.sheets.parts import Attributes, Parts, XmlReader
from orders.erp.sheets.telling import Tell
from orders.erp.sheets.text import unescaped

_OFFICE_ID = re.compile(r"http://\S+/relationships id")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name on its tab, and the part that holds it."""

    name: str
    part: str


def read_workbook(file: IO[bytes], choose: Choose, tell: Tell) -> tuple[str, Grid]:
    """(name, cells) of the one sheet that people see and that holds anything.

    `choose` says which columns are of use, by the first row. Hidden sheets are never read. Unreadable `several_sheets`
    when more than one comes into question, `empty` when none does.
    """
    parts = Parts(file)
    book = next((part for kind, part in parts.related("").values() if kind == "officeDocument"), None)
    if book is None:
        raise WorkbookBroken
    related = parts.related(book)
    filled = [sheet for sheet in _visible_sheets(parts, book, related) if has_content(parts, sheet.part)]
    if not filled:
        raise Unreadable("empty")
    if len(filled) > 1:
        raise Unreadable("several_sheets", {"names": ", ".join(sheet.name for sheet in filled[:10])})
    by_kind = dict(related.values())
    shared = _shared_texts(parts, by_kind["sharedStrings"]) if "sharedStrings" in by_kind else []
    formats = _formats(parts, by_kind["styles"]) if "styles" in by_kind else []
    return filled[0].name, read_grid(parts, filled[0].part, shared, formats, choose, tell)


def _visible_sheets(parts: Parts, book: str, related: dict[str, tuple[str, str]]) -> list[Sheet]:
    found: list[Sheet] = []

    def sheet(attributes: Attributes) -> None:
        if attributes.get("state", "visible") != "visible":
            return
        ids = [value for name, value in attributes.items() if _OFFICE_ID.fullmatch(name)]
        kind, part = related.get(ids[0] if ids else "", ("", ""))
        if kind == "worksheet":  # others are charts and macros
            found.append(Sheet(attributes.get("name", ""), part))

    parts.read(book, XmlReader({"sheet": sheet}, {}))
    return found


def _shared_texts(parts: Parts, part: str) -> list[str]:
    """Texts that cells point to; what shows how a word is spoken is no part of it."""
    texts: list[str] = []
    pieces: list[str] = []
    is_spoken = False

    def begin(_attributes: Attributes) -> None:
        pieces.clear()

    def spoken(_attributes: Attributes) -> None:
        nonlocal is_spoken
        is_spoken = True

    def spoken_end(_text: str) -> None:
        nonlocal is_spoken
        is_spoken = False

    def piece(text: str) -> None:
        if not is_spoken:
            pieces.append(text)

    def end(_text: str) -> None:
        if len(texts) >= MAX_SHARED_TEXTS:
            raise WorkbookTooLarge
        texts.append(unescaped("".join(pieces))[:MAX_CELL])

    parts.read(part, XmlReader({"si": begin, "rPh": spoken}, {"t": piece, "rPh": spoken_end, "si": end}))
    return texts


def _formats(parts: Parts, part: str) -> list[Shown]:
    """How each style shows its cells, by the style's number."""
    codes: dict[int, str] = {}
    numbers: list[int] = []
    is_inside = False

    def code(attributes: Attributes) -> None:
        codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")

    def begin(_attributes: Attributes) -> None:
        nonlocal is_inside
        is_inside = True

    def end(_text: str) -> None:
        nonlocal is_inside
        is_inside = False

    def style(attributes: Attributes) -> None:
        if is_inside:
            numbers.append(int(attributes.get("numFmtId", 0)))

    parts.read(part, XmlReader({"numFmt": code, "cellXfs": begin, "xf": style}, {"cellXfs": end}))
    shown = {number: shown_by(number, codes.get(number)) for number in set(numbers)}
    return [shown.get(number, PLAIN) for number in numbers]
