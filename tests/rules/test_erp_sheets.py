"""What the workbook of a merchant says, as spreadsheets and programs write it (K2).

Whatever one of them may have changed is named.
"""

import datetime
import io
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from orders.erp.sheets import grid, parts, table
from orders.erp.sheets.faults import WorkbookTooLarge
from orders.erp.sheets.formats import shown_by
from tests.cases import for_each
from tests.rules.sheets import (
    HEADER,
    LINE,
    formatted,
    read,
    refusal,
    rewritten,
    rows_of,
    saved,
    with_sheet,
    workbook,
)

pytestmark = pytest.mark.rule("K2")


class TestWorkbookCells:
    """A cell is what was meant, or an error that names it."""

    @for_each(
        ("number", "digits"),
        [(26112000000001, "26112000000001"), (123.0, "123"), (0, "0"), (999999999999999, "999999999999999")],
    )
    def test_a_whole_number_of_up_to_15_digits_is_its_digits(self, number, digits):
        assert read(workbook([number, "SF", "1"])) == [(digits, "SF", "1", "", "")]

    def test_a_number_as_java_writes_it(self):
        content = with_sheet(
            '<row r="2"><c><v>2.6112000000001E13</v></c><c t="str"><v>SF</v></c><c><v>1.0</v></c></row></sheetData>'
        )
        assert read(content) == [("26112000000001", "SF", "1", "", "")]

    @for_each("number", [3.69421578901235e18, 7.7301234567890099e17, 1000000000000000, 1e300, -1e16])
    def test_more_than_15_digits_are_lost(self, number):
        assert [row[3:] for row in read(workbook([number, "SF", "1"]))] == [("digits_lost", "Sheet!A2")]
        assert [row[3:] for row in read(workbook(["1", "SF", number]))] == [("digits_lost", "Sheet!C2")]

    @for_each(
        "value", [1.5, -1, 1e-300, datetime.date(2026, 11, 20), datetime.datetime(2026, 11, 20, 8), datetime.time(8)]
    )
    def test_fractions_negatives_and_dates(self, value):
        assert read(workbook(["1", "SF", value]))[0][3:] == ("number_format", "Sheet!C2")

    @for_each(
        "code",
        [
            "0.00E+00",
            "##0.0E+0",
            "#,##0",
            "#,##0,",
            "000000000000",
            ";;;",
            "0.00",
            "0%",
            '"SF"0',
            "yyyy-mm-dd",
            "#",
            "?/?",
            ";0",
            "[>9]0",
        ],
    )
    def test_a_format_that_shows_a_number_otherwise(self, code):
        assert read(workbook(["1", "SF", 12345], change=formatted(code)))[0][3:] == ("number_format", "Sheet!C2")

    @for_each("code", ["General", "0", "@", "0_ ", r"0_);[Red]\(0\)", "0;-0"])
    def test_a_format_that_shows_its_digits(self, code):
        assert read(workbook(["1", "SF", 12345], change=formatted(code))) == [("1", "SF", "12345", "", "")]

    @for_each(("code", "fault"), [(";;;", "number_format"), ('"SF"@', "number_format"), (";;;@", ""), ('"@"0', "")])
    def test_a_format_that_shows_a_text_otherwise(self, code, fault):
        assert read(workbook(["1", "SF", "T1"], change=formatted(code)))[0][3] == fault

    def test_formats_that_are_built_in(self):
        plain = [number for number in range(60) if shown_by(number, None).numbers]
        assert plain == [0, 1, 49]

    @for_each("kind", ["b", "e", "d"])
    def test_booleans_errors_and_dates(self, kind):
        content = with_sheet(
            f'<row r="2"><c><v>1</v></c><c t="str"><v>SF</v></c><c t="{kind}"><v>1</v></c></row></sheetData>'
        )
        assert read(content)[0][3:] == ("not_text", "Sheet!C2")

    def test_a_formula_even_with_its_value(self):
        content = with_sheet(
            '<row r="2"><c><v>1</v></c><c t="str"><v>SF</v></c><c t="str"><f>A1</f><v>T1</v></c></row></sheetData>'
        )
        assert read(content)[0][3:] == ("formula", "Sheet!C2")
        assert read(workbook(["=1", "SF", "1"]))[0][3:] == ("formula", "Sheet!A2")
        assert read(workbook(["1", '=IF(1,"SF","")', "1"]))[0][3:] == ("formula", "Sheet!B2")

    def test_a_formula_that_fills_other_cells(self):
        row = '<row r="{0}"><c t="str"><v>{0}</v></c><c t="str"><v>SF</v></c><c t="str">{1}<v>T</v></c></row>'
        xml = row.format(2, '<f t="array" ref="C2:C3">X</f>') + row.format(3, "") + row.format(4, "") + "</sheetData>"
        assert [each[3:] for each in read(with_sheet(xml))] == [("formula", "Sheet!C2:C3")] * 2 + [("", "")]

    def test_texts_of_every_kind(self):
        rich = CellRichText("T", TextBlock(InlineFont(b=True), "1"))
        quoted = workbook(
            ["773012345678901234", "SF", rich], change=lambda _b, s: setattr(s["A2"], "quotePrefix", True)
        )
        assert read(quoted) == [("773012345678901234", "SF", "T1", "", "")]
        spoken = "<is><r><t>顺</t></r><r><t>丰</t></r><rPh><t>shunfeng</t></rPh></is>"
        cells = f'<c t="str"><v>A_x0031_</v></c><c t="inlineStr">{spoken}</c><c t="str"><v>T1_x000D_</v></c>'
        xml = f'<row r="2">{cells}</row></sheetData>'
        assert read(with_sheet(xml)) == [("A1", "顺丰", "T1", "", "")]

    @for_each(
        "text",
        [
            "'T1",
            "\u200bT1\ufeff",
            "\u00a0T1\u3000",
            "\u202dT1\u202c",
            "T\u00ad1",
            "Ｔ１",
            "T1\n",
            "\u2018T1",
            "'\u200b'T1",
        ],
    )
    def test_what_nobody_sees_is_no_part_of_a_number(self, text):
        assert read(workbook([text, text, text]))[0][0] == "T1"
        assert read(workbook([text, "SF", text]))[0][2:] == ("T1", "", "")

    def test_texts_that_cells_share(self):
        shared = "<si><t>T1</t></si><si><r><t>顺</t></r><r><t>丰</t></r><rPh><t>shunfeng</t></rPh></si>"
        row = '<row r="2"><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>{}</v></c></row></sheetData>'
        assert read(with_sheet(row.format(0), shared=shared)) == [("T1", "顺丰", "T1", "", "")]
        for wrong in ("2", "-1", "x"):
            assert refusal(with_sheet(row.format(wrong), shared=shared)) == ("workbook_broken", {})

    def test_inside_a_number_blanks_are_kept_and_so_refused_later(self):
        assert read(workbook(["77 30", "SF", "1"]))[0][0] == "77 30"


