"""What sweeps failed at and left aside: the operator's list, and trying again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.setbacks import resume_setback
from workbench.kit.base import by, column
from workbench.kit.marks import moment
from workbench.kit.operators import PlatformAdmin


def _next(setback) -> str:
    if setback.needs_attention:
        return format_html('<span class="wl-badge red">{}</span>', _("needs attention"))
    return moment(setback.next_attempt_at)


class SetbackAdmin(PlatformAdmin):
    """Those that wait for a person first, then the oldest."""

    list_display = ("sweep", "key", "attempts", "last_error", "show_since", "show_next")
    ordering = ("-needs_attention", "since")

    show_since = column(gettext_lazy("since"), lambda setback: moment(setback.since))
    show_next = column(gettext_lazy("next attempt"), _next)

    def has_add_permission(self, request):
        """The sweeps make them."""
        return False

    def has_view_permission(self, request, obj=None):
        """The operator."""
        return request.user.is_active and request.user.is_superuser

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One of them, and trying again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        setback = self.find(request, object_id)
        if request.method == "POST":
            resume_setback(setback_id=setback.pk, **by(request))
            messages.success(request, _("It is tried again within a minute."))
            return HttpResponseRedirect(reverse("admin:common_setback_changelist"))
        return self.page(request, "workbench/platform/setback.html", str(setback), setback=setback)
