"""Who is invited into a store, and the links to hand over. Owners only."""

from datetime import datetime

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.models import Invitation, Letter
from stores.people.invitations import invite, inviter_of, renew_invitation, withdraw_invitation
from stores.people.links import invitation_link
from stores.people.why_not import why_not_join, why_not_open_invitation
from stores.permissions import MANAGE_STORE
from workbench.kit.base import column, timed_column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.editing import AddingMixin, Saving
from workbench.kit.marks import end, moment
from workbench.kit.owners import OwnersAdmin
from workbench.store.members import person_named, role_field


class InvitationForm(DecisionForm):
    """Whom, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("The link is sent there. Leave it empty to hand the link over yourself."),
    )
    role = role_field(gettext_lazy("Role"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not settings.MAIL_IS_SET_UP:
            self.fields["email"].disabled = True
            self.fields["email"].help_text = _("No e-mail is set up on this installation: hand the link over yourself.")


class Invite(Saving):
    """Invite somebody into the store."""

    label, form, capability = gettext_lazy("Invite a colleague"), InvitationForm, MANAGE_STORE
    verb, done = gettext_lazy("Invite"), gettext_lazy("Invited.")

    def run(self, store, data, *, actor, now):
        """The invitation, whose page shows the link."""
        return invite(store=store, email=data["email"], role=data["role"], actor=actor, now=now)


class InvitationDecision(Decision):
    """What is decided about an invitation that is open."""

    capability, is_inline = MANAGE_STORE, True

    def refusal(self, invitation, now):
        return why_not_open_invitation(invitation)


class Renew(InvitationDecision):
    """Make a new link."""

    code, label, icon, tone = "renew", gettext_lazy("Invite again"), "refresh", "plain"
    done = gettext_lazy("There is a new link, good for seven days.")

    def consequence(self, invitation):
        """What becomes of the old link."""
        if invitation.email and settings.MAIL_IS_SET_UP:
            return _("Sends a new link, good for seven days; the one before opens nothing any more.")
        return _("Makes a new link, good for seven days; the one before opens nothing any more.")

    def run(self, invitation, data, *, actor, now):
        renew_invitation(invitation=invitation, actor=actor, now=now)


class Withdraw(InvitationDecision):
    """Let the link open nothing any more."""

    code, label, icon, tone = "withdraw", gettext_lazy("Withdraw the invitation"), "block", "danger"
    done = gettext_lazy("The invitation is withdrawn.")

    def run(self, invitation, data, *, actor, now):
        withdraw_invitation(invitation=invitation, actor=actor, now=now)


def _state(invitation: Invitation, now: datetime) -> str:
    if invitation.accepted_at:
        tone, word = "green", _("joined")
    elif invitation.withdrawn_at:
        tone, word = "", _("withdrawn")
    elif invitation.ends_at <= now:
        tone, word = "amber", _("ended")
    else:
        tone, word = "blue", _("not used yet")
    return format_html('<span class="wl-badge {}">{}</span>', tone, word)


def _sent(letter: Letter | None) -> str:
    """What became of the newest e-mail."""
    if letter is None:
        return ""
    if letter.sent_at:
        return _("sent at %(at)s") % {"at": moment(letter.sent_at)}
    if letter.needs_attention:
        return _("It could not be delivered: hand the link over, or invite another address.")
    return _("on its way")


class InvitationAdmin(AddingMixin, DecidingMixin, OwnersAdmin):
    """Invitations, the newest first; the link of one that is open stands on its page."""

    adding, decisions = Invite(), (Renew(), Withdraw())
    list_display = ("show_whom", "role", "show_state", "show_made", "show_end", "show_joined")
    ordering = ("-id",)
    show_whom = column(gettext_lazy("invited"), str)
    show_state = timed_column(gettext_lazy("state"), _state)
    show_made = column(gettext_lazy("invited at"), lambda invitation: moment(invitation.made_at))
    show_end = column(gettext_lazy("ends"), lambda invitation: end(invitation.ends_at))
    show_joined = column(
        gettext_lazy("joined"),
        lambda invitation: person_named(invitation.accepted_by) if invitation.accepted_by else "–",
    )

    def get_queryset(self, request):
        """With the names that each row shows."""
        return super().get_queryset(request).select_related("accepted_by")

    def page_queryset(self, request):
        """With who invited and who joined."""
        return super().page_queryset(request).select_related("accepted_by", "invited_by")

    def after(self, request, row, decision, form, answer):
        """A new invitation leads to its page, where the link is."""
        response = super().after(request, row, decision, form, answer)
        return self.back(answer) if isinstance(answer, Invitation) else response

    def row_page(self, request, invitation, bound=None):
        """The link to copy, what became of the e-mail, and what can be decided."""
        refused = why_not_join(invitation, invitation.issue, inviter_of(invitation), request.now)
        return self.page(
            request,
            "workbench/store/invitation.html",
            str(invitation),
            invitation=invitation,
            state=_state(invitation, request.now),
            link="" if refused else invitation_link(invitation),
            refused=refused if invitation.is_open else None,
            sent=_sent(Letter.objects.filter(about=invitation.pk).order_by("-created_at").first()),
            decide=self.choices(request, invitation, bound) if invitation.is_open else {},
        )
