"""Cells that a spreadsheet takes for what they are: text. What would run as a formula is quoted, and unquoted on the way back.

Written by ourselves: the libraries' escaping looks at the first `=` only, and `==1+1`, a tab or a full-width ＝ gets through.
"""

import re
from decimal import Decimal

# Excel and its kin begin a formula at any of these; in an East Asian locale at the full-width ones too.
_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_BLANKS = " \u00a0\u3000"
# What XML 1.0 can't carry.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Value = str | int | Decimal


def _is_live(text: str) -> bool:
    return text.lstrip(_BLANKS)[:1] in _STARTS and bool(text.strip(_BLANKS))


def printable(text: str) -> str:
    """The text without what neither a workbook nor the database can hold."""
    return _UNPRINTABLE.sub("", text)


def inert(value: Value) -> Value:
    """The cell to write: a text that could be taken for a formula gets the apostrophe by which spreadsheets mark text."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if _is_live(text) else text


def plain(value: object) -> str:
    """The text of a cell that was read, without our apostrophe; a whole number as its digits, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if text.startswith("'") and _is_live(text[1:]):
        text = text[1:]
    return text.strip()
