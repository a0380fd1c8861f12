"""Rows as nearly every program writes them, taken out of the sheet's text by patterns instead of tag by tag.

The patterns know one spelling of a row and of a cell and nothing else: no formulas, rich texts, comments, other
encodings or line ends. What they don't know raises NotPlain, and the sheet is read tag by tag from its beginning.
What stands before and after the rows (columns, merged cells) is read tag by tag in any case, by the same parser.
"""

import re
from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from orders.erp.sheets.limits import MAX_TEXT, MIB
from orders.erp.sheets.parts import Attributes, XmlReader

_LONGEST_HEAD = MIB  # bytes before the rows
_ATTRIBUTE = re.compile(r' ([A-Za-z][\w.:-]*)="([^"<&]*)"', re.ASCII)
_ROW = re.compile(r'\s*<row((?: [A-Za-z][\w.:-]*="[^"<&]*")*) ?(/?)>', re.ASCII)
_CELL = re.compile(
    r'(<c(?: r="([A-Z]{1,3})([0-9]{1,7})")?(?: s="([0-9]{1,6})")?(?: t="([A-Za-z]{1,9})")?'
    r'(?:/>|>(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>))'
)
# What XML forbids, or means otherwise than it stands there: characters, and the same as bytes.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ODD_BYTES = bytes(code for code in range(32) if code not in b"\t\n")
_ODD_BEGINS = b"\xef\xbf"
_IN_UTF_8 = re.compile(rb"""(?:\xef\xbb\xbf)?<(?:\?xml(?![^>]*encoding=(?!["']utf-8["']))|[a-z])""", re.IGNORECASE)
_CODE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ROWS, _END, _ROW_END = b"<sheetData", b"</sheetData>", b"</row>"


class NotPlain(Exception):
    """The rows are spelt otherwise than the patterns know."""


class PlainRow(NamedTuple):
    """A row's cells side by side, as they are written: "" for what a cell doesn't say."""

    columns: tuple[str, ...]  # letters
    places: tuple[str, ...]  # row numbers
    styles: tuple[str, ...]
    kinds: tuple[str, ...]
    values: tuple[str, ...]
    texts: tuple[str, ...]  # of those that hold their own


_EMPTY = PlainRow((), (), (), (), (), ())


def decoded(text: str) -> str:
    """A text with the characters that XML writes by their names and numbers."""
    if "&" not in text:
        return text
    if _CODE.sub("", text).count("&"):
        raise NotPlain
    return _CODE.sub(_character, text)


def _character(code: re.Match[str]) -> str:
    if code[1]:
        return _NAMED[code[1]]
    number = int(code[2]) if code[2] else int(code[3], 16)
    if number > 0x10FFFF or 0xD800 <= number < 0xE000 or _ODD.match(chr(number)):
        raise NotPlain
    return chr(number)


class _At(Enum):
    """Where in the sheet the reading is."""

    HEAD = auto()
    ROWS = auto()
    TAIL = auto()


class PlainReader:
    """A sheet's text: its rows go to `take`, with their attributes, and everything else to the parser.

    `is_at_rows` tells whether that parser has just read where the rows begin.
    """

    has_enough = False

    def __init__(
        self, xml: XmlReader, is_at_rows: Callable[[], bool], take: Callable[[Attributes, PlainRow], None]
    ) -> None:
        self._xml, self._is_at_rows, self._take = xml, is_at_rows, take
        self._at = _At.HEAD
        self._left = b""

    def feed(self, chunk: bytes) -> None:
        """Read on. NotPlain when the rows have to be read in another way."""
        if self._at == _At.TAIL:
            self._xml.feed(chunk)
            return
        self._left += chunk
        if self._at == _At.HEAD:
            self._read_head()
        if self._at == _At.ROWS:
            self._read_rows()

    def end(self) -> None:
        """There is no more. NotPlain when the rows have no end."""
        if self._at != _At.TAIL:
            raise NotPlain

    def _read_head(self) -> None:
        begins = self._left.find(_ROWS)
        ends = self._left.find(b">", begins) + 1 if begins >= 0 else 0
        if not ends:
            if len(self._left) > _LONGEST_HEAD:
                raise NotPlain
            return
        head, self._left = self._left[:ends], self._left[ends:]
        if not _IN_UTF_8.match(head):
            raise NotPlain
        self._xml.feed(head)
        if not self._is_at_rows():
            raise NotPlain
        self._at = _At.ROWS

    def _read_rows(self) -> None:
        end = self._left.find(_END)
        whole = end if end >= 0 else self._left.rfind(_ROW_END) + len(_ROW_END)
        if whole < len(_ROW_END) and end < 0:
            if len(self._left) > MAX_TEXT:
                raise NotPlain
            return
        rows, self._left = self._left[:whole], self._left[whole:]
        text = rows.decode()
        if len(rows.translate(None, _ODD_BYTES)) != len(rows) or (_ODD_BEGINS in rows and _ODD.search(text)):
            raise NotPlain
        self._xml.count(text.count("<") - text.count("</"))
        *bodies, rest = text.split("</row>")
        for body in bodies:
            self._row(body)
        at = self._empty_rows(rest, 0)
        if rest[at:].strip():
            raise NotPlain
        if end >= 0:
            self._xml.feed(self._left)
            self._at, self._left = _At.TAIL, b""

    def _empty_rows(self, text: str, at: int) -> int:
        """Take the rows that are closed as they open; returns where the next one begins."""
        while (row := _ROW.match(text, at)) is not None and row[2]:
            self._take(_attributes(row[1]), _EMPTY)
            at = row.end()
        return at

    def _row(self, text: str) -> None:
        """Take a row, from where the one before it ends to where it ends itself."""
        row = _ROW.match(text, self._empty_rows(text, 0))
        if row is None or len(text) > MAX_TEXT:
            raise NotPlain
        body = text[row.end() :]
        if not body:
            self._take(_attributes(row[1]), _EMPTY)
            return
        cells = _CELL.findall(body)
        if not cells:
            raise NotPlain
        whole, *sides = zip(*cells, strict=True)
        if sum(map(len, whole)) != len(body):
            raise NotPlain
        self._take(_attributes(row[1]), PlainRow(*sides))


def _attributes(text: str) -> Attributes:
    found = _ATTRIBUTE.findall(text)
    attributes = dict(found)
    if len(attributes) != len(found):
        raise NotPlain
    return attributes
