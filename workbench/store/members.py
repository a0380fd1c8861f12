"""Who works in a store, and as what. Owners only; the rules about members are the action's."""

import re
from datetime import datetime

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.words import joined
from refunds.states import RefundKind
from refunds.team.assigning import kinds_nobody_takes
from stores import actions
from stores.models import Membership, User
from stores.people.skills import set_skills
from stores.permissions import DECIDE_REFUNDS, MANAGE_STORE, ROLE_MEANS, actor_of, roles_with
from stores.states import MemberRole
from stores.why_not import why_not_change_member, why_not_spare
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.editing import AddingMixin, Saving
from workbench.kit.marks import moment
from workbench.kit.owners import OwnersAdmin
from workbench.kit.password_links import MakeLink


def role_choices() -> list[tuple[str, str]]:
    """Every role with what it may do, the least first."""
    return [
        (role, format_html('<span class="wl-role"><b>{}</b> {}</span>', MemberRole(role).label, means))
        for role, means in ROLE_MEANS.items()
    ]


def role_field(label: str, **kwargs) -> forms.ChoiceField:
    """A role to choose, explained; what is preset is the least."""
    return forms.ChoiceField(
        label=label, choices=role_choices, initial=MemberRole.VIEWER, widget=forms.RadioSelect, **kwargs
    )


class MemberForm(DecisionForm):
    """Somebody with an account and the role they get."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy(
            "Of somebody who works with you in another store, or whose account the operator opened for this store."
            " Everybody else you invite, under Invitations."
        ),
    )
    role = role_field(gettext_lazy("Role"))


class RoleForm(DecisionForm):
    """The role of somebody who is a member."""

    role = role_field(gettext_lazy("Role"))


def person_named(user: User) -> str:
    """The full name with the user name below it."""
    name = user.get_full_name()
    return format_html('{}<span class="wl-soft wl-below">{}</span>', name, user.username) if name else user.username


def since(instant: datetime | None) -> str:
    """The day, or a dash for what was before it was kept."""
    return moment(instant)[:10]


def owners_of(member: Membership) -> list[Membership]:
    """The owners of the member's store, to read."""
    rows = Membership.objects.for_store(member.store_id).filter(role=MemberRole.OWNER)
    return list(rows.select_related("user"))


class AddMember(Saving):
    """Give somebody a role in the store."""

    label, form, capability = gettext_lazy("Add a member"), MemberForm, MANAGE_STORE

    def run(self, store, data, *, actor, now):
        actions.add_member(store=store, **data, actor=actor, now=now)


class MemberDecision(Decision):
    """What another owner or the operator decides about a member."""

    capability, is_inline, leads_to = MANAGE_STORE, True, "changelist"

    def refusal(self, member, now):
        return why_not_spare(member, owners_of(member), stays_owner=False)

    def refusal_to(self, user, member, now):
        """Nobody decides about themselves."""
        return why_not_change_member(member, owners_of(member), actor_of(user), stays_owner=False)


class ChangeRole(MemberDecision):
    """Give a member another role."""

    code, label, icon, done = "role", gettext_lazy("Save"), "check", gettext_lazy("Saved.")
    form = RoleForm

    def initial(self, member):
        """The role that they have."""
        return {"role": member.role}

    def run(self, member, data, *, actor, now):
        actions.change_member(store_id=member.store_id, member_id=member.pk, role=data["role"], actor=actor, now=now)


class SkillsForm(DecisionForm):
    """Which refunds a member takes in turn; the marketplace says which kinds there are."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds"),
        choices=RefundKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None ticked: all kinds."),
    )
    categories = forms.CharField(
        label=gettext_lazy("Categories of the goods"),
        required=False,
        max_length=3000,
        help_text=gettext_lazy("As orders name them, with commas between them. None: all categories."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        there = self.row.store.rules.refund_kinds
        self.fields["kinds"].choices = [(kind, label) for kind, label in RefundKind.choices if kind in there]

    def clean_categories(self):
        """One by one, whichever comma was typed."""
        return [each for each in re.split("[,，、]", self.cleaned_data["categories"]) if each.strip()]


class SetSkills(Decision):
    """Say which refunds somebody takes when new ones go round."""

    code, label, icon, done = "skills", gettext_lazy("Save the skills"), "check", gettext_lazy("Saved.")
    capability, is_inline, form, auto_id = MANAGE_STORE, True, SkillsForm, "id_skills_%s"

    def concerns(self, member):
        """Only those to whom refunds can be given."""
        return member.role in roles_with(DECIDE_REFUNDS)

    def refusal(self, member, now):
        """Nothing speaks against it before it is tried."""
        return None

    def initial(self, member):
        """What they take now."""
        return {"kinds": member.skilled_kinds, "categories": ", ".join(member.skilled_categories)}

    def told(self, member, data):
        """Also what nobody takes any more."""
        alone = [RefundKind(kind).label for kind in kinds_nobody_takes(member.store)]
        if not alone:
            return super().told(member, data)
        text = _("Saved. Nobody takes these in turn now, so they stay nobody's: %(kinds)s.")
        return text % {"kinds": joined([str(each) for each in alone])}

    def run(self, member, data, *, actor, now):
        set_skills(store_id=member.store_id, member_id=member.pk, **data, actor=actor, now=now)


class RemoveMember(MemberDecision):
    """End somebody's work in the store."""

    code, label, icon, tone = "remove", gettext_lazy("Remove from the store"), "person_remove", "danger"

    def told(self, member, data):
        """Who left."""
        return _("%(user)s no longer works in this store.") % {"user": member.user}

    def run(self, member, data, *, actor, now):
        actions.remove_member(store_id=member.store_id, member_id=member.pk, actor=actor, now=now)


class MembershipAdmin(AddingMixin, DecidingMixin, OwnersAdmin):
    """Members and their roles."""

    adding, decisions = AddMember(), (ChangeRole(), SetSkills(), MakeLink(), RemoveMember())
    list_display = ("show_who", "role", "show_since", "show_sign_in")
    list_filter = ("role",)
    ordering = ("-id",)
    show_who = column(gettext_lazy("person"), lambda member: person_named(member.user))
    show_since = column(gettext_lazy("member since"), lambda member: since(member.since))
    show_sign_in = column(gettext_lazy("last sign-in"), lambda member: moment(member.user.last_login))

    def get_queryset(self, request):
        """With the names that each row shows."""
        return super().get_queryset(request).select_related("user")

    def row_page(self, request, member, bound=None):
        """Who it is, and what can be decided about them."""
        name = member.user.get_full_name() or member.user.username
        decide = self.choices(request, member, bound)
        return self.page(request, "workbench/store/member.html", name, member=member, decide=decide)
