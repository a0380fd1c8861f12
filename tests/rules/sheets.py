"""Files as merchants bring them, and what the reading says of them: what tests of the ERP's files share."""

import io
import zipfile

import openpyxl
import pytest

from orders.erp.sheets.faults import Unreadable
from orders.erp.sheets.table import read_table

HEADER = ["order_number", "carrier", "tracking_number"]
LINE = "order_number,carrier,tracking_number\n"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rows_of(content: bytes):
    return list(read_table(io.BytesIO(content)))


def read(content: bytes | str):
    """(order number, carrier, tracking number, fault, cell) of each row."""
    found = rows_of(content.encode() if isinstance(content, str) else content)
    return [(row.number, row.carrier, row.tracking_number, row.fault, row.cell) for row in found]


def refusal(content: bytes | str):
    with pytest.raises(Unreadable) as caught:
        read(content)
    return caught.value.code, caught.value.facts


def saved(book) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(*rows, change=None) -> bytes:
    book = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    if change:
        change(book, book.active)
    return saved(book)


def rewritten(content: bytes, old: str, new: str, part: str = "sheet1") -> bytes:
    """The workbook with a part's text replaced."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name in source.namelist():
            text = source.read(name)
            if part in name:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            written.writestr(name, text)
    return target.getvalue()


def with_sheet(xml: str, head: str = "", shared: str = "") -> bytes:
    """A workbook whose sheet has the header and then this, as it stands; `shared` are the texts that cells point to."""
    names = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    sheet = f'<worksheet xmlns="{MAIN}">{head}<sheetData><row r="1">{names}</row>{xml}</worksheet>'
    source, target = zipfile.ZipFile(io.BytesIO(workbook())), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name in source.namelist():
            text = sheet if "sheet1" in name else source.read(name).decode()
            if name == "xl/_rels/workbook.xml.rels":
                relation = '<Relationship Id="s" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>'
                text = text.replace("</Relationships>", f"{relation}</Relationships>")
            written.writestr(name, text)
        written.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{shared}</sst>')
    return target.getvalue()


def formatted(code, cell="C2"):
    def change(_book, sheet):
        sheet[cell].number_format = code

    return change
