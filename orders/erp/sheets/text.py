"""What people and spreadsheets write into a cell, as the text that is meant."""

import re
import unicodedata

from orders.erp.sheets.faults import DIGITS_LOST, FORMULA, NOT_TEXT

# A spreadsheet begins a formula at any of these; in an East Asian locale at the full-width ones too.
STARTS = frozenset("=+-@\t\r\n＝＋－＠")
BLANKS = " \u00a0\u3000"
_APOSTROPHES = "'\u2018\u2019`"
# Letters by their category, and nothing to see all the same.
_FILLERS = "\u115f\u1160\u3164\uffa0\u034f"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

# A workbook writes characters that XML can't carry by their code.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_AS_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+E[+-]?|E\+)\d{1,3}", re.IGNORECASE)
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|NULL!|NUM!|DIV/0!|SPILL!|CALC!|#+)|#+", re.IGNORECASE)
_OTHER_VALUE = re.compile(
    rf"TRUE|FALSE|\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}(?: .*)?|\d{{1,2}}-{_MONTH}(?:-\d{{2,4}})?|{_MONTH}-\d{{1,4}}",
    re.IGNORECASE,
)


def is_live(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula, or would without apostrophes and what nobody sees."""
    core = visible(text).lstrip("' ")
    return bool(core) and (core[0] in STARTS or text.lstrip(f"'{BLANKS}")[0] in STARTS)


def visible(text: str) -> str:
    """The text without what nobody sees: marks of direction and width, controls, blanks around it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (" " if char.isspace() else char for char in text if char not in _FILLERS and _is_kept(char))
    return "".join(kept).strip()


def _is_kept(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs")


def unescaped(text: str) -> str:
    """The text of a workbook's cell, with what is written there by its code."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


def words(text: str) -> str:
    """A name in a csv as it was meant: without the apostrophe that marks text, out of a formula that is only text."""
    if text.startswith("'") and is_live(text[1:]):
        return visible(text[1:])
    return _as_text(visible(text)).strip()


def identifier(text: str) -> str:
    """An order's or parcel's number as it was meant: plain letters and digits, without quotes of any kind around it."""
    if _is_bare(text):
        return text
    text = visible(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _as_text(text).lstrip(_APOSTROPHES).strip()


def is_bare_number(text: str) -> bool:
    """Whether a csv's cell is digits that a spreadsheet keeps as a number: the zeros that it began with are gone."""
    text = visible(text)
    return text.isascii() and text.isdigit() and not text.startswith("0")


def _is_bare(text: str) -> bool:
    """Whether it is letters and digits alone, as most numbers are: nothing to take away, no formula or error."""
    return text.isascii() and text.isalnum()


def _as_text(text: str) -> str:
    """`="773012"` is how programs make a spreadsheet keep a number's digits."""
    inside = _AS_FORMULA.fullmatch(text)
    return inside[1].replace('""', '"') if inside else text


def fault_of(number: str) -> str:
    """The code of what a spreadsheet has made of an order's or parcel's number; empty when it may be what was meant."""
    if _is_bare(number) and not _OTHER_VALUE.fullmatch(number):
        return ""
    if number.startswith("="):
        return FORMULA
    if _SCIENTIFIC.fullmatch(number):
        return DIGITS_LOST
    return NOT_TEXT if _ERROR.fullmatch(number) or _OTHER_VALUE.fullmatch(number) else ""


def heading(text: str) -> str:
    """A column's name as it is looked up: case, width, blanks, hyphens and marks of what is required don't matter."""
    plain = unicodedata.normalize("NFKC", words(text)).casefold()
    plain = re.sub(r"[*:]|\((?:必填|required)\)", "", plain)
    return "_".join(plain.replace("-", " ").replace("_", " ").split())
