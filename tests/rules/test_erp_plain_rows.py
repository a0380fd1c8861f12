"""Rows that are read by patterns mean what their tags mean; what the patterns don't know is left to the tags (K2)."""

import io
import zipfile
from html import escape
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.erp.sheets import grid, parts, plain
from orders.erp.sheets.faults import Unreadable
from orders.erp.workbooks import write_workbook
from tests.rules.sheets import HEADER, formatted, read, with_sheet, workbook

pytestmark = pytest.mark.rule("K2")

CELLS = '<c r="A2" t="str"><v>1</v></c><c r="B2" t="str"><v>SF</v></c><c r="C2" t="str"><v>T1</v></c>'
PLAIN = f'<row r="2">{CELLS}</row></sheetData>'


def both(content: bytes, monkeypatch) -> tuple:
    """What each way says: rows, or the code of why not. Who looks whether a sheet holds anything reads its header."""
    monkeypatch.setattr(parts, "CHUNK", 50)
    with monkeypatch.context() as only:
        only.setattr(grid, "_read_plain", _not_plain)
        tags = said(content)
    return said(content), tags


def _not_plain(*_arguments):
    raise plain.NotPlain


def said(content: bytes):
    try:
        return read(content)
    except Unreadable as refused:
        return refused.code


@pytest.fixture
def by_patterns(monkeypatch):
    """Fails where a sheet is read tag by tag."""

    def never(*_arguments):
        raise AssertionError("read tag by tag")

    monkeypatch.setattr(grid, "_read_tags", never)


def ours() -> bytes:
    """A workbook as our own export writes it."""
    file = io.BytesIO()
    write_workbook(
        file, HEADER, [["1", "SF", "T1"], ["00123", "顺丰 & <Co>", "'7"], ["", "", ""], [4, "", "T4"]], [9] * 3
    )
    return file.getvalue()


@pytest.mark.usefixtures("by_patterns")
class TestWhatIsPlain:
    """The spellings of the programs that write most files."""

    def test_our_own_export(self):
        found = [row[:3] for row in read(ours())]
        assert found == [("1", "SF", "T1"), ("00123", "顺丰 & <Co>", "7"), ("4", "", "T4")]

    def test_openpyxl_with_shared_texts_numbers_and_formats(self):
        content = workbook([26112000000001, "顺丰", "T1"], ["2", "SF", 12345], change=formatted("0.00", "C3"))
        assert [row[:4] for row in read(content)] == [
            ("26112000000001", "顺丰", "T1", ""),
            ("2", "SF", "12345", "number_format"),
        ]

    def test_characters_by_their_names_and_numbers(self):
        xml = PLAIN.replace("SF", "A&amp;B&#20;".replace("&#20;", "&#65;&#x42;"))
        assert read(with_sheet(xml))[0][1] == "A&BAB"

    def test_what_stands_around_the_rows_counts(self):
        merged = f'{PLAIN}<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
        assert read(with_sheet(merged))[0][3] == "merged_cells"
        hidden = '<cols><col min="3" max="3" hidden="1" width="9"/></cols>'
        assert read(with_sheet(PLAIN, hidden))[0][3] == "column_hidden"

    def test_hidden_and_empty_rows(self):
        xml = (
            f'<row r="2" hidden="1">{CELLS}</row><row r="3"/><row r="4"></row><row r="5"><c r="C5"/></row></sheetData>'
        )
        assert [row[3:] for row in read(with_sheet(xml))] == [("row_hidden", "Sheet!2")]

    def test_rows_that_come_in_pieces(self, monkeypatch):
        monkeypatch.setattr(parts, "CHUNK", 7)
        assert len(read(ours())) == 3


