"""The form in which an owner says what hidden costs are in the store (Q18, K12)."""

from decimal import Decimal

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import ZERO
from offers.insights.rates import RATES, own_rates, set_cost_rates
from offers.models import CostRates
from stores.permissions import MANAGE_STORE, can
from workbench.kit.base import attempt, by, put_on_form
from workbench.kit.desk import desk_of
from workbench.kit.forms import DeskForm, YuanField, posted

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
            raise forms.ValidationError(_("At most %(most)s.") % {"most": self.most})
        return amount


class RatesForm(DeskForm):
    """Every rate."""

    return_freight = CostRateField(
        label=gettext_lazy("Return freight, ¥"), help_text=gettext_lazy("What a parcel that comes back costs you.")
    )
    handling = CostRateField(
        label=gettext_lazy("Handling of a return, ¥"), help_text=gettext_lazy("Receiving, inspecting, putting back.")
    )
    agent_minutes = forms.IntegerField(
        label=gettext_lazy("Agent's time per case, minutes"), min_value=0, max_value=1440
    )
    agent_hourly = CostRateField(label=gettext_lazy("Agent's hour, ¥"))
    consultation = CostRateField(
        label=gettext_lazy("Consultation per case, ¥"), help_text=gettext_lazy("Lines, licences, robots.")
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


def rates_view(request: HttpRequest):
    """Look at the rates, and set them from now on."""
    store = desk_of(request).only_store
    if store is None:
        raise PermissionDenied(_("Pick one store first, at the top of the page."))
    if not can(request.user, MANAGE_STORE, store.pk):
        raise PermissionDenied(_("Your role in this store doesn't allow this."))
    own = own_rates(store.pk)
    costs = own.costs if own else store.rules.costs
    form = RatesForm(posted(request), initial={name: getattr(costs, name) for name in RATES})
    if request.method == "POST" and form.is_valid():
        changes = {name: value for name, value in form.cleaned_data.items() if value != getattr(costs, name)}
        refusal = None
        if changes:
            refusal = attempt(lambda: set_cost_rates(store=store, changes=changes, **by(request)))
        if refusal is None:
            messages.success(request, _("Saved; it holds for offers from now on."))
            return HttpResponseRedirect(request.path)
        put_on_form(form, refusal)
    return TemplateResponse(
        request,
        "workbench/insights/rates.html",
        {
            **admin.site.each_context(request),
            "title": _("Cost rates"),
            "form": form,
            "store": store,
            "costs": costs,
            "versions": list(CostRates.objects.for_store(store.pk).newest_first()[:VERSIONS_SHOWN]),
        },
    )
