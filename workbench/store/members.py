"""Who works in a store, and as what. Owners only; the rules about members are the action's."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores import actions
from stores.models import Membership, User
from stores.permissions import MANAGE_STORE, ROLE_MEANS, require
from stores.states import Role
from workbench.kit.base import attempt, by, column, put_on_form
from workbench.kit.forms import DeskForm, posted
from workbench.kit.marks import moment
from workbench.store.owners import OwnersAdmin
from workbench.store.stores import store_to_add_to


def role_choices() -> list[tuple[str, str]]:
    """Every role with what it may do, the least first."""
    return [
        (role, format_html('<span class="wl-role"><b>{}</b> {}</span>', Role(role).label, means))
        for role, means in ROLE_MEANS.items()
    ]


def role_field(label: str, **kwargs) -> forms.ChoiceField:
    """A role to choose, explained; what is preset is the least."""
    return forms.ChoiceField(label=label, choices=role_choices, initial=Role.VIEWER, widget=forms.RadioSelect, **kwargs)


class MemberForm(DeskForm):
    """Somebody with an account and the role they get."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy(
            "Of somebody who works with you in another store, or whose account the operator opened for this store."
        ),
    )
    role = role_field(gettext_lazy("Role"))


class RoleForm(DeskForm):
    """The role of somebody who is a member."""

    role = role_field(gettext_lazy("Role"))


def person_named(user: User) -> str:
    """The full name with the user name below it."""
    name = user.get_full_name()
    return format_html('{}<span class="wl-soft wl-below">{}</span>', name, user.username) if name else user.username


def since(instant: datetime | None) -> str:
    """The day, or a dash for what was before it was kept."""
    return moment(instant)[:10]


class MembershipAdmin(OwnersAdmin):
    """Members and their roles."""

    list_display = ("show_who", "role", "show_since", "show_sign_in")
    list_filter = ("role",)
    ordering = ("-id",)
    show_who = column(gettext_lazy("person"), lambda member: person_named(member.user))
    show_since = column(gettext_lazy("member since"), lambda member: since(member.since))
    show_sign_in = column(gettext_lazy("last sign-in"), lambda member: moment(member.user.last_login))

    def get_queryset(self, request):
        """With the names that each row shows."""
        return super().get_queryset(request).select_related("user")

    def add_view(self, request, form_url="", extra_context=None):
        """Give somebody a role."""
        store = store_to_add_to(request, MANAGE_STORE)
        form = MemberForm(posted(request))
        if request.method == "POST" and form.is_valid():
            refusal = attempt(lambda: actions.add_member(store=store, **form.cleaned_data, **by(request)))
            if refusal is None:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(reverse("admin:stores_membership_changelist"))
            put_on_form(form, refusal)
        return self.page(request, "workbench/edit.html", _("Add a member"), form=form, store=store, may_save=True)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Change somebody's role, or end it."""
        member = self.find(request, object_id)
        require(request.user, MANAGE_STORE, member.store_id)
        form = RoleForm(posted(request), initial={"role": member.role})
        if request.method == "POST" and ("remove" in request.POST or form.is_valid()):
            refusal = attempt(lambda: self._save(request, member, form))
            if refusal is None:
                return HttpResponseRedirect(reverse("admin:stores_membership_changelist"))
            form.is_valid()
            put_on_form(form, refusal)
        return self.page(
            request,
            "workbench/store/member.html",
            member.user.get_full_name() or member.user.username,
            form=form,
            member=member,
            store=member.store,
            may_save=member.user_id != request.user.pk,
        )

    @staticmethod
    def _save(request, member: Membership, form: RoleForm) -> None:
        named = {"store_id": member.store_id, "member_id": member.pk}
        if "remove" in request.POST:
            actions.remove_member(**named, **by(request))
            messages.success(request, _("%(user)s no longer works in this store.") % {"user": member.user})
        else:
            actions.change_member(**named, role=form.cleaned_data["role"], **by(request))
            messages.success(request, _("Saved."))
