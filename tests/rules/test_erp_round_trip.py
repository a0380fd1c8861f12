"""What we write into a file, a spreadsheet shows as it is and an import reads as it was (K2)."""

import csv
import io

import openpyxl
import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orders.erp.cells import inert, inert_row, printable
from orders.erp.export import COLUMNS, ExportFormat, write_table
from orders.erp.sheets.table import columns_of, read_table
from orders.erp.sheets.text import visible
from tests.cases import for_each

pytestmark = pytest.mark.rule("K2")

LIVE = ["=1+1", "==1+1", "+1", "-1", "@小明", "\t=1", "\r=1", " =1+1", "＝1+1", "＋1", "－1", "＠a", "'=1", "\u200b=1"]
HEADER = ["order_number", "carrier", "tracking_number"]
letters = st.text(st.one_of(st.sampled_from("=+-@'\"\t\r\n ＝\u200b\u00a0_x0D#;,"), st.characters()), max_size=12)


def written(text: str, kind: ExportFormat):
    return write_table(HEADER, [["26112000000001", text, "SF0012"]], kind)


def as_a_spreadsheet_has_it(text: str, kind: ExportFormat) -> str:
    with written(text, kind) as file:
        if kind == ExportFormat.XLSX:
            cell = openpyxl.load_workbook(file).active["B2"]
            assert cell.data_type == "s"
            return cell.value
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))[1][1]


@settings(max_examples=150, deadline=None)
@given(letters)
@example('="1"')
@example("'=1")
@example("'\u200b=1")
@example("_x0041_")
@example("#N/A")
def test_what_is_exported_comes_back(text):
    for kind in ExportFormat:
        with written(text, kind) as file:
            [row] = read_table(file)
        meant = visible(printable(text))
        assert (row.number, row.carrier, row.tracking_number, row.fault) == ("26112000000001", meant, "SF0012", ""), (
            kind
        )


@for_each("text", LIVE)
def test_what_looks_like_a_formula_is_text(text):
    assert as_a_spreadsheet_has_it(text, ExportFormat.CSV) == f"'{text}"
    assert as_a_spreadsheet_has_it(text, ExportFormat.XLSX).replace("_x000D_", "\r") == text


@for_each("text", ["小明", "O'Neil", "'quoted'", "a=b", "1-2", "#1", "é", "12:30"])
def test_what_does_not_is_left_alone(text):
    assert as_a_spreadsheet_has_it(text, ExportFormat.CSV) == as_a_spreadsheet_has_it(text, ExportFormat.XLSX) == text


@for_each("language", ["en", "zh-hans"])
def test_an_import_knows_the_columns_of_our_exports_in_every_language(language):
    with translation.override(language):
        labels = [str(label) for label in COLUMNS.values()]
    assert len(set(labels)) == len(COLUMNS)
    assert {name: list(COLUMNS)[at] for name, at in columns_of(dict(enumerate(labels))).items()} == {
        "number": "order_number",
        "carrier": "carrier",
        "tracking_number": "tracking_number",
    }


@settings(max_examples=200, deadline=None)
@given(st.lists(letters, min_size=1, max_size=4))
@example(["\0a"])
@example(["", "\na"])
@example(["a", "=1"])
def test_a_row_is_inert_as_its_cells_are(texts):
    assert list(inert_row(texts)) == [inert(text) for text in texts]
