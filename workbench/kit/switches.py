"""What is switched on and off by date, as the desk asks for it and shows it."""

from datetime import date

from django.utils.html import format_html
from django.utils.translation import gettext as _

from workbench.kit.forms import CalendarField


def day_field(label, **kwargs) -> CalendarField:
    """A date on a calendar."""
    return CalendarField(label=label, **kwargs)


def switch_badge(is_on: bool, since: date, until: date | None = None, *, today: date) -> str:
    """Open now, from a date on, or no more, as a badge."""
    if not is_on:
        tone, text = "grey", _("off")
    elif until is not None and until <= today:
        tone, text = "grey", _("closed")
    elif since > today:
        tone, text = "amber", _("from %(day)s") % {"day": since.isoformat()}
    else:
        tone, text = "green", _("open")
    return format_html('<span class="wl-badge {}">{}</span>', tone, text)
