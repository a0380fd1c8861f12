"""What the platform switches on and off by date: opened categories (Q2) and methods of marketplaces (Q4)."""

from datetime import date, datetime

from django import forms
from django.utils.translation import gettext_lazy

from common.calendar import PLATFORM_ZONE, day_of
from common.words import in_one_language
from offers.eligibility import keeps_orders
from offers.registry import method_choices
from offers.switches import set_marketplace_method
from stores import actions, marketplaces
from stores.permissions import OPERATE
from workbench.kit.base import column, timed_column
from workbench.kit.decisions import DecisionForm
from workbench.kit.editing import AddingMixin, EditingMixin, Saving
from workbench.kit.operators import IN_FORCE, ChangingPlatforms, PlatformAdmin
from workbench.kit.search import WordSearch
from workbench.kit.switches import day_field, switch_badge


def retaining_marketplaces() -> list[tuple[str, str]]:
    """The marketplaces that have retention, as choices."""
    newest = marketplaces.newest()
    return [(name, label) for name, label in marketplaces.choices() if keeps_orders(newest[name])]


def _today(now: datetime) -> date:
    """The date on the platform's calendar."""
    return day_of(now, PLATFORM_ZONE)


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
    opens_on = day_field(gettext_lazy("Opens on"))
    closes_on = day_field(
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
        gettext_lazy("today"), lambda row, now: switch_badge(True, row.opens_on, row.closes_on, today=_today(now))
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
    available_from = day_field(gettext_lazy("Available from"))


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
        gettext_lazy("today"), lambda row, now: switch_badge(row.is_on, row.available_from, today=_today(now))
    )
