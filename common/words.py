"""Lengths of time in the words that people read."""

from datetime import timedelta

from django.utils.translation import ngettext


def duration(length: timedelta) -> str:
    """`7 days`, or `36 hours` when it isn't whole days or only one."""
    hours = int(length.total_seconds() // 3600)
    if hours % 24 or hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
