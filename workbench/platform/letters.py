"""E-mails that are owed or were sent: the operator's list, and sending again what couldn't be."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.models import Letter
from stores.people.letters import resume_letter
from stores.people.why_not import why_not_resume_letter
from stores.permissions import OPERATE
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision
from workbench.kit.marks import moment
from workbench.kit.operators import PlatformAdmin


def _state(letter: Letter) -> str:
    if letter.sent_at:
        return _("sent at %(at)s") % {"at": moment(letter.sent_at)}
    if letter.needs_attention:
        return format_html('<span class="wl-badge red">{}</span>', _("needs attention"))
    return _("not needed any more") if letter.next_attempt_at is None else _("on its way")


class ResumeLetter(Decision):
    """Send it once more."""

    code, label, icon = "resume", gettext_lazy("Try again"), "replay"
    done = gettext_lazy("It is tried again within a minute.")
    capability, is_inline, leads_to = OPERATE, True, "changelist"

    def refusal(self, letter, now):
        return why_not_resume_letter(letter)

    def run(self, letter, data, *, actor, now):
        resume_letter(letter=letter, actor=actor, now=now)


class LetterAdmin(DecidingMixin, PlatformAdmin):
    """Those that wait for a person first, then the newest."""

    decisions = (ResumeLetter(),)
    list_display = ("to", "kind", "show_state", "attempts", "last_error", "show_written")
    ordering = ("-needs_attention", "-created_at")
    show_state = column(gettext_lazy("state"), _state)
    show_written = column(gettext_lazy("written"), lambda letter: moment(letter.created_at))

    def has_add_permission(self, request):
        """Actions write them."""
        return False

    def row_page(self, request, letter, bound=None):
        """To whom, about what, what came of it, and sending it again."""
        shown = {"letter": letter, "state": _state(letter), "decide": self.choices(request, letter, bound)}
        return self.page(request, "workbench/platform/letter.html", letter.to, **shown)
