"""What a text may hold: one rule for what comes over the API, in forms of the desk and from marketplaces.

Somebody who can correct a text is told what to take out (`fault_in`); from a marketplace's it is taken out
(`without_unfit`). Text in which there is nothing to see is blank (`is_blank`).
"""

import re
import unicodedata
from enum import Enum

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.search import FILLERS

# Controls, half characters and what Unicode says is none; marks that have what follows read in another direction.
_NEVER = "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069"
_BREAKS = "\t\n\r\x85\u2028\u2029"
_BLANKS = f"{FILLERS}\u2800"  # U+2800 is a braille cell without dots


class TextKind(Enum):
    """How much a text may hold: lines, one line, or a name of a thing that is compared with others."""

    LINES = "lines"
    LINE = "line"
    NAME = "name"


_UNFIT = {
    TextKind.LINES: re.compile(f"[{_NEVER}]"),
    TextKind.LINE: re.compile(f"[{_NEVER}{_BREAKS}]"),
    TextKind.NAME: re.compile(f"[{_NEVER}{_BREAKS}{FILLERS}\xad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]"),
}
_FAULTS = {
    TextKind.LINES: _("Take the character U+%(point)s out: no control characters or marks of direction."),
    TextKind.LINE: _("Take the character U+%(point)s out: one line, without control characters or marks of direction."),
    TextKind.NAME: _("Take the character U+%(point)s out: nobody sees it."),
}


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in it."""
    return not any(_is_seen(char) for char in text)


def _is_seen(char: str) -> bool:
    if char.isascii():
        return " " < char < "\x7f"
    category = unicodedata.category(char)
    return (category[0] in "LNPS" or category in ("Co", "Cn")) and char not in _BLANKS


def fault_in(text: str, kind: TextKind) -> str | None:
    """What to do about the first character that such a text may not hold; None when it may be kept as it is."""
    if text.isascii() and text.isprintable():
        return None
    found = _UNFIT[kind].search(text)
    return None if found is None else _FAULTS[kind] % {"point": f"{ord(found[0]):04X}"}


def without_unfit(text: str, kind: TextKind = TextKind.LINES) -> str:
    """The text without what it may not hold."""
    return text if text.isascii() and text.isprintable() else _UNFIT[kind].sub("", text)


def in_one_line(text: str) -> str:
    """The text with a blank for each end of a line and for blanks in a row."""
    return " ".join(text.split())


@deconstructible
class FitText:
    """Validates a form's field: a text that may be kept as it is, in which there is something to see."""

    def __init__(self, kind: TextKind):
        self.kind = kind

    def __call__(self, text: object) -> None:
        """ValidationError for one that may not."""
        if not isinstance(text, str):
            return
        if fault := fault_in(text, self.kind):
            raise ValidationError(fault, code="invalid")
        if text and is_blank(text):
            raise ValidationError(NOTHING_TO_SEE, code="blank")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FitText) and other.kind == self.kind

    def __hash__(self) -> int:
        return hash(self.kind)


NOTHING_TO_SEE: Promise = _("There is nothing to see in this text.")
