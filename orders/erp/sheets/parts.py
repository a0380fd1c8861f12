"""The parts of a workbook: a zip of XML, bounded before and while it is unpacked."""

import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from posixpath import dirname, join, normpath
from typing import IO, Protocol
from xml.parsers import expat

from orders.erp.sheets.faults import WorkbookBroken, WorkbookTooLarge
from orders.erp.sheets.limits import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_PARTS,
    MAX_RATIO,
    MAX_SHARED_TEXT_BYTES,
    MAX_TEXT,
    MAX_UNPACKED_BYTES,
    RATIO_MATTERS_FROM_BYTES,
)

CHUNK = 2**16
_MAIN = "schemas.openxmlformats.org/spreadsheetml/2006/main", "purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Attributes = dict[str, str]
# Each tag with what is done where it begins and where it ends (with the text of a cell's tags).
Starts = Mapping[str, Callable[[Attributes], None]]
Ends = Mapping[str, Callable[[str], None]]


class Parts:
    """The parts of one file, by name."""

    def __init__(self, file: IO[bytes]):
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise WorkbookBroken from error
        entries = self._zip.infolist()
        self._names = {entry.filename.casefold(): entry for entry in entries}
        if len(self._names) != len(entries) or any(entry.compress_type not in _READABLE for entry in entries):
            raise WorkbookBroken
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries) or 1
        shared = sum(size.file_size for name, size in self._names.items() if name.endswith("sharedstrings.xml"))
        if len(entries) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or shared > MAX_SHARED_TEXT_BYTES:
            raise WorkbookTooLarge
        if unpacked > RATIO_MATTERS_FROM_BYTES and unpacked > packed * MAX_RATIO:
            raise WorkbookTooLarge

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.casefold() in self._names

    def read(self, name: str, reader: "Reader", tell: Callable[[float], None] | None = None) -> None:
        """Read a part from its beginning to its end, or until the reader has enough, telling which share is read.

        WorkbookBroken when it is missing or unsound.
        """
        entry = self._names.get(name.casefold())
        if entry is None:
            raise WorkbookBroken
        try:
            with self._zip.open(entry) as part:
                # zipfile gives no more than the size that the entry declares, which was counted above.
                while not reader.has_enough and (chunk := part.read(CHUNK)):
                    reader.feed(chunk)
                    if tell is not None:
                        tell(part.tell() / entry.file_size)
        except (zipfile.BadZipFile, expat.ExpatError, RuntimeError, OSError, EOFError, ValueError) as error:
            raise WorkbookBroken from error

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part points to: id → (last word of the type, name of the part)."""
        found: dict[str, tuple[str, str]] = {}

        def relation(attributes: Attributes) -> None:
            with suppress(KeyError):
                target = normpath(join("/", dirname(part), attributes["Target"])).lstrip("/")
                found[attributes["Id"]] = attributes["Type"].rpartition("/")[2], target

        name = join(dirname(part), "_rels", f"{part.rpartition('/')[2]}.rels")
        self.read(name, XmlReader({f"{_RELATIONS} Relationship": relation}, {}))
        return found


class Reader(Protocol):
    """What a part is read by, piece by piece, until it `has_enough`."""

    has_enough: bool

    def feed(self, chunk: bytes) -> None:
        """Read on."""


class XmlReader:
    """A stream of XML without document types, entities and depths.

    Tags are those of spreadsheets unless told in full.
    """

    def __init__(self, starts: Starts, ends: Ends):
        self.has_enough = False
        self._starts = _in_full(starts)
        self._ends = _in_full(ends)
        self._depth = self._elements = 0
        self._text: list[str] = []
        self._length = 0
        self._is_text = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._forbidden
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data

    def feed(self, chunk: bytes) -> None:
        """Read on."""
        self._parser.Parse(chunk)

    def count(self, elements: int) -> None:
        """So many elements were read elsewhere."""
        self._elements += elements
        if self._elements > MAX_ELEMENTS:
            raise WorkbookTooLarge

    def _forbidden(self, *_declaration) -> None:
        raise WorkbookBroken

    def _start(self, tag: str, attributes: Attributes) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise WorkbookTooLarge
        self._is_text = tag in _TEXTS
        begin = self._starts.get(tag)
        if begin is not None:
            begin(attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._is_text = False
        end = self._ends.get(tag)
        if not self._length:
            if end is not None:
                end("")
            return
        if end is not None:
            end("".join(self._text))
        self._text, self._length = [], 0

    def _data(self, text: str) -> None:
        if not self._is_text:
            return
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise WorkbookTooLarge
        self._text.append(text)


def _in_full(handlers: Mapping[str, Callable]) -> dict[str, Callable]:
    return {
        name: do
        for tag, do in handlers.items()
        for name in ([tag] if " " in tag else [f"http://{space} {tag}" for space in _MAIN])
    }


_TEXTS = frozenset(_in_full({"v": str, "t": str}))  # the tags whose text is a cell's
