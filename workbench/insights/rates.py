"""The form in which an owner says what hidden costs are in the store (Q18, K12)."""

from decimal import Decimal

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import ZERO, grouped
from offers.insights.rates import RATES, costs_of, set_cost_rates
from offers.models import CostRates
from stores.permissions import MANAGE_STORE
from workbench.kit.deciding import DecisionPagesMixin
from workbench.kit.decisions import DecisionForm
from workbench.kit.editing import Saving, store_to_add_to
from workbench.kit.forms import YuanField

VERSIONS_SHOWN = 10


class CostRateField(YuanField):
    """Yuan, or per cent, from nothing on."""

    def __init__(self, *, most: Decimal | None = None, **kwargs):
        super().__init__(most=most, **kwargs)
        self.most = most
        self.widget.attrs["min"] = "0"

    def clean(self, value):
        """The Decimal."""
        amount = super().clean(value)
        if amount < ZERO:
            raise forms.ValidationError(_("This can't be below zero."))
        if self.most is not None and amount > self.most:
            raise forms.ValidationError(_("At most %(most)s.") % {"most": grouped(self.most)})
        return amount


class RatesForm(DecisionForm):
    """Every rate."""

    return_freight = CostRateField(
        label=gettext_lazy("Return freight, ¥"), help_text=gettext_lazy("What a parcel that comes back costs you.")
    )
    handling = CostRateField(
        label=gettext_lazy("Handling of a return, ¥"), help_text=gettext_lazy("Receiving, inspecting, putting back.")
    )
    agent_minutes = forms.IntegerField(
        label=gettext_lazy("Agent's time per refund, minutes"), min_value=0, max_value=1440
    )
    agent_hourly = CostRateField(label=gettext_lazy("Agent's hour, ¥"))
    consultation = CostRateField(
        label=gettext_lazy("Consultation per refund, ¥"), help_text=gettext_lazy("Lines, licences, robots.")
    )
    acquisition = CostRateField(
        label=gettext_lazy("Winning an order, ¥"), help_text=gettext_lazy("Advertising and commission per order.")
    )
    outbound_freight = CostRateField(label=gettext_lazy("Outbound freight, ¥"))
    stock_loss_percent = CostRateField(
        label=gettext_lazy("Stock loss, % of the goods' value"),
        most=Decimal(100),
        help_text=gettext_lazy("What goods that have left the warehouse lose."),
    )


class SetRates(Saving):
    """Set a store's rates."""

    label, form, capability = gettext_lazy("Cost rates"), RatesForm, MANAGE_STORE
    done = gettext_lazy("Saved; it holds for offers from now on.")
    template = "workbench/insights/rates.html"

    def initial(self, store):
        """What holds now: the store's own rates, or the marketplace's usual ones."""
        costs = costs_of(store)
        return {name: getattr(costs, name) for name in RATES}

    def context(self, store):
        """What holds now, and what held before."""
        versions = CostRates.objects.for_store(store.pk).newest_first()[:VERSIONS_SHOWN]
        return {"costs": costs_of(store), "versions": list(versions)}

    def run(self, store, data, *, actor, now):
        """Nothing, where nothing is to be another."""
        now_set = self.initial(store)
        changes = {name: data[name] for name in RATES if data[name] != now_set[name]}
        if changes:
            set_cost_rates(store=store, changes=changes, actor=actor, now=now)


class RatesPage(DecisionPagesMixin):
    """The page below the figures; it is no list's."""

    def page(self, request, template, title, **context):
        """See the desk's lists."""
        return TemplateResponse(request, template, {**admin.site.each_context(request), "title": title, **context})

    def back(self, row, view="change", anchor=""):
        """To the page itself."""
        return HttpResponseRedirect(reverse("admin:insights_rates"))


def rates_view(request: HttpRequest) -> HttpResponse:
    """Look at the rates of the picked store, and set them from now on."""
    return RatesPage().decide(request, store_to_add_to(request, MANAGE_STORE), SetRates())
