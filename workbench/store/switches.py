"""What the owner switches on and off by date: the methods that agents may offer (Q4)."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common.calendar import day_of
from offers.eligibility import keeps_orders
from offers.models import MarketplaceMethod, StoreMethod
from offers.registry import method_label
from offers.switches import set_store_method
from stores import marketplaces
from stores.models import Store
from stores.permissions import MANAGE_STORE, can
from workbench.kit.base import DeskAdmin
from workbench.kit.deciding import DecisionPagesMixin
from workbench.kit.decisions import DecisionForm
from workbench.kit.desk import desk_of, find_store
from workbench.kit.editing import Saving
from workbench.kit.operators import IN_FORCE
from workbench.kit.switches import day_field, switch_badge


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
            self.fields[f"{code}_from"] = day_field(
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
                    "platform": switch_badge(platform.is_on, platform.available_from, today=self.today)
                    if platform
                    else switch_badge(True, self.today, today=self.today),
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
