"""Lengths of time, and parts put together, in the words and signs that people read; the language of buyers."""

import re
from collections.abc import Iterable
from datetime import timedelta

from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

# A name as a marketplace writes it: Chinese without a space, then the same in English.
IN_BOTH = re.compile(r"(\S*[\u4e00-\u9fff]\S*) ([^\u4e00-\u9fff]*[A-Za-z][^\u4e00-\u9fff]*)")

BUYERS_LANGUAGE = "zh-hans"


def for_buyers() -> translation.override:
    """What is worded in here a buyer reads: it is in the buyers' language, whoever calls, and kept as it was said."""
    return translation.override(BUYERS_LANGUAGE)


def listed(parts: Iterable[object]) -> str:
    """The parts of one kind as a list: `a, b`, in Chinese `a、b`."""
    return _(", ").join(str(part) for part in parts)


def joined(parts: Iterable[object]) -> str:
    """Phrases one after another: `a; b`, in Chinese `a；b`."""
    return _("; ").join(str(part) for part in parts)


def lined(*phrases: str) -> str:
    """What people wrote, without what is empty, on one line: `a, b`, with the Chinese comma where it is Chinese."""
    written = [phrase for phrase in phrases if phrase]
    return ("，" if any("\u4e00" <= char <= "\u9fff" for char in "".join(written)) else ", ").join(written)


def labelled(name: object, text: object) -> str:
    """A text under its name: `name: text`, in Chinese with the full-width colon."""
    return _("%(name)s: %(text)s") % {"name": name, "text": text}


def duration(length: timedelta) -> str:
    """`7 days`, or `36 hours` when it isn't whole days or only one."""
    hours = int(length.total_seconds() // 3600)
    if hours % 24 or hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}


def in_one_language(name: str) -> str:
    """`床上用品` or `bedding` of `床上用品 bedding`, as the reader reads; any other name as it is."""
    both = IN_BOTH.fullmatch(name)
    if both is None:
        return name
    return both[1] if (get_language() or "").startswith("zh") else both[2]
