"""The keys of a store's programs. Owners only."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import day_of, end_of_day
from stores import actions
from stores.models import ApiKey, Store
from stores.permissions import MANAGE_STORE, require
from stores.states import KeyScope
from workbench.kit.base import By, attempt, by, column, put_on_form, show_refusal, timed_column
from workbench.kit.forms import DeskForm, posted
from workbench.kit.marks import moment
from workbench.store.owners import OwnersAdmin
from workbench.store.stores import store_to_add_to


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

    def __init__(self, *args, store: Store, now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.store, self.now = store, now

    def clean_expires_on(self):
        """A day of the store's calendar after today; the key is good until the day is over."""
        day = self.cleaned_data["expires_on"]
        if day and day <= day_of(self.now, self.store.time_zone):
            raise forms.ValidationError(_("Choose a day in the future."))
        return day


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked:
        return _("revoked")
    return _("expired") if key.expiry_date and key.expiry_date <= now else _("valid")


def in_words(scopes: list[str]) -> list[str]:
    """Scopes as people read them."""
    return [str(KeyScope(scope).label) for scope in scopes]


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
    show_state = timed_column(gettext_lazy("state"), _state)
    show_scopes = column(gettext_lazy("scopes"), lambda key: " · ".join(in_words(key.scopes)) or "–")
    show_used = column(gettext_lazy("last used"), lambda key: moment(key.last_used_at))
    show_expiry = column(gettext_lazy("expires"), lambda key: moment(key.expiry_date))

    def get_urls(self):
        """The button's address, before the admin's catch-all."""
        revoke = self.admin_site.admin_view(self.revoke_view)
        return [path("<str:object_id>/revoke/", revoke, name="stores_apikey_revoke"), *super().get_urls()]

    def find(self, request, object_id):
        """The key with this prefix. Http404 when missing or foreign, without a difference."""
        keys = self.page_queryset(request)
        key = keys.filter(prefix=object_id).first() if object_id.isalnum() else None
        if key is None:
            raise Http404
        return key

    def add_view(self, request, form_url="", extra_context=None):
        """Make a key and show its secret, this once."""
        store = store_to_add_to(request, MANAGE_STORE)
        form = KeyForm(posted(request), store=store, now=request.now)
        if request.method == "POST" and form.is_valid():
            made = {}
            refusal = attempt(lambda: made.update(secret=self._make(store, form.cleaned_data, by(request))))
            if refusal is None:
                return self.page(
                    request, "workbench/store/key_made.html", form.cleaned_data["name"], secret=made["secret"]
                )
            put_on_form(form, refusal)
        return self.page(request, "workbench/edit.html", _("Make an API key"), form=form, store=store, may_save=True)

    @staticmethod
    def _make(store, data, done: By) -> str:
        day = data["expires_on"]
        expires_at = end_of_day(day, store.time_zone) if day else None
        _key, secret = actions.create_store_key(
            store=store, name=data["name"], scopes=data["scopes"], expires_at=expires_at, **done
        )
        return secret

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A key's page, with the button to revoke it."""
        key = self.find(request, object_id)
        require(request.user, MANAGE_STORE, key.store_id)
        return self.page(
            request,
            "workbench/store/key.html",
            key.name,
            key=key,
            scopes=in_words(key.scopes),
            state=_state(key, request.now),
        )

    def revoke_view(self, request, object_id):
        """Revoke a key for good; a GET only shows it."""
        key = self.find(request, object_id)
        require(request.user, MANAGE_STORE, key.store_id)
        if request.method == "POST":
            refusal = attempt(lambda: actions.revoke_key(key=key, **by(request)))
            if refusal is None:
                messages.success(request, _("The key is revoked."))
            else:
                show_refusal(request, refusal)
        return HttpResponseRedirect(reverse("admin:stores_apikey_change", args=[key.prefix]))
