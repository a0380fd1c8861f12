"""Number formats: whether a cell shows just what is kept in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# General, whole numbers, and text.
_BUILT_IN_PLAIN = frozenset({0, 1, 49})
_FIRST_CUSTOM = 164
_PIECES = re.compile(r'"[^"]*"?|\\.|_.|\*.|[^;]|;', re.DOTALL)
_LOCALE = r"(?:\[\$[^\]]*\])?"
# A whole number as its digits, perhaps with room for a bracket behind it, which is how some programs write
# "no decimals".
_PLAIN_NUMBER = re.compile(rf"{_LOCALE}(?:General|G/通用格式|0|@)(?:_.)?\s*", re.IGNORECASE)
_PLAIN_TEXT = re.compile(rf"{_LOCALE}(?:General|G/通用格式|@)(?:_.)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """Whether whole numbers, and texts, are shown as they are kept."""

    numbers: bool = True
    texts: bool = True


PLAIN = Shown()


def shown_by(number: int, code: str | None) -> Shown:
    """How the format of this number shows cells; `code` is its own, where the workbook declares one."""
    if code is None:
        is_plain = number in _BUILT_IN_PLAIN
        return PLAIN if is_plain else Shown(numbers=False, texts=number < _FIRST_CUSTOM)
    sections = _sections(code)
    return Shown(numbers=bool(_PLAIN_NUMBER.fullmatch(sections[0])), texts=_shows_text(sections))


def _shows_text(sections: Sequence[str]) -> bool:
    """The fourth section is for text, or the last one when it speaks of it; without one text is shown as it is."""
    section = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) <= 3 and "@" not in re.sub(r'"[^"]*"?|\\.', "", section):
        return True
    return bool(_PLAIN_TEXT.fullmatch(section))


def _sections(code: str) -> list[str]:
    sections = [""]
    for piece in _PIECES.findall(code):
        if piece == ";":
            sections.append("")
        else:
            sections[-1] += piece
    return sections