@pytest.mark.parametrize(
    "xml",
    [
        PLAIN.replace("<v>T1</v>", "<f>A1</f><v>T1</v>"),
        PLAIN.replace("<v>T1</v>", "<v><![CDATA[T1]]></v>"),
        PLAIN.replace("<v>T1</v>", "<v>T<!-- 2 -->1</v>"),
        PLAIN.replace("<v>T1</v>", "<v>T&#49;</v><v>2</v>"),
        PLAIN.replace('r="C2" t="str"', 't="str" r="C2"'),
        PLAIN.replace('r="C2"', "r='C2'"),
        PLAIN.replace('r="C2"', ""),
        PLAIN.replace('r="C2"', 'r="C7"'),
        PLAIN.replace('r="C2"', 'r="A2"'),
        PLAIN.replace('r="C2"', 'r="C2" r="C2"'),
        PLAIN.replace('r="2"', 'r="2" r="2"'),
        PLAIN.replace('r="2"', 'r="0"'),
        PLAIN.replace("T1", "&nosuch;"),
        PLAIN.replace("T1", "&#0;"),
        PLAIN.replace("T1", "T\x011"),
        PLAIN.replace("T1", "T1\r\n"),
        PLAIN.replace("T1", "x" * 100_001),
        PLAIN.replace("<row", "\r\n <row").replace("</row>", "\r\n</row>"),
        PLAIN.replace("</sheetData>", "<row>"),
        PLAIN.replace("</sheetData>", ""),
        f"{PLAIN}<!-- </sheetData> -->",
        f"<!-- <sheetData> -->{PLAIN}",
        PLAIN.replace("</c></row>", "</c><x/></row>"),
        PLAIN.replace('t="str"><v>T1</v>', 't="inlineStr"><is><r><t>T</t></r><r><t>1</t></r></is>'),
        PLAIN.replace('t="str"><v>T1</v>', 't="s"><v>0</v>'),
        PLAIN.replace('t="str"><v>T1</v>', 's="99999"><v>1</v>'),
        PLAIN.replace('t="str"><v>T1</v>', "><v> 12 </v>"),
        PLAIN.replace('t="str"><v>T1</v>', 't="b"><v>1</v>'),
    ],
)
def test_what_is_not_plain_says_what_its_tags_say(xml, monkeypatch):
    patterns, tags = both(with_sheet(xml), monkeypatch)
    assert patterns == tags


def test_another_encoding_is_read_tag_by_tag(monkeypatch):
    source, target = zipfile.ZipFile(io.BytesIO(with_sheet(PLAIN.replace("SF", "Äpfel")))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for name in source.namelist():
            content = source.read(name)
            if "sheet1" in name:
                text = f'<?xml version="1.0" encoding="iso-8859-1"?>{content.decode()}'
                content = text.encode("iso-8859-1")
            written.writestr(name, content)
    patterns, tags = both(target.getvalue(), monkeypatch)
    assert patterns == tags
    assert patterns[0][1] == "Äpfel"


TEXTS = st.text(st.sampled_from("AZ019 顺丰&<>\"'=\u200b\u3000_x"), max_size=8)
NUMBERS = st.sampled_from(["1", "00123", "1.5", "2.6112E13", "123456789012345678", "-4", "", " 7", "x"])
CELL = st.tuples(
    st.sampled_from(["n", "", "str", "inlineStr", "s", "b"]), st.sampled_from(["", "0", "1", "9"]), TEXTS, NUMBERS
)


@st.composite
def sheets(draw) -> str:
    """Rows of a sheet: some columns of each, now and then without references."""
    lines = []
    for number in range(2, draw(st.integers(2, 5))):
        columns = sorted(draw(st.sets(st.integers(0, 4))))
        is_named = draw(st.booleans())
        cells = []
        for column in columns if is_named else range(len(columns)):
            kind, style, text, digits = draw(CELL)
            where = f' r="{ascii_uppercase[column]}{number}"' if is_named else ""
            style = f' s="{style}"' if style else ""
            value = digits if kind in ("n", "", "s", "b") else escape(text, quote=False)
            inside = f'<is><t xml:space="preserve">{value}</t></is>' if kind == "inlineStr" else f"<v>{value}</v>"
            named = f' t="{kind}"' if kind else ""
            cells.append(f"<c{where}{style}{named}>{inside if value else ''}</c>")
        hidden = draw(st.sampled_from(["", ' hidden="1"']))
        lines.append(f'<row r="{number}"{hidden}>{"".join(cells)}</row>')
    return "".join(lines) + "</sheetData>"


@settings(max_examples=150, deadline=None)
@given(sheets())
def test_both_ways_say_the_same(xml):
    content = with_sheet(xml, shared="<si><t>T1</t></si><si><t> </t></si>")
    with pytest.MonkeyPatch.context() as patch:
        patterns, tags = both(content, patch)
    assert patterns == tags
