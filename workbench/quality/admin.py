"""The quality page: the figures of thirty days, their trend, what they bring, and the refunds that count (P6, P7)."""

import json
from datetime import datetime

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.tenancy import tenant_scope
from refunds.models import QualityRefund
from refunds.quality.figures import window_of
from refunds.quality.restrictions import restrictions_of
from refunds.quality.stars import stars_of
from refunds.states import QualityPolicy
from stores.models import Store
from workbench.kit.base import DeskAdmin
from workbench.kit.desk import Desk, desk_of
from workbench.kit.search import OrderSearch
from workbench.quality.board import (
    CHART_OPTIONS,
    chart_of,
    restricted_stores,
    restrictions_in_force,
    standings,
    trend_of,
)

TRENDS = (30, 90)


class CountedFilter(SimpleListFilter):
    """Refunds that count as quality refunds (P6)."""

    title = gettext_lazy("counted as quality")
    parameter_name = "counted"

    def lookups(self, request, model_admin):
        """Yes or no."""
        return [("yes", gettext_lazy("Counted as quality")), ("no", gettext_lazy("Not counted"))]

    def queryset(self, request, queryset):
        """The refunds with, or without, a row that counts them."""
        counted = Exists(QualityRefund.objects.in_scope().filter(refund=OuterRef("pk"), store=OuterRef("store")))
        if self.value() == "yes":
            return queryset.filter(counted)
        return queryset.filter(~counted) if self.value() == "no" else queryset


class QualityAdmin(OrderSearch, DeskAdmin):
    """One page: the figures of the picked store, or of each store at the desk, and the refunds that were counted."""

    class Media:
        css = {"all": ["workbench/quality.css"]}

    change_list_template = "workbench/quality/page.html"
    list_display = ("refund",)
    order_path = "refund__order"
    ordering = ("-id",)
    list_per_page = 20

    def get_queryset(self, request):
        """The counted refunds with what a row names."""
        return super().get_queryset(request).select_related("refund__order")

    def changelist_view(self, request, extra_context=None):
        """The page."""
        asked = request.GET.copy()
        trend = next((days for days in TRENDS if asked.get("trend") == str(days)), TRENDS[0])
        asked.pop("trend", None)
        request.GET = asked
        now, desk = request.now, desk_of(request)
        store = desk.only_store
        board = self._board(store, now, trend) if store else {"stores": self._overview(desk, now)}
        return super().changelist_view(request, {"title": _("Quality refunds"), **board, **(extra_context or {})})

    @staticmethod
    def _board(store: Store, now: datetime, trend: int) -> dict:
        figures, restrictions = window_of(store, now), restrictions_of(store.pk)
        steps = standings(store, figures, restrictions)
        return {
            "store": store,
            "figures": figures,
            "rules": store.rules,
            "policy": QualityPolicy(store.rules.quality_policy).label,
            "stars": stars_of(store, figures, now),
            "steps": steps,
            "restricted": [step for step in steps if step.restriction],
            "past": [row for row in restrictions if row.lifted_at is not None],
            "chart": chart_of(store, trend_of(store, now, trend)),
            "chart_options": json.dumps(CHART_OPTIONS),
            "trend": trend,
            "trends": TRENDS,
        }

    @staticmethod
    def _overview(desk: Desk, now: datetime) -> list[dict]:
        """The user's stores with their figures; of the platform's many only those that are restricted."""
        held = {each["store"].pk: each["step"] for each in restricted_stores(restrictions_in_force())}
        stores = Store.objects.filter(pk__in=held).order_by("code") if desk.is_operator else desk.stores
        found = []
        for store in stores:
            with tenant_scope(store.pk):
                figures = window_of(store, now)
                found.append({"store": store, "figures": figures, "restriction": held.get(store.pk)})
        return found

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None):
        """A counted refund is shown on the refund's own page."""
        row = self.find(request, object_id)
        if request.method != "GET":
            raise Http404
        return HttpResponseRedirect(reverse("admin:refunds_refund_change", args=[row.refund_id]))
