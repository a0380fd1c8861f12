"""Small pieces of a page, the same in lists and templates: a status's badge, an instant, a countdown."""

from datetime import datetime

from django.utils.html import format_html
from django.utils.translation import gettext as _

from common.calendar import end_shown, shown
from workbench.kit.words import is_soon, time_left

# One colour per meaning: amber asks for the merchant, blue is under way, green is done well, red is trouble.
TONES = {
    "awaiting_merchant": "amber",
    "awaiting_return": "blue",
    "returning": "amber",
    "recalling": "blue",
    "refunding": "blue",
    "refunded": "green",
    "rejected": "red",
    "disputed": "red",
    "pending": "blue",
    "processing": "blue",
    "accepted": "green",
    "matched": "green",
    "accepted_waiting": "blue",
    "succeeded": "green",
    "declined": "red",
    "failed": "red",
    "unshipped": "amber",
    "overdue": "red",
    "lifted": "green",
    "reading": "blue",
    "unreadable": "red",
    "checked": "amber",
    "running": "blue",
    "making": "blue",
    "made": "green",
    "done": "green",
    "live": "green",
    "shipped": "blue",
    "owed": "amber",
    "decided": "blue",
    "delivered": "green",
    "earlier": "amber",
    "ready": "amber",
    "confirmed": "blue",
    "in_force": "green",
    "announced": "blue",
    "awaiting_pickup": "amber",
    "in_transit": "blue",
    "coming_back": "blue",
    "back": "green",
    "recall_refused": "red",
    "lost": "red",
    "replaced": "grey",
    "open": "amber",
    "paid": "green",
    "refused": "red",
}


def badge(row):
    """A row's status as a coloured badge."""
    return format_html('<span class="wl-badge {}">{}</span>', TONES.get(row.status, "grey"), row.get_status_display())


def moment(value):
    """An instant in the desk's time zone, the same in every language."""
    return shown(value) if value else "–"


def end(value):
    """A deadline, or the end of something that holds until then; midnight ends the day before it."""
    return end_shown(value) if value else "–"


def countdown(due_at: datetime | None, now: datetime):
    """The time left until a deadline; the browser keeps it going."""
    if due_at is None:
        return ""
    over = due_at <= now
    tone = "is-over" if over else "is-soon" if is_soon(due_at, now) else ""
    return format_html(
        '<time class="wl-countdown {}" datetime="{}" title="{}" data-now="{}" data-days="{}" data-hours="{}"'
        ' data-over="{}">{}</time>',
        tone,
        due_at.isoformat(),
        end(due_at),
        now.isoformat(),
        _("%(d)d d %(h)d h"),
        _("%(h)d h %(min)d min"),
        _("overdue"),
        _("overdue") if over else time_left(due_at - now),
    )
