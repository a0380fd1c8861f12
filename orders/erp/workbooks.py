"""A workbook of one sheet, written row by row as text: no object stands for a cell, and nothing is kept of a row.

Written by ourselves: a library makes objects of every cell, which took twenty times what the text takes.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count
from typing import IO

from orders.erp.cells import Value, printable
from orders.erp.sheets.grid import column_name
from orders.erp.sheets.text import is_live

_PACKED = 1  # how hard it is packed: half of the time goes into it beyond
_TOGETHER = 500  # rows that are packed at once
# Texts that mean to XML, and to a spreadsheet, just what they are: a letter or digit first, no blank last.
_PLAIN = re.compile(r"[0-9A-Za-z一-鿿](?:[ -%'-;=?-^`-~一-鿿×]*[!-%'-;=?-^`-~一-鿿×])?")
# What a workbook's reader would take for a character's code, and what XML would make a line's end of.
_LIKE_A_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_QUOTED = 1  # the style of a text that stays one when somebody edits it

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="orders" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def write_workbook(
    file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Value]], widths: Sequence[int]
) -> None:
    """The header and the rows as the sheet of a workbook; the header and the first column stay in view."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED) as book:
        for name, text in _PARTS.items():
            book.writestr(name, _HEAD + text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_beginning(widths).encode())
            columns = [column_name(at) for at in range(len(header))]
            waiting: list[str] = []
            for number, row in zip(count(1), _with(header, rows)):
                waiting.append(_row(number, columns, row))
                if len(waiting) == _TOGETHER:
                    sheet.write("".join(waiting).encode())
                    waiting.clear()
            sheet.write(("".join(waiting) + "</sheetData></worksheet>").encode())


def _with(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterable[Sequence[Value]]:
    yield header
    yield from rows


def _beginning(widths: Sequence[int]) -> str:
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" '
        f'topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews><cols>{columns}</cols>'
        "<sheetData>"
    )


def _row(number: int, columns: Sequence[str], values: Sequence[Value]) -> str:
    cells = []
    for column, value in zip(columns, values, strict=True):
        if isinstance(value, int | Decimal):
            cells.append(f'<c r="{column}{number}"><v>{value}</v></c>')
        elif value:
            if _PLAIN.fullmatch(value):
                cells.append(f'<c r="{column}{number}" t="inlineStr"><is><t>{value}</t></is></c>')
            else:
                cells.append(_text(f"{column}{number}", value))
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text(reference: str, value: str) -> str:
    """A text as the text that it is, whatever it looks like; a spreadsheet keeps it one even when it is edited."""
    text = _LIKE_A_CODE.sub("_x005F_", printable(value)).replace("\r", "_x000D_")
    style = f' s="{_QUOTED}"' if is_live(text) or text.startswith("#") else ""
    written = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c r="{reference}"{style} t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'
