"""What sweeps failed at and left aside: the operator's list, and trying again."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.setbacks import resume_setback
from stores.permissions import OPERATE
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision
from workbench.kit.marks import moment
from workbench.kit.operators import PlatformAdmin


def _next(setback) -> str:
    if setback.needs_attention:
        return format_html('<span class="wl-badge red">{}</span>', _("needs attention"))
    return moment(setback.next_attempt_at)


class ResumeSetback(Decision):
    """Let the sweep try at once."""

    code, label, icon = "resume", gettext_lazy("Try again"), "replay"
    done = gettext_lazy("It is tried again within a minute.")
    capability, is_inline, leads_to = OPERATE, True, "changelist"

    def refusal(self, setback, now):
        """What has failed may always be tried again; what is done by now isn't found."""
        return None

    def run(self, setback, data, *, actor, now):
        resume_setback(setback_id=setback.pk, actor=actor, now=now)


class SetbackAdmin(DecidingMixin, PlatformAdmin):
    """Those that wait for a person first, then the oldest."""

    decisions = (ResumeSetback(),)
    list_display = ("sweep", "key", "attempts", "last_error", "show_since", "show_next")
    ordering = ("-needs_attention", "since")

    show_since = column(gettext_lazy("since"), lambda setback: moment(setback.since))
    show_next = column(gettext_lazy("next attempt"), _next)

    def has_add_permission(self, request):
        """The sweeps make them."""
        return False

    def row_page(self, request, setback, bound=None):
        """What failed, and trying again."""
        shown = {"setback": setback, "decide": self.choices(request, setback, bound)}
        return self.page(request, "workbench/platform/setback.html", str(setback), **shown)
