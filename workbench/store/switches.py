"""What the platform and the owner switch on and off by date: opened categories (Q2) and methods (Q4)."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import PLATFORM_ZONE, day_of
from common.words import in_one_language
from offers.eligibility import keeps_orders
from offers.models import MarketplaceMethod, StoreMethod
from offers.registry import method_choices, method_label
from offers.switches import set_marketplace_method, set_store_method
from stores import actions, marketplaces
from stores.models import Store
from stores.permissions import MANAGE_STORE, OPERATE, can
from workbench.kit.base import DeskAdmin, column, timed_column
from workbench.kit.deciding import DecisionPagesMixin
from workbench.kit.decisions import DecisionForm
from workbench.kit.desk import desk_of, find_store
from workbench.kit.editing import AddingMixin, EditingMixin, Saving
from workbench.kit.operators import IN_FORCE, ChangingPlatforms, PlatformAdmin
from workbench.kit.search import WordSearch


def retaining_marketplaces() -> list[tuple[str, str]]:
    """The marketplaces that have retention, as choices."""
    return [(name, rules.label) for name, rules in marketplaces.newest().items() if keeps_orders(rules)]


def _today(now: datetime) -> date:
    """The date on the platform's calendar."""
    return day_of(now, PLATFORM_ZONE)


def _day(label, **kwargs) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def _state(is_on: bool, since: date, until: date | None = None, *, today: date) -> str:
    """Open now, from a date on, or no more, as a badge."""
    if not is_on:
        tone, text = "grey", _("off")
    elif until is not None and until <= today:
        tone, text = "grey", _("closed")
    elif since > today:
        tone, text = "amber", _("from %(day)s") % {"day": since.isoformat()}
    else:
        tone, text = "green", _("open")
    return format_html('<span class="wl-badge {}">{}</span>', tone, text)


