"""Accounts of people: the operator opens them, and their owners choose their passwords."""

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores import actions
from stores.models import Membership, Store, User
from stores.states import Role
from workbench.kit.base import attempt, by, column, put_on_form, show_refusal
from workbench.kit.desk import desk_of
from workbench.kit.forms import DeskForm, posted
from workbench.kit.marks import moment
from workbench.kit.search import WordSearch
from workbench.store.members import person_named, role_field, since
from workbench.store.switches import PlatformAdmin

# What somebody with a one-time password may still open.
OPEN_TO_ALL = {"login", "logout", "password_change"}


class AccountForm(DeskForm):
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


class AccountAdmin(WordSearch, PlatformAdmin):
    """Everybody who may sign in. The operator's alone."""

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

    def get_urls(self):
        """The button's address, before the admin's catch-all."""
        give = self.admin_site.admin_view(self.password_view)
        return [path("<str:object_id>/one-time-password/", give, name="stores_user_one_time"), *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        """Open an account and show its one-time password, this once."""
        self.require_operator(request)
        store = desk_of(request).only_store
        form = AccountForm(posted(request), initial={"store": store.code if store else "", "role": Role.VIEWER})
        if request.method == "POST" and form.is_valid():
            password = actions.new_password()
            refusal = attempt(lambda: actions.open_account(password=password, **form.cleaned_data, **by(request)))
            if refusal is None:
                return self._password_page(request, form.cleaned_data["username"], password)
            put_on_form(form, refusal)
        return self.page(request, "workbench/edit.html", _("Open an account"), form=form, may_save=True)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Who it is and where they work, with the button for a new password."""
        self.require_operator(request)
        user = self.find(request, object_id)
        members = Membership.objects.in_scope().filter(user=user).select_related("store").order_by("id")
        name = user.get_full_name() or user.username
        return self.page(
            request, "workbench/store/account.html", name, account=user, state=_state(user), members=members
        )

    def password_view(self, request, object_id):
        """Give somebody who lost theirs a one-time password; a GET only shows the account."""
        self.require_operator(request)
        user = self.find(request, object_id)
        if request.method == "POST":
            password = actions.new_password()
            refusal = attempt(lambda: actions.give_new_password(user=user, password=password, **by(request)))
            if refusal is None:
                return self._password_page(request, user.username, password)
            show_refusal(request, refusal)
        return HttpResponseRedirect(reverse("admin:stores_user_change", args=[user.pk]))

    def _password_page(self, request, username: str, password: str):
        return self.page(
            request, "workbench/store/one_time_password.html", username, username=username, password=password
        )


class OwnPasswordView(PasswordChangeView):
    """Choose a password of one's own; the other sessions with the old one end."""

    def form_valid(self, form):
        """Change it, and keep this session."""
        password = form.cleaned_data["new_password1"]
        user = self.request.user
        refusal = attempt(lambda: actions.change_password(user=user, password=password, **by(self.request)))
        if refusal is not None:
            put_on_form(form, refusal)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        messages.success(
            self.request, _("Your password is changed. Wherever else you were signed in, you no longer are.")
        )
        return HttpResponseRedirect(self.get_success_url())


def sent_to_change_password(request: HttpRequest) -> HttpResponseRedirect | None:
    """Where somebody with a one-time password goes first; None for everybody else."""
    if not request.user.must_change_password or request.resolver_match.url_name in OPEN_TO_ALL:
        return None
    messages.info(request, _("Choose a password of your own first: the one you signed in with is for one time."))
    return HttpResponseRedirect(reverse("admin:password_change"))
