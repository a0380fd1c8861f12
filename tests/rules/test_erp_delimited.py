"""What a merchant's csv says, as spreadsheets and programs save it, and how a file's columns are found (K2)."""

import pytest

from tests.cases import for_each
from tests.rules.sheets import (
    LINE,
    read,
    refusal,
    rows_of,
)

pytestmark = pytest.mark.rule("K2")


class TestDelimited:
    """csv as spreadsheets and programs save it."""

    @for_each(
        "written",
        [
            '="773012345678901"',
            '"=""773012345678901"""',
            "'773012345678901",
            "\u200b773012345678901\u00a0",
            "７７３０12345678901",
        ],
    )
    def test_a_number_that_was_kept_from_a_spreadsheet(self, written):
        assert read(f"{LINE}{written},SF,{written}\n") == [("773012345678901", "SF", "773012345678901", "", "")]

    @for_each("written", ["1.23E+15", "1.23e15", '"1,23E+15"', "1E+15", "１.２３Ｅ+15"])
    def test_digits_that_a_spreadsheet_has_lost(self, written):
        assert read(f"{LINE}1,SF,{written}\n")[0][3:] == ("digits_lost", "C2")
        assert read(f"{LINE}{written},SF,1\n")[0][3:] == ("digits_lost", "A2")

    @for_each("written", ["TRUE", "#N/A", "#REF!", "2026-11-20", "2026/11/2", "2-Nov", "Nov-26", "####"])
    def test_what_a_spreadsheet_took_for_something_else(self, written):
        assert read(f"{LINE}1,SF,{written}\n")[0][3:] == ("not_text", "C2")

    def test_formulas(self):
        assert read(f"{LINE}=A1,SF,1\n")[0][3:] == ("formula", "A2")

    @for_each("number", ["1E15", "12E45", "SF1E5", "2026-1120", "JD-1", "NOV26"])
    def test_numbers_that_only_look_like_it(self, number):
        assert read(f"{LINE}1,SF,{number}\n") == [("1", "SF", number, "", "")]

    @for_each("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
    @for_each("delimiter", [",", ";", "\t", "|"])
    def test_encodings_and_delimiters(self, encoding, delimiter):
        text = "订单号,快递公司,运单号\r\n1,顺丰速运,2\r\n".replace(",", delimiter)
        assert read(text.encode(encoding)) == [("1", "顺丰速运", "2", "", "")]

    @for_each("line", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;"])
    def test_the_line_that_names_the_delimiter_is_no_row(self, line):
        content = f"\ufeff{line}\r\norder_number;carrier;tracking_number\r\n1;S,F;2\r\n"
        assert [(row.place, row.carrier) for row in rows_of(content.encode())] == [(2, "S,F")]

    @for_each("end", ["\n", "\r\n", "\r"])
    def test_ends_of_lines_empty_columns_and_quoted_lines(self, end):
        content = (
            f'order_number,carrier,tracking_number,note,,{end}1,SF,2,"two{end}lines",,{end},,,,,{end}3,SF,4,,,{end}'
        )
        assert [(row.place, row.number) for row in rows_of(content.encode())] == [(2, "1"), (4, "3")]

    def test_a_quarter_of_a_million_empty_lines(self):
        assert read(LINE + "\n" * 125_000 + ",,\n" * 125_000 + "1,SF,2\n") == [("1", "SF", "2", "", "")]

    @for_each("line", ['1,"SF,2\n3,SF,4\n', '1,SF,2,"x\n', '1,"S"F,2\n'])
    def test_a_quotation_mark_that_swallows_rows(self, line):
        assert refusal(LINE + line)[0] == "csv_broken"

    def test_bytes_that_are_no_text(self):
        assert refusal(b"\xff\xfe\x00\x01\xff") == ("encoding_unknown", {})
        assert refusal(b"\xd0\xcf\x11\xe0rest") == ("old_or_locked", {})
        assert refusal(b"PK\x03\x04rest") == ("workbook_broken", {})


class TestHeader:
    """The first row says where the columns are."""

    @for_each(
        "header",
        [
            "订单编号,物流公司,快递单号",
            "Order Number,Carrier,Tracking-Number",
            "ＯＲＤＥＲ　NO,承运商,运单号*",
            "\u200b订单号（必填）,快递公司：,物流单号",
            "x,Order,Courier,Tracking",
        ],
    )
    def test_names_in_both_languages(self, header):
        at = header.count(",") - 2
        assert read(f"{header}\n{'x,' * at}1,SF,2\n") == [("1", "SF", "2", "", "")]

    def test_columns_that_are_missing_or_twice(self):
        assert refusal("order_number,carrier\n1,2\n") == ("columns_missing", {"names": "tracking_number"})
        assert refusal("订单号,carrier,tracking_number,订单编号\n1,SF,2,3\n") == (
            "column_twice",
            {"names": "A (订单号), D (订单编号)"},
        )
        assert read("number,order_number,carrier,tracking_number\n5,1,SF,2\n") == [("1", "SF", "2", "", "")]

    def test_no_row_at_all(self):
        assert refusal("") == refusal("\n ,\n\u200b\n") == ("empty", {})
