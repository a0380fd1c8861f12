"""Words and badges for the desk's templates."""

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

from common.calendar import until_shown
from common.words import duration, labelled
from orders.waybills import carrier_label
from payments.gateway_errors import gateway_error_words
from workbench.kit import marks, words
from workbench.kit.changelist import PAGE_SIZES, name_of_filter, options_of

register = template.Library()
_LABEL = re.compile(r'(?<= data-label=")\w')
register.filter("yuan", words.yuan)
register.filter("duration", duration)
register.filter("labelled", labelled)
register.filter("percent", words.percent)
register.filter("masked", words.masked)
register.filter("moment", marks.moment)
register.filter("end", marks.end)
register.filter("until", until_shown)
register.filter("gateway_error", gateway_error_words)
register.filter("carrier", carrier_label)
register.simple_tag(marks.badge)


@register.simple_tag(takes_context=True)
def countdown(context, due_at):
    """The time left until a deadline, at the request's instant."""
    return marks.countdown(due_at, context["request"].now)


@register.filter
def labels_begin_large(table: SafeString) -> SafeString:
    """A list's table whose cells are labelled as its columns are headed: on a phone each row is a card of them."""
    return mark_safe(_LABEL.sub(lambda letter: letter[0].upper(), table))


@register.filter
def page_link(changelist, step: int) -> str:
    """The address of the page that many pages on."""
    return changelist.get_query_string({"p": changelist.page_num + step})


@register.filter
def first_page(changelist) -> str:
    """The list's address from its first page on: queue, search and filters."""
    return changelist.get_query_string()


@register.simple_tag
def page_sizes(changelist) -> tuple[int, ...]:
    """How long the list's pages may be; none for a list that fits the shortest."""
    is_long = changelist.paginator.has_next or changelist.page_num > 1 or len(changelist.result_list) > PAGE_SIZES[0]
    return PAGE_SIZES if is_long else ()


@register.simple_tag
def filter_choices(spec, changelist):
    """A filter's choices as the name and options of a select; the empty value is "all"."""
    name, options = name_of_filter(spec), options_of(spec)
    chosen = changelist.params.get(name, "") or (changelist.filter_params.get(name) or [""])[-1]
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


@register.filter
def of(found: dict, key):
    """What a mapping has under the key; None without."""
    return found.get(key)


@register.filter
def counter(form, line):
    """The field in which the arrived pieces of a refund's line are counted; None where nothing is to be counted."""
    name = f"received-{line.line.goods}"
    return form[name] if name in form.fields else None
