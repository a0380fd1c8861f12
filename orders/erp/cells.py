"""Cells that a spreadsheet takes for text.

What would run as a formula is quoted when written; `sheets.text` unquotes it when it comes back.

Written by ourselves: the libraries' escaping looks at the first `=` only, and `==1+1`, a tab or a
full-width ＝ gets through.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from orders.erp.sheets.text import is_live

# What XML 1.0 can't carry.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Value = str | int | Decimal


def printable(text: str) -> str:
    """The text without what neither a workbook nor the database can hold."""
    return _UNPRINTABLE.sub("", text)


# Texts in which there is nothing to quote and nothing to leave out, and a row of them.
_PLAIN_TEXT = "[0-9A-Za-z一-鿿][ -~一-鿿×]*"
_PLAIN = re.compile(_PLAIN_TEXT)
_PLAIN_ROW = re.compile(f"(?:{_PLAIN_TEXT})?(?:\\0(?:{_PLAIN_TEXT})?)*")


def inert_row(values: Sequence[Value]) -> Sequence[Value]:
    """The cells of a row to write, each of them inert; most rows are plain as a whole."""
    together = "\0".join(map(str, values))
    if _PLAIN_ROW.fullmatch(together) and together.count("\0") == len(values) - 1:
        return values
    return [inert(value) for value in values]


def inert(value: Value) -> Value:
    """The cell to write: a text that could be taken for a formula gets the apostrophe by which spreadsheets mark text.

    So does one that begins with such an apostrophe itself: whoever takes one away has the text again.
    """
    if not isinstance(value, str) or not value or _PLAIN.fullmatch(value):
        return value
    text = printable(value)
    return f"'{text}" if is_live(text) else text
