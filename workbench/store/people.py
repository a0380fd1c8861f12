"""Who works in a store, and the keys of its programs. Owners only."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from stores import actions
from stores.models import ApiKey, User
from stores.permissions import GRANTS, MANAGE_STORE, can, require, roles_of
from stores.states import KeyScope, Role
from workbench.kit.base import By, DeskAdmin, attempt, by, column, put_on_form, tell
from workbench.kit.desk import desk_of
from workbench.kit.forms import DeskForm, posted
from workbench.kit.marks import moment
from workbench.store.stores import store_to_add_to


class OwnersAdmin(DeskAdmin):
    """Rows of the stores that the user manages; of the others not even the existence."""

    def get_queryset(self, request):
        """Only stores in which the user is an owner."""
        return self.managed(request, super().get_queryset(request))

    def page_queryset(self, request):
        """See get_queryset."""
        return self.managed(request, super().page_queryset(request))

    @staticmethod
    def managed(request, rows):
        """Narrow rows to stores that the user manages."""
        if request.user.is_superuser:
            return rows
        own = [store_id for store_id, role in roles_of(request.user).items() if MANAGE_STORE in GRANTS[role]]
        return rows.filter(store_id__in=own)

    def has_add_permission(self, request):
        """Owners, in one store at a time."""
        store = desk_of(request).only_store
        return store is not None and can(request.user, MANAGE_STORE, store.pk)


class MemberForm(DeskForm):
    """Somebody with an account and the role they get."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy("Of somebody who already has an account; the operator opens accounts."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


class MembershipAdmin(OwnersAdmin):
    """Members and their roles."""

    list_display = ("user", "role")
    list_filter = ("role",)
    ordering = ("-id",)

    def get_queryset(self, request):
        """With the names that each row shows."""
        return super().get_queryset(request).select_related("user")

    def add_view(self, request, form_url="", extra_context=None):
        """Give somebody a role, or change it."""
        store = store_to_add_to(request, MANAGE_STORE)
        form = MemberForm(posted(request))
        if request.method == "POST" and form.is_valid():
            user = User.objects.filter(username=form.cleaned_data["username"], is_staff=True).first()
            if user is None:
                form.add_error("username", _("Nobody has this user name."))
            else:
                refusal = attempt(
                    lambda: actions.add_member(
                        store=store,
                        user=user,
                        role=form.cleaned_data["role"],
                        **by(request),
                    )
                )
                if refusal is None:
                    messages.success(request, _("Saved."))
                    return HttpResponseRedirect(reverse("admin:stores_membership_changelist"))
                put_on_form(form, refusal)
        return self.page(request, "workbench/edit.html", _("Add a member"), form=form, store=store, may_save=True)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Change somebody's role, or end it. Nobody changes their own."""
        if not str(object_id).isdigit() or len(str(object_id)) > 18:
            raise Http404
        member = self.find(request, object_id)
        require(request.user, MANAGE_STORE, member.store_id)
        form = MemberForm(posted(request), initial={"username": member.user.username, "role": member.role})
        form.fields["username"].disabled = True
        own = member.user_id == request.user.pk
        if request.method == "POST":
            if own:
                raise PermissionDenied(_("You can't change your own role."))
            if "remove" in request.POST:
                actions.remove_member(membership=member, **by(request))
                messages.success(request, _("%(user)s no longer works in this store.") % {"user": member.user})
                return HttpResponseRedirect(reverse("admin:stores_membership_changelist"))
            if form.is_valid():
                actions.add_member(
                    store=member.store,
                    user=member.user,
                    role=form.cleaned_data["role"],
                    **by(request),
                )
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(reverse("admin:stores_membership_changelist"))
        return self.page(
            request,
            "workbench/stores/member.html",
            str(member.user),
            form=form,
            member=member,
            store=member.store,
            may_save=not own,
        )


class KeyForm(DeskForm):
    """What a program may do."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=50, help_text=gettext_lazy("Which program uses it, such as ERP.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"), choices=KeyScope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Expires on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_expires_on(self):
        """Not in the past."""
        day = self.cleaned_data["expires_on"]
        if day and day <= clock.now().date():
            raise forms.ValidationError(_("Choose a day in the future."))
        return day


def _state(key: ApiKey) -> str:
    if key.revoked:
        return _("revoked")
    return _("expired") if key.expiry_date and key.expiry_date <= clock.now() else _("valid")


def _link(key: ApiKey) -> str:
    """The name, linked by the key's prefix: its primary key contains the hash, which has no place in addresses."""
    url = reverse("admin:stores_apikey_change", args=[key.prefix])
    return format_html('<a class="wl-link" href="{}">{}</a>', url, key.name)


class ApiKeyAdmin(OwnersAdmin):
    """Keys of the store; the secret is shown once, when it is made."""

    list_display = ("show_name", "show_prefix", "show_state", "show_scopes", "show_used", "show_expiry")
    ordering = ("-created",)
    list_display_links = None
    show_name = column(gettext_lazy("name"), _link)
    show_prefix = column(gettext_lazy("prefix"), lambda key: key.prefix)
    show_state = column(gettext_lazy("state"), _state)
    show_scopes = column(gettext_lazy("scopes"), lambda key: ", ".join(key.scopes))
    show_used = column(gettext_lazy("last used"), lambda key: moment(key.last_used_at))
    show_expiry = column(gettext_lazy("expires"), lambda key: moment(key.expiry_date))

    def get_urls(self):
        """The button's address, before the admin's catch-all."""
        revoke = self.admin_site.admin_view(self.revoke_view)
        return [path("<str:object_id>/revoke/", revoke, name="stores_apikey_revoke"), *super().get_urls()]

    def find(self, request, object_id):
        """The key with this prefix. Http404 when missing or foreign, without a difference."""
        key = self.page_queryset(request).filter(prefix=object_id).first()
        if key is None:
            raise Http404
        return key

    def add_view(self, request, form_url="", extra_context=None):
        """Make a key and show its secret, this once."""
        store = store_to_add_to(request, MANAGE_STORE)
        form = KeyForm(posted(request))
        if request.method == "POST" and form.is_valid():
            made = {}
            refusal = attempt(lambda: made.update(secret=self._make(store, form.cleaned_data, by(request))))
            if refusal is None:
                return self.page(
                    request, "workbench/stores/key_made.html", form.cleaned_data["name"], secret=made["secret"]
                )
            put_on_form(form, refusal)
        return self.page(request, "workbench/edit.html", _("Make an API key"), form=form, store=store, may_save=True)

    @staticmethod
    def _make(store, data, done: By) -> str:
        day = data["expires_on"]
        expires_at = done["now"].replace(year=day.year, month=day.month, day=day.day) if day else None
        _key, secret = actions.create_store_key(
            store=store, name=data["name"], scopes=data["scopes"], expires_at=expires_at, **done
        )
        return secret

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A key's page, with the button to revoke it."""
        key = self.find(request, object_id)
        require(request.user, MANAGE_STORE, key.store_id)
        return self.page(request, "workbench/stores/key.html", key.name, key=key, state=_state(key))

    def revoke_view(self, request, object_id):
        """Revoke a key for good; a GET only shows it."""
        key = self.find(request, object_id)
        require(request.user, MANAGE_STORE, key.store_id)
        if request.method == "POST":
            refusal = attempt(lambda: actions.revoke_key(key=key, **by(request)))
            if refusal is None:
                messages.success(request, _("The key is revoked."))
            else:
                tell(request, refusal)
        return HttpResponseRedirect(reverse("admin:stores_apikey_change", args=[key.prefix]))