class CategoryForm(DecisionForm):
    """A category that may be retained between two dates."""

    marketplace = forms.ChoiceField(label=gettext_lazy("Marketplace"), choices=retaining_marketplaces)
    category = forms.RegexField(
        r"\A[0-9A-Za-z_-]+\Z",
        label=gettext_lazy("Category id"),
        max_length=50,
        help_text=gettext_lazy("As products and orders name it, such as 50008163."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    opens_on = _day(gettext_lazy("Opens on"))
    closes_on = _day(
        gettext_lazy("Closes on"),
        required=False,
        help_text=gettext_lazy(
            "From this day on it isn't open any more. Leave it empty for a category that stays open."
        ),
    )


class OpenCategory(Saving):
    """Let a category be retained."""

    label, form, capability = gettext_lazy("Open a category"), CategoryForm, OPERATE
    done = IN_FORCE

    def run(self, row, data, *, actor, now):
        actions.open_category(**data, actor=actor, now=now)


class ChangeCategory(ChangingPlatforms):
    """Change a category's name and dates."""

    form, fixed = CategoryForm, ("marketplace", "category")

    def run(self, opening, data, *, actor, now):
        changes = {name: value for name, value in data.items() if name not in self.fixed}
        actions.change_category(opening=opening, **changes, actor=actor, now=now)


class CategoryAdmin(AddingMixin, EditingMixin, WordSearch, PlatformAdmin):
    """Categories open in batches, by date, without a deploy (Q2)."""

    adding, editing = OpenCategory(), ChangeCategory()
    list_display = ("show_name", "category", "marketplace", "show_opens", "show_closes", "show_state")
    show_name = column(gettext_lazy("name"), lambda row: in_one_language(row.name))
    search_fields = ("category", "name")
    search_help_text = gettext_lazy("Category id or name")
    ordering = ("marketplace", "-opens_on", "category")
    show_opens = column(gettext_lazy("opens on"), lambda row: row.opens_on.isoformat())
    show_closes = column(gettext_lazy("closes on"), lambda row: row.closes_on.isoformat() if row.closes_on else "–")
    show_state = timed_column(
        gettext_lazy("today"), lambda row, now: _state(True, row.opens_on, row.closes_on, today=_today(now))
    )


class MarketplaceMethodForm(DecisionForm):
    """The platform's switch."""

    marketplace = forms.ChoiceField(label=gettext_lazy("Marketplace"), choices=retaining_marketplaces)
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=method_choices)
    is_on = forms.BooleanField(
        label=gettext_lazy("Switched on"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Switched off here, no store of the marketplace can offer it."),
    )
    available_from = _day(gettext_lazy("Available from"))


class SetMarketplaceMethod:
    """Set the switch, whether it is there already or not."""

    form, done = MarketplaceMethodForm, IN_FORCE

    def run(self, row, data, *, actor, now):
        set_marketplace_method(**data, actor=actor, now=now)


class AddMarketplaceMethod(SetMarketplaceMethod, Saving):
    """A first switch of a method."""

    label, capability = gettext_lazy("Switch a method"), OPERATE


class ChangeMarketplaceMethod(SetMarketplaceMethod, ChangingPlatforms):
    """The switch of a method."""

    fixed = ("marketplace", "method")


class MarketplaceMethodAdmin(AddingMixin, EditingMixin, PlatformAdmin):
    """Which methods a marketplace has opened, and since when (Q4)."""

    adding, editing = AddMarketplaceMethod(), ChangeMarketplaceMethod()
    list_display = ("show_method", "marketplace", "show_from", "show_state")
    ordering = ("marketplace", "available_from", "method")
    show_method = column(gettext_lazy("method"), lambda row: row.get_method_display())
    show_from = column(gettext_lazy("available from"), lambda row: row.available_from.isoformat())
    show_state = timed_column(
        gettext_lazy("today"), lambda row, now: _state(row.is_on, row.available_from, today=_today(now))
    )


class StoreMethodsForm(DecisionForm):
    """Every method of one store: on or off, and from when."""

    def __init__(self, *args, row: Store, now: datetime, **kwargs):
        super().__init__(*args, prefix=f"store{row.pk}", row=row, now=now, **kwargs)
        self.store = store = row
        self.today = day_of(now, store.time_zone)
        self.own = {row.method: row for row in StoreMethod.objects.for_store(store.pk)}
        self.platform = {row.method: row for row in MarketplaceMethod.objects.filter(marketplace=store.marketplace)}
        for code in store.rules.offer_methods:
            row = self.own.get(code)
            self.fields[f"{code}_on"] = forms.BooleanField(
                label=_("on"), required=False, initial=row.is_on if row else True
            )
            self.fields[f"{code}_from"] = _day(
                _("available from"), required=False, initial=row.available_from if row else None
            )

    def rows(self) -> list[dict]:
        """One line per method: its name, the platform's switch, and the store's own fields."""
        found = []
        for code in self.store.rules.offer_methods:
            platform = self.platform.get(code)
            found.append(
                {
                    "label": method_label(code),
                    "platform": _state(platform.is_on, platform.available_from, today=self.today)
                    if platform
                    else _state(True, self.today, today=self.today),
                    "on": self[f"{code}_on"],
                    "from": self[f"{code}_from"],
                }
            )
        return found

    def clean(self):
        """Only the `changes`: of each switch that is to be another, the arguments of the action."""
        data = super().clean()
        if self.errors:
            return data
        found = []
        for code in self.store.rules.offer_methods:
            is_on, since, row = data[f"{code}_on"], data[f"{code}_from"], self.own.get(code)
            if (is_on, since) != ((row.is_on, row.available_from) if row else (True, None)):
                found.append({"method": code, "is_on": is_on, "available_from": since or _since(row, self.today)})
        return {"changes": found}


def _since(row: StoreMethod | None, today: date) -> date:
    """A switch without a date holds since it was first set."""
    return row.available_from if row else today


class SetMethods(Saving):
    """Set the switches of one store."""

    form, capability, done = StoreMethodsForm, MANAGE_STORE, IN_FORCE

    def run(self, store, data, *, actor, now):
        for change in data["changes"]:
            set_store_method(store=store, **change, actor=actor, now=now)


class StoreMethodAdmin(DecisionPagesMixin, DeskAdmin):
    """The methods that an owner lets the agents offer, all on one page (Q4)."""

    class Media:
        css = {"all": ["workbench/work.css"]}

    def page_queryset(self, request):
        """Switches of stores that the user manages."""
        return super().page_queryset(request).filter(store__in=self.stores_of(request))

    def stores_of(self, request) -> list[Store]:
        """The retaining stores at this desk that the user manages."""
        return [store for store in desk_of(request).retaining if can(request.user, MANAGE_STORE, store.pk)]

    def changelist_view(self, request, extra_context=None):
        """One card per store; a POST saves one of them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self.cards(request)
        store = find_store(request.user, request.POST.get("store", ""))
        if store not in desk_of(request).retaining:
            raise Http404
        return self.decide(request, store, SetMethods())

    def ask(self, request, row, decision, form):
        """Among the other stores' cards."""
        return self.cards(request, form)

    def cards(self, request, filled: StoreMethodsForm | None = None):
        """The card of each store; `filled` stands in for that of its store."""
        shown = [
            filled if filled and filled.store == store else StoreMethodsForm(row=store, now=request.now)
            for store in self.stores_of(request)
        ]
        names = marketplaces.labels_where(keeps_orders)
        template = "workbench/store/switches/methods.html"
        return self.page(request, template, _("Retention methods"), forms=shown, marketplaces=names)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A switch is shown on the page of its store's methods."""
        self.find(request, object_id)
        return HttpResponseRedirect(reverse("admin:offers_storemethod_changelist"))