class TestWhatNobodySees:
    """Sheets, rows and columns that who looks at the file doesn't see."""

    @for_each("state", ["hidden", "veryHidden"])
    def test_a_hidden_sheet_is_not_read(self, state):
        def change(book, sheet):
            sheet.sheet_state = state
            other = book.create_sheet("发货")
            for row in [HEADER, ["2", "SF", 1e18]]:
                other.append(row)

        assert read(workbook(["1", "SF", "1"], change=change))[0][0::4] == ("2", "发货!C2")

    def test_several_sheets_are_asked_about(self):
        def change(book, _sheet):
            book.create_sheet("空")
            book.create_sheet("退货").append(["x"])

        content = workbook(["1", "SF", "1"], change=change)
        assert refusal(content) == ("several_sheets", {"names": "Sheet, 退货"})
        assert read(workbook(["1", "SF", "1"], change=lambda book, _s: book.create_sheet("空")))[0][0] == "1"

    def test_no_sheet_that_holds_anything(self):
        assert refusal(saved(openpyxl.Workbook())) == ("empty", {})

    def test_hidden_rows_and_filtered_ones(self):
        def change(_book, sheet):
            sheet.auto_filter.ref = "A1:C4"
            sheet.auto_filter.add_filter_column(0, ["1"])
            sheet.row_dimensions[3].hidden = True

        found = read(workbook(["1", "SF", "1"], ["2", "SF", "2"], ["3", "SF", "3"], change=change))
        assert [row[3:] for row in found] == [("", ""), ("row_hidden", "Sheet!3"), ("", "")]

    def test_a_row_without_height(self):
        row = '<row r="2" ht="0" customHeight="1"><c><v>1</v></c></row></sheetData>'
        assert read(with_sheet(row))[0][3] == "row_hidden"

    @for_each(("column", "fault"), [("B", "column_hidden"), ("D", "")])
    def test_hidden_columns(self, column, fault):
        def change(_book, sheet):
            sheet.column_dimensions[column].hidden = True

        assert read(workbook(["1", "SF", "1", "note"], change=change))[0][3] == fault
        assert (
            read(
                with_sheet(
                    '<row r="2"><c><v>1</v></c></row></sheetData>', '<cols><col min="2" max="9" width="0"/></cols>'
                )
            )[0][4]
            == "Sheet!B"
        )

    def test_merged_cells(self):
        def change(_book, sheet):
            sheet.merge_cells("A3:A4")
            sheet.merge_cells("E2:F2")  # not ours

        found = read(workbook(["1", "SF", "1"], ["2", "SF", "2"], [None, "SF", "3"], ["4", "SF", "4"], change=change))
        assert [row[3:] for row in found] == [("", ""), *[("merged_cells", "Sheet!A3:A4")] * 2, ("", "")]

    def test_a_blank_far_down_is_no_row(self):
        def change(_book, sheet):
            sheet["F1048576"] = " "
            sheet["A9"] = "\u200b"

        assert [row[0] for row in read(workbook(["1", "SF", "1"], change=change))] == ["1"]

    def test_rows_keep_their_number_in_the_spreadsheet(self):
        content = workbook(["1", "SF", "1"], [], ["3", "SF", "3"])
        assert [row.place for row in rows_of(content)] == [2, 4]


