"""The keys of a store's programs. Owners only."""

from datetime import datetime

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import day_of, end_of_day
from stores import actions
from stores.models import ApiKey
from stores.permissions import MANAGE_STORE
from stores.states import KeyScope
from workbench.kit.base import column, timed_column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.editing import AddingMixin, Saving
from workbench.kit.forms import CalendarField
from workbench.kit.marks import end, moment
from workbench.kit.owners import OwnersAdmin


class KeyForm(DecisionForm):
    """What a program may do."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=50, help_text=gettext_lazy("Which program uses it, such as ERP.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"), choices=KeyScope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_on = CalendarField(label=gettext_lazy("Expires on"), required=False)

    def clean_expires_on(self):
        """A day of the store's calendar after today; the key is good until the day is over."""
        day = self.cleaned_data["expires_on"]
        if day and day <= day_of(self.now, self.row.time_zone):
            raise forms.ValidationError(_("Choose a day in the future."))
        return day


def state_of(key: ApiKey, now: datetime) -> str:
    """Whether it is good, in a word."""
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


class MakeKey(Saving):
    """Make a key for a program of the store."""

    label, form, capability = gettext_lazy("Make an API key"), KeyForm, MANAGE_STORE
    answer_template = "workbench/integrate/key_made.html"

    def run(self, store, data, *, actor, now):
        """The secret, which is kept nowhere."""
        day, name = data["expires_on"], data["name"]
        expires_at = end_of_day(day, store.time_zone) if day else None
        _key, secret = actions.create_store_key(
            store=store, name=name, scopes=data["scopes"], expires_at=expires_at, actor=actor, now=now
        )
        return {"title": name, "secret": secret}


class RevokeKey(Decision):
    """End a key."""

    code, label, icon, tone = "revoke", gettext_lazy("Revoke for good"), "key_off", "danger"
    done = gettext_lazy("The key is revoked.")
    capability, is_inline = MANAGE_STORE, True

    def concerns(self, key):
        """Until it is revoked."""
        return not key.revoked

    def refusal(self, key, now):
        """Revoking once more changes nothing."""
        return None

    def consequence(self, key):
        """The program stops working."""
        return _("The next call with a revoked key is refused; this can't be undone.")

    def run(self, key, data, *, actor, now):
        actions.revoke_key(key=key, actor=actor, now=now)


class ApiKeyAdmin(AddingMixin, DecidingMixin, OwnersAdmin):
    """Keys of the store; the secret is shown once, when it is made."""

    adding, decisions = MakeKey(), (RevokeKey(),)
    list_display = ("show_name", "show_prefix", "show_state", "show_scopes", "show_used", "show_expiry")
    ordering = ("-created",)
    list_display_links = None
    show_name = column(gettext_lazy("name"), _link)
    show_prefix = column(gettext_lazy("prefix"), lambda key: key.prefix)
    show_state = timed_column(gettext_lazy("state"), state_of)
    show_scopes = column(gettext_lazy("scopes"), lambda key: " · ".join(in_words(key.scopes)) or "–")
    show_used = column(gettext_lazy("last used"), lambda key: moment(key.last_used_at))
    show_expiry = column(gettext_lazy("expires"), lambda key: end(key.expiry_date))

    def row_key(self, key):
        """The prefix."""
        return key.prefix

    def find(self, request, object_id):
        """The key with this prefix. Http404 when missing or foreign, without a difference."""
        keys = self.page_queryset(request)
        key = keys.filter(prefix=object_id).first() if object_id.isalnum() else None
        if key is None:
            raise Http404
        return key

    def row_page(self, request, key, bound=None):
        """A key's page, with the button to revoke it."""
        return self.page(
            request,
            "workbench/integrate/key.html",
            key.name,
            key=key,
            scopes=in_words(key.scopes),
            state=state_of(key, request.now),
            decide=self.choices(request, key),
        )
