"""Accounts of people: the operator opens them, and gives a new password to who lost theirs."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores import actions
from stores.models import Membership, Store, User
from stores.permissions import OPERATE
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.desk import desk_of
from workbench.kit.editing import AddingMixin, Saving
from workbench.kit.marks import moment
from workbench.kit.operators import PlatformAdmin
from workbench.kit.password_links import MakeLink
from workbench.kit.search import WordSearch
from workbench.kit.second_step import ResetSecondFactor
from workbench.store.members import person_named, role_field, since


class AccountForm(DecisionForm):
    """Somebody new, and the store that they begin in."""

    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, help_text=gettext_lazy("To sign in with; it stays as it is.")
    )
    full_name = forms.CharField(
        label=gettext_lazy("Full name"), max_length=150, help_text=gettext_lazy("As colleagues and events show it.")
    )
    store = forms.CharField(
        label=gettext_lazy("Store"),
        required=False,
        max_length=50,
        help_text=gettext_lazy("The code of the store that the account is for; its owner may add it again later."),
    )
    role = role_field(gettext_lazy("Role in this store"))

    def clean_store(self) -> Store | None:
        """The store with this code."""
        code = self.cleaned_data["store"].strip()
        store = Store.objects.filter(code=code).first()
        if code and store is None:
            raise forms.ValidationError(_("There is no store with this code."))
        return store


def _state(user: User) -> str:
    if not user.is_active:
        return _("deactivated")
    return _("one-time password") if user.must_change_password else _("in use")


class OpenAccount(Saving):
    """Let somebody new sign in."""

    label, form, capability = gettext_lazy("Open an account"), AccountForm, OPERATE
    answer_template = "workbench/platform/one_time_password.html"

    def fill(self, request, row):
        """For the store that is picked, unless another is named."""
        form, picked = super().fill(request, row), desk_of(request).only_store
        form.fields["store"].initial = picked.code if picked else ""
        return form

    def run(self, row, data, *, actor, now):
        """The one-time password, which is kept nowhere."""
        password, username = actions.new_password(), data["username"]
        actions.open_account(password=password, **data, actor=actor, now=now)
        return {"title": username, "username": username, "password": password}


class GivePassword(Decision):
    """Give somebody who lost theirs a password for one time."""

    code, label, icon, tone = "one-time-password", gettext_lazy("Give a new one-time password"), "password", "plain"
    capability, is_inline = OPERATE, True
    answer_template = OpenAccount.answer_template

    def refusal(self, user, now):
        """An account may always get one."""
        return None

    def consequence(self, user):
        """The old one ends."""
        return _("For somebody who lost theirs. Wherever they are signed in, they no longer are.")

    def run(self, user, data, *, actor, now):
        """See OpenAccount."""
        password = actions.new_password()
        actions.give_new_password(user=user, password=password, actor=actor, now=now)
        return {"title": user.username, "username": user.username, "password": password}


class AccountAdmin(AddingMixin, DecidingMixin, WordSearch, PlatformAdmin):
    """Everybody who may sign in. The operator's alone."""

    adding, decisions = OpenAccount(), (MakeLink(), GivePassword(), ResetSecondFactor())
    list_display = ("show_who", "show_kind", "show_state", "show_joined", "show_sign_in")
    search_fields = ("username", "first_name")
    search_help_text = gettext_lazy("User name or full name")
    ordering = ("-id",)
    show_who = column(gettext_lazy("person"), person_named)
    show_kind = column(
        gettext_lazy("kind"), lambda user: _("Operator") if user.is_superuser else _("Merchant's person")
    )
    show_state = column(gettext_lazy("state"), _state)
    show_joined = column(gettext_lazy("account since"), lambda user: since(user.date_joined))
    show_sign_in = column(gettext_lazy("last sign-in"), lambda user: moment(user.last_login))

    def row_page(self, request, user, bound=None):
        """Who it is and where they work, with the button for a new password."""
        members = Membership.objects.in_scope().filter(user=user).select_related("store").order_by("id")
        return self.page(
            request,
            "workbench/platform/account.html",
            user.get_full_name() or user.username,
            account=user,
            state=_state(user),
            members=members,
            decide=self.choices(request, user),
        )