class TestLimits:
    """What is too much is refused before it is read, or as soon as it is met."""

    def test_rows(self, monkeypatch):
        monkeypatch.setattr(table, "MAX_ROWS", 3)
        monkeypatch.setattr(grid, "MAX_ROWS", 3)
        assert len(read(LINE + "1,SF,2\n" * 3)) == 3
        assert refusal(LINE + "1,SF,2\n" * 4) == ("too_many_rows", {"most": 3})
        assert len(read(workbook(*[["1", "SF", "2"]] * 3))) == 3
        assert refusal(workbook(*[["1", "SF", "2"]] * 4)) == ("too_many_rows", {"most": 3})

    def test_cells_empty_ones_too(self, monkeypatch):
        monkeypatch.setattr(parts, "MAX_ELEMENTS", 1000)
        assert refusal(with_sheet(f'<row r="2">{"<c/>" * 1000}</row></sheetData>'))[0] == "workbook_too_large"
        assert refusal(with_sheet(f"{'<row/>' * 1000}</sheetData>"))[0] == "workbook_too_large"
        with pytest.raises(WorkbookTooLarge):
            parts.XmlReader({}, {}).feed(b"<row>" + b"<c/>" * 1000 + b"</row>")

    def test_depth_and_lengths(self):
        assert refusal(with_sheet(f'<row r="2">{"<a>" * 40}'))[0] == "workbook_too_large"
        assert (
            refusal(with_sheet(f'<row r="2"><c t="str"><v>{"x" * 100_001}</v></c></row></sheetData>'))[0]
            == "workbook_too_large"
        )

    @pytest.mark.parametrize("limit", ["MAX_PARTS", "MAX_UNPACKED_BYTES", "MAX_SHARED_TEXT_BYTES"])
    def test_parts_and_what_they_unpack_to(self, monkeypatch, limit):
        content = with_sheet("</sheetData>")
        monkeypatch.setattr(parts, limit, 5)
        assert refusal(content)[0] == "workbook_too_large"

    def test_what_packs_too_well(self):
        content = io.BytesIO(workbook(["1", "SF", "1"]))
        with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as written:
            written.writestr("xl/small.xml", b"0" * 2**20)
        assert len(read(content.getvalue())) == 1, "a small file may"
        with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as written:
            written.writestr("xl/bomb.xml", b"0" * (21 * 2**20))
        assert refusal(content.getvalue())[0] == "workbook_too_large"

    @for_each(
        "declared",
        [
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        ],
    )
    def test_document_types(self, declared):
        content = rewritten(workbook(["1", "SF", "1"]), "<worksheet", f"{declared}<worksheet")
        assert refusal(content) == ("workbook_broken", {})

    @for_each(
        ("old", "new", "code"),
        [
            ('r="2"', 'r="900000000"', "too_many_rows"),
            ('r="2"', 'r="1"', "workbook_broken"),
            ('r="C2"', 'r="A2"', "workbook_broken"),
            ('r="C2"', 'r="C7"', "workbook_broken"),
            ("</sheetData>", "", "workbook_broken"),
        ],
    )
    def test_a_sheet_that_contradicts_itself(self, old, new, code):
        assert refusal(rewritten(workbook(["1", "SF", "2"]), old, new))[0] == code

    def test_a_row_that_comes_again(self):
        row = '<row r="2"><c t="str"><v>1</v></c><c t="str"><v>SF</v></c><c t="str"><v>2</v></c></row>'
        assert len(read(with_sheet(f"{row}</sheetData>"))) == 1
        assert refusal(with_sheet(f"{row}{row}</sheetData>")) == ("workbook_broken", {})

    def test_one_part_twice(self):
        content = io.BytesIO(workbook(["1", "SF", "1"]))
        with zipfile.ZipFile(content, "a") as written, pytest.warns(UserWarning, match="Duplicate name"):
            written.writestr("xl/worksheets/sheet1.xml", "<x/>")
        assert refusal(content.getvalue()) == ("workbook_broken", {})
