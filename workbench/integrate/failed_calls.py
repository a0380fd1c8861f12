"""Calls of the store's programs that were answered with an error. Owners only."""

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.models import ApiKey
from webhooks.models import FailedCall
from workbench.integrate.shown import answer_shown
from workbench.kit.base import column
from workbench.kit.deciding import in_zone_of
from workbench.kit.marks import moment
from workbench.kit.owners import OwnersAdmin
from workbench.kit.queue import Queue, QueueFilter, QueueMixin

ON_OUR_SIDE = 500
QUEUES = [
    Queue(
        "all",
        gettext_lazy("All"),
        lambda rows, now: rows,
        order=("-last_at", "-id"),
        empty=gettext_lazy("No call has failed in the last seven days."),
    ),
    Queue(
        "refused",
        gettext_lazy("Refused"),
        lambda rows, now: rows.filter(status__lt=ON_OUR_SIDE),
        order=("-last_at", "-id"),
        empty=gettext_lazy("No call was refused."),
    ),
    Queue(
        "broken",
        gettext_lazy("Failed on our side"),
        lambda rows, now: rows.filter(status__gte=ON_OUR_SIDE),
        order=("-last_at", "-id"),
        empty=gettext_lazy("Nothing has failed on our side."),
    ),
]


def with_key_names(calls: QuerySet[FailedCall]) -> QuerySet[FailedCall]:
    """Each with the name of the key that called, `key_name`."""
    keys = ApiKey.objects.filter(store=OuterRef("store"), prefix=OuterRef("key_prefix"))
    return calls.annotate(key_name=Subquery(keys.values("name")[:1]))


def call_shown(call: FailedCall):
    """What was called, without what stood in the address."""
    if not call.route:
        return _("Others of the same hour, of more kinds than are kept")
    return format_html('<code class="wl-call"><b>{}</b> /{}</code>', call.method, call.route)


class FailedCallAdmin(QueueMixin, OwnersAdmin):
    """Failed calls, those of one kind and hour together."""

    queues = QUEUES
    list_display = ("show_call", "show_answer", "show_codes", "show_fields", "times", "show_last", "show_key")
    list_filter = (QueueFilter,)
    show_call = column(gettext_lazy("call"), call_shown)
    show_answer = column(gettext_lazy("answer"), answer_shown)
    show_codes = column(gettext_lazy("codes"), lambda call: ", ".join(call.codes) or "–")
    show_fields = column(gettext_lazy("fields"), lambda call: ", ".join(call.fields) or "–")
    show_last = column(gettext_lazy("last call"), lambda call: moment(call.last_at))
    show_key = column(gettext_lazy("API key"), lambda call: call.key_name or call.key_prefix or "–")

    def get_queryset(self, request):
        """With the names of their keys."""
        return with_key_names(super().get_queryset(request))

    def page_queryset(self, request):
        """With the names of their keys."""
        return with_key_names(super().page_queryset(request))

    def has_add_permission(self, request):
        """Nobody."""
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What is kept of it; there is nothing to decide."""
        if request.method == "POST":
            raise PermissionDenied
        call = self.find(request, object_id)
        page = {"call": call, "title": _("Failed call"), "answer": answer_shown(call), "called": call_shown(call)}
        return in_zone_of(call, self.page, request, "workbench/integrate/failed_call.html", **page)
