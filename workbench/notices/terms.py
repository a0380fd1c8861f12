"""How a store is told: who of what by which way, when it is quiet, and how long before a deadline. Owners only."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices.actions import lock_terms, set_notice_terms
from notices.events import CHANNELS_SHOWN
from notices.kinds import KINDS
from notices.models import CHANNELS, MOST_HOURS_BEFORE
from notices.states import Gathering
from stores.permissions import MANAGE_STORE
from stores.states import MemberRole
from workbench.kit.base import column
from workbench.kit.decisions import DecisionForm
from workbench.kit.desk import desk_of
from workbench.kit.editing import Changing, EditingMixin
from workbench.kit.owners import OwnersAdmin

ONE_HOUR = timedelta(hours=1)
CHOOSABLE = [kind for kind in KINDS.values() if not kind.is_personal]


def field_name(channel: str, code: str) -> str:
    """What the field of a kind and a way of telling is called."""
    return f"{channel}_{code}"


class NoticesForm(DecisionForm):
    """A table of kinds and roles, and the hours. Without a choice about a kind the usual roles see it in the desk."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy(
            "By the store's clock. E-mails and robots then tell only what is urgent; the rest comes afterwards."
        ),
    )
    gathering = forms.ChoiceField(label=gettext_lazy("E-mails and robots"), choices=Gathering.choices)
    hours_before = forms.IntegerField(
        label=gettext_lazy("Hours before a deadline"),
        required=False,
        min_value=1,
        max_value=MOST_HOURS_BEFORE,
        help_text=gettext_lazy(
            "Whoever has to decide is told so many hours before, and owners at half of that. Empty: nobody."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of e-mails and robots"), choices=settings.LANGUAGES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in CHOOSABLE:
            choices = [(role, MemberRole(role).label) for role in kind.possible_roles]
            for channel in CHANNELS:
                self.fields[field_name(channel, kind.code.value)] = forms.MultipleChoiceField(
                    label=f"{kind.title}, {CHANNELS_SHOWN[channel]}", choices=choices, required=False
                )

    @property
    def hours_fields(self) -> list[forms.BoundField]:
        """The fields below the table."""
        return [self[name] for name in ("quiet_from", "quiet_until", "gathering", "hours_before", "language")]

    @property
    def heads(self) -> list[str]:
        """The columns of the table: the roles."""
        return [str(role.label) for role in MemberRole]

    @property
    def table(self) -> list[tuple]:
        """(kind, [(role's label, cell)]): a cell is [(field's name, role, label, is ticked, channel)], or empty."""
        return [(kind, [(str(role.label), self._cell(kind, role)) for role in MemberRole]) for kind in CHOOSABLE]

    def _cell(self, kind, role) -> list[tuple]:
        if role.value not in kind.possible_roles:
            return []
        cell = []
        for channel in CHANNELS:
            bound = self[field_name(channel, kind.code.value)]
            label = f"{kind.title} · {role.label} · {CHANNELS_SHOWN[channel]}"
            cell.append((bound.html_name, role.value, label, role.value in (bound.value() or ()), channel))
        return cell

    def clean(self) -> dict:
        """What the action is told; kinds about which nothing was changed stay as they are."""
        data = super().clean()
        return data if self.errors else self._changes(data)

    def _changes(self, data: dict) -> dict:
        chosen = dict(self.row.chosen)
        for kind in CHOOSABLE:
            names = {channel: field_name(channel, kind.code.value) for channel in CHANNELS}
            if any(set(data[name]) != set(self.initial[name]) for name in names.values()):
                chosen[kind.code.value] = {channel: data[name] for channel, name in names.items()}
        hours = data["hours_before"]
        plain = {name: data[name] for name in ("quiet_from", "quiet_until", "gathering", "language")}
        return {**plain, "chosen": chosen, "tells_before": hours * ONE_HOUR if hours else None}


class SetNotices(Changing):
    """Who is told of what, and when."""

    capability, form, template = MANAGE_STORE, NoticesForm, "workbench/notices/terms.html"
    leads_to = "change"

    def title(self, terms):
        return _("Notices of %(store)s") % {"store": terms.store.name}

    def initial(self, terms):
        """As it is now, the usual roles where nothing was chosen."""
        told = {
            field_name(channel, kind.code.value): terms.roles(kind, channel)
            for kind in CHOOSABLE
            for channel in CHANNELS
        }
        hours = int(terms.tells_before / ONE_HOUR) if terms.tells_before else None
        plain = {name: getattr(terms, name) for name in ("quiet_from", "quiet_until", "gathering", "language")}
        return {**told, **plain, "hours_before": hours}

    def context(self, terms):
        return {"sends_mail": settings.MAIL_IS_SET_UP}

    def run(self, terms, data, *, actor, now):
        set_notice_terms(store=terms.store, changes=data, actor=actor, now=now)


class NoticeTermsAdmin(EditingMixin, OwnersAdmin):
    """How each store is told; whoever has one store at hand comes straight to its page."""

    editing = SetNotices()
    ordering = ("store__code",)
    list_display = ("show_name", "show_gathering")
    show_name = column(gettext_lazy("store"), lambda terms: terms.store.name)
    show_gathering = column(gettext_lazy("E-mails and robots"), lambda terms: terms.get_gathering_display())

    def has_add_permission(self, request):
        """Every store has them."""
        return False

    def changelist_view(self, request, extra_context=None):
        """The list, or the page of its only row."""
        store = desk_of(request).only_store
        if store is None or not self.has_view_permission(request, None):
            return super().changelist_view(request, extra_context)
        return self.change_view(request, str(lock_terms(store).pk))
