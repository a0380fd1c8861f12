"""Words and badges for the desk's templates."""

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from common import clock
from workbench.kit import words

register = template.Library()
register.filter("yuan", words.yuan)
register.filter("duration", words.duration)
register.filter("percent", words.percent)

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
    "succeeded": "green",
    "declined": "red",
    "failed": "red",
    "unshipped": "amber",
    "overdue": "red",
    "lifted": "green",
    "checked": "amber",
    "running": "blue",
    "done": "green",
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
    "open": "amber",
    "paid": "green",
    "refused": "red",
}


@register.simple_tag
def badge(row):
    """A row's status as a coloured badge."""
    return format_html('<span class="wl-badge {}">{}</span>', TONES.get(row.status, "grey"), row.get_status_display())


@register.filter
def moment(value):
    """An instant in the desk's time zone, the same in every language."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else "–"


@register.simple_tag
def countdown(due_at):
    """The time left until a deadline; the browser keeps it going."""
    if due_at is None:
        return ""
    now = clock.now()
    over = due_at <= now
    tone = "is-over" if over else "is-soon" if words.is_soon(due_at, now) else ""
    return format_html(
        '<time class="wl-countdown {}" datetime="{}" title="{}" data-now="{}" data-days="{}" data-hours="{}"'
        ' data-over="{}">{}</time>',
        tone,
        due_at.isoformat(),
        moment(due_at),
        now.isoformat(),
        _("%(d)d d %(h)d h"),
        _("%(h)d h %(min)d min"),
        _("overdue"),
        _("overdue") if over else words.time_left(due_at - now),
    )


@register.filter
def page_link(changelist, step: int) -> str:
    """The address of the page that many pages on."""
    return changelist.get_query_string({"p": changelist.page_num + step})


@register.simple_tag
def filter_choices(spec, changelist):
    """A filter's choices as the name and options of a select; the empty value is "all"."""
    name = getattr(spec, "lookup_kwarg", None) or spec.parameter_name
    chosen = changelist.params.get(name, "") or (changelist.filter_params.get(name) or [""])[-1]
    if hasattr(spec, "lookup_choices") and not callable(spec.lookup_choices):
        options = spec.lookup_choices
    else:
        choices = spec.field.flatchoices if spec.field.flatchoices else [("1", _("Yes")), ("0", _("No"))]
        options = [(str(value), label) for value, label in choices]
    rows = [{"value": "", "label": "", "selected": not chosen}]
    rows += [{"value": value, "label": label, "selected": str(value) == str(chosen)} for value, label in options]
    return {"name": name, "choices": rows}


@register.filter
def admin_list(opts) -> str:
    """The name of the address of a model's list."""
    return f"admin:{opts.app_label}_{opts.model_name}_changelist"


@register.filter
def admin_change(opts) -> str:
    """The name of the address of a row's page."""
    return f"admin:{opts.app_label}_{opts.model_name}_change"
