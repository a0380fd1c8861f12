"""An uploaded file as rows: csv in the encodings that merchants' programs write, or xlsx; hostile ones are refused.

Nothing here asks the database. A file is read as a stream; its size, the size it unpacks to, and its rows are bounded.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from common.errors import Invalid
from orders.erp.cells import plain

MIB = 2**20
MAX_FILE_BYTES = 20 * MIB
MAX_UNPACKED_BYTES = 200 * MIB
MAX_SHARED_TEXT_BYTES = 50 * MIB  # the one part of a workbook that is kept in memory
MAX_PARTS = 500
MAX_ROWS = 100_000
MAX_COLUMNS = 60
MAX_CELL = 2000

XLSX_MAGIC = b"PK\x03\x04"
XLS_MAGIC = b"\xd0\xcf\x11\xe0"
ENCODINGS = ("utf-8-sig", "gb18030")
# Our own export's names, and what ERPs and people call the same. Case, spaces and hyphens don't matter.
NAMES = {
    "number": ("order_number", "order", "number", "order_no", "订单编号", "订单号"),
    "carrier": ("carrier", "carrier_name", "express_company", "快递公司", "物流公司", "承运商"),
    "tracking_number": ("tracking_number", "tracking", "tracking_no", "运单号", "快递单号", "物流单号", "运单编号"),
}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of the file as it is written there; `place` is its row in the spreadsheet, the header's being 1 or more."""

    place: int
    number: str
    carrier: str
    tracking_number: str


def read_rows(file: IO[bytes]) -> Iterator[FileRow]:
    """The file's rows below its header, empty ones left out. Invalid (`file`) for what can't be read or is too large."""
    file.seek(0, io.SEEK_END)
    if file.tell() > MAX_FILE_BYTES:
        raise _invalid(
            _("The file is too large: at most %(most)d MB.") % {"most": MAX_FILE_BYTES // MIB}, "file_too_large"
        )
    file.seek(0)
    magic = file.read(len(XLSX_MAGIC))
    file.seek(0)
    if magic == XLS_MAGIC:
        raise _invalid(_("This is an old .xls file: save it as .xlsx or .csv."), "file_type")
    with closing(_xlsx(file) if magic == XLSX_MAGIC else _csv(file)) as rows:
        yield from _named(rows)


def _invalid(detail: str, code: str = "invalid") -> Invalid:
    return Invalid("file", detail, code)


def _named(rows: Iterator[Sequence[object]]) -> Iterator[FileRow]:
    """Find the header, and read its columns from the rows below."""
    columns: dict[str, int] | None = None
    found = 0
    for place, cells in enumerate(rows, 1):
        if place > 2 * MAX_ROWS:
            raise _too_many()
        texts = [plain(cell) for cell in cells[:MAX_COLUMNS]]
        if not any(texts):
            continue
        if columns is None:
            columns = _columns(texts)
            continue
        found += 1
        if found > MAX_ROWS:
            raise _too_many()
        row = {name: texts[at][:MAX_CELL] if at < len(texts) else "" for name, at in columns.items()}
        yield FileRow(place, **row)
    if columns is None:
        raise _invalid(_("The file is empty."), "empty")


def _too_many() -> Invalid:
    return _invalid(_("The file has too many rows: at most %(most)d.") % {"most": MAX_ROWS}, "too_many_rows")


def _columns(header: Sequence[str]) -> dict[str, int]:
    written = {}
    for at, text in enumerate(header):
        written.setdefault("_".join(text.lower().replace("-", " ").split()), at)
    found = {name: next((written[word] for word in words if word in written), None) for name, words in NAMES.items()}
    missing = [NAMES[name][0] for name, at in found.items() if at is None]
    if missing:
        raise _invalid(
            _("The first row must name the columns; missing: %(names)s.") % {"names": ", ".join(missing)},
            "columns_missing",
        )
    return {name: at for name, at in found.items() if at is not None}


def _csv(file: IO[bytes]) -> Iterator[list[str]]:
    text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
    try:
        head = text.readline(MAX_CELL)
        text.seek(0)
        delimiter = max(",\t;", key=head.count)
        yield from csv.reader(text, delimiter=delimiter)
    except csv.Error as error:
        raise _invalid(_("The file is not proper csv: %(error)s") % {"error": error}) from error
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """The first encoding in which every byte means something."""
    for encoding in ENCODINGS:
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=encoding)
        try:
            while text.read(MIB):
                pass
        except UnicodeDecodeError:
            continue
        finally:
            text.detach()
            file.seek(0)
        return encoding
    raise _invalid(_("The file is neither xlsx nor text in UTF-8 or GB18030."), "file_type")


def _xlsx(file: IO[bytes]) -> Iterator[Sequence[object]]:
    with _workbook_errors():
        _check_unpacked(file)
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its own size is no promise
            yield from sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
        finally:
            book.close()


def _check_unpacked(file: IO[bytes]) -> None:
    """Refuse what would unpack to too much. zipfile never unpacks more of a part than is declared here."""
    with zipfile.ZipFile(file) as parts:
        sizes = {part.filename: part.file_size for part in parts.infolist()}
    shared = sum(size for name, size in sizes.items() if name.lower().endswith("sharedstrings.xml"))
    if len(sizes) > MAX_PARTS or sum(sizes.values()) > MAX_UNPACKED_BYTES or shared > MAX_SHARED_TEXT_BYTES:
        raise _invalid(_("The workbook unpacks to too much; export it anew or save it as csv."), "file_too_large")
    file.seek(0)


@contextmanager
def _workbook_errors():
    """A broken workbook breaks openpyxl in many ways; all of them mean that the file can't be read."""
    try:
        yield
    except (Invalid, GeneratorExit):
        raise
    except Exception as error:
        raise _invalid(_("The workbook can't be read; export it anew or save it as csv."), "file_type") from error
