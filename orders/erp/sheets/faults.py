"""What keeps a file, or one of its rows, from being read. Codes only: the words are the caller's."""

from dataclasses import dataclass, field


@dataclass
class Unreadable(Exception):
    """The file as a whole can't be read; `facts` are what its sentence names."""

    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


class WorkbookBroken(Unreadable):
    """Not a workbook, or not a sound one."""

    def __init__(self):
        super().__init__("workbook_broken")


class WorkbookTooLarge(Unreadable):
    """It would unpack to too much."""

    def __init__(self):
        super().__init__("workbook_too_large")


# Of a cell: a spreadsheet has, or may have, changed what was meant.
DIGITS_LOST = "digits_lost"  # a number of more than 15 digits, or one that was written as 1.23E+15
NUMBER_FORMAT = "number_format"  # shown otherwise than it is kept: dates, fractions, separators, padding, hidden
ZEROS_LOST = "zeros_lost"  # a number that seems to lack the zeros that it began with
NOT_TEXT = "not_text"  # true or false, a date, an error
FORMULA = "formula"
MERGED_CELLS = "merged_cells"
# Of a row: nobody sees it who looks at the sheet.
ROW_HIDDEN = "row_hidden"
COLUMN_HIDDEN = "column_hidden"
