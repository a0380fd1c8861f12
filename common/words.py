"""Lengths of time, and parts put together, in the words and signs that people read."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def listed(parts: Iterable[object]) -> str:
    """The parts of one kind as a list: `a, b`, in Chinese `a、b`."""
    return _(", ").join(str(part) for part in parts)


def joined(parts: Iterable[object]) -> str:
    """Phrases one after another: `a; b`, in Chinese `a；b`."""
    return _("; ").join(str(part) for part in parts)


def labelled(name: object, text: object) -> str:
    """A text under its name: `name: text`, in Chinese with the full-width colon."""
    return _("%(name)s: %(text)s") % {"name": name, "text": text}


def duration(length: timedelta) -> str:
    """`7 days`, or `36 hours` when it isn't whole days or only one."""
    hours = int(length.total_seconds() // 3600)
    if hours % 24 or hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
