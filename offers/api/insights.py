"""What retention saved, and the store's cost rates, over HTTP (Q18)."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.response import Response

from common.actors import Actor
from common.api.fields import DayField, StrictMoneyField, WholeNumberField
from common.calendar import day_of, number_of_days
from common.money import ZERO
from offers.insights.rates import RATES, own_rates, set_cost_rates
from offers.insights.reading import GROUPS, RetentionReport, Span, read
from offers.insights.table import as_csv, figures_in_text, groups_of
from offers.insights.taking import note_figures_taken
from offers.models import CostRates, DailyRetention
from stores.api.base import StoreViewSet, get_or_404
from stores.models import Store

MOST_DAYS = 366
USUAL_DAYS = 30
CURRENCY = "CNY"


class SpanSerializer(serializers.Serializer):
    """Which days, and in which shape. Context: `today` on the store's calendar."""

    def get_fields(self):
        """`from` is a word that Python keeps for itself."""
        return {
            "from": DayField(required=False),
            "to": DayField(required=False),
            "group_by": serializers.ChoiceField(GROUPS, required=False),
            "format": serializers.ChoiceField(["json", "csv"], required=False, default="json"),
        }

    def validate(self, attrs):
        """Without dates the last thirty days; at most 366."""
        end = attrs.get("to", self.context["today"])
        start = attrs.get("from", end - timedelta(days=min(USUAL_DAYS - 1, end.toordinal() - 1)))
        if start > end:
            raise serializers.ValidationError({"from": _("The first day comes before the last.")})
        if number_of_days(start, end) > MOST_DAYS:
            raise serializers.ValidationError({"from": _("Ask for at most %(days)d days.") % {"days": MOST_DAYS}})
        return {**attrs, "from": start, "to": end}


class FiguresSerializer(serializers.Serializer):
    """What a group of offers came to. Yuan as strings; `acceptance_rate` is of the offers that are over."""

    offers = serializers.IntegerField()
    answered = serializers.IntegerField()
    expired = serializers.IntegerField()
    accepted = serializers.IntegerField()
    acceptance_rate = serializers.CharField()
    sales_kept = serializers.CharField()
    taken_back = serializers.CharField()
    hidden_costs_avoided = serializers.CharField()
    offer_costs = serializers.CharField()
    net = serializers.CharField()


class MethodFiguresSerializer(FiguresSerializer):
    """Figures of a method."""

    method = serializers.CharField()


class ReasonFiguresSerializer(FiguresSerializer):
    """Figures of a reason."""

    reason = serializers.CharField()


class AgentFiguresSerializer(FiguresSerializer):
    """Figures of who sent the offers; `name` is the one last used."""

    agent = serializers.CharField()
    name = serializers.CharField()


class DayFiguresSerializer(FiguresSerializer):
    """Figures of the offers sent on a day."""

    day = serializers.CharField()


class LostSerializer(serializers.Serializer):
    """What refunds that were paid in the span cost (K12)."""

    refunds = serializers.IntegerField()
    sale = serializers.CharField()
    hidden = serializers.CharField()
    total = serializers.CharField()


class RetentionReportSerializer(serializers.Serializer):
    """The figures by the day on which an offer was sent. With `group_by` only that list is there."""

    def get_fields(self):
        """`from` is a word that Python keeps for itself."""
        return {
            "from": DayField(),
            "to": DayField(),
            "currency": serializers.CharField(),
            "totals": FiguresSerializer(),
            "lost": LostSerializer(),
            "by_method": MethodFiguresSerializer(many=True, required=False),
            "by_reason": ReasonFiguresSerializer(many=True, required=False),
            "by_agent": AgentFiguresSerializer(many=True, required=False),
            "by_day": DayFiguresSerializer(many=True, required=False),
        }


class FormatIsTheViews(DefaultContentNegotiation):
    """`?format=` is a parameter of the view, not a choice of renderer."""

    def filter_renderers(self, renderers, format):
        """All of them."""
        return renderers


class InsightsViewSet(StoreViewSet):
    """What the store's figures say."""

    resource = "offers"
    callers = {"retention": "S"}
    dear = frozenset({"retention"})
    queries = {"retention": frozenset({"from", "to", "group_by", "format"})}
    from_replica = frozenset({"retention"})
    serializer_class = RetentionReportSerializer
    queryset = DailyRetention.objects.none()
    content_negotiation_class = FormatIsTheViews

    @classmethod
    def is_for_replica(cls, action, params):
        """A table that is taken away is on record."""
        return super().is_for_replica(action, params) and params.get("format", "json") == "json"

    @extend_schema(
        parameters=[SpanSerializer],
        responses={
            (200, "application/json"): RetentionReportSerializer,
            (200, "text/csv"): OpenApiTypes.STR,
        },
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def retention(self, request):
        """Offers, acceptance, money kept and lost between two days, both included.

        `format=csv` answers with a table for a spreadsheet.
        """
        today = day_of(self.now, self.store.time_zone)
        query = SpanSerializer(data=request.query_params, context={"today": today})
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        span = Span(asked["from"], asked["to"], (self.store.pk,))
        report = read(span)
        if asked["format"] == "csv":
            return csv_answer(report, asked.get("group_by", "day"), span, actor=self.actor, now=self.now)
        groups = [asked["group_by"]] if "group_by" in asked else ["method", "reason", "agent", "day"]
        return Response(
            {
                "from": asked["from"].isoformat(),
                "to": asked["to"].isoformat(),
                "currency": CURRENCY,
                "totals": figures_in_text(report.totals),
                "lost": {
                    "refunds": report.lost_refunds,
                    **{name: f"{getattr(report.lost, name):.2f}" for name in ("sale", "hidden", "total")},
                },
                **{f"by_{group}": list(groups_of(report, group)) for group in groups},
            }
        )


def csv_answer(report: RetentionReport, group_by: str, span: Span, *, actor: Actor, now: datetime) -> HttpResponse:
    """The table as a download, which is on record; it begins with a mark by which spreadsheets know UTF-8."""
    note_figures_taken(span=span, group_by=group_by, actor=actor, now=now)
    answer = HttpResponse("\ufeff" + as_csv(report, group_by), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="retention-{group_by}-{span.start}-{span.end}.csv"'
    return answer


class CostRatesSerializer(serializers.Serializer):
    """Yuan per return, case or order; `agent_time` follows from minutes and hour.

    `since` is null while defaults hold.
    """

    return_freight = StrictMoneyField(minimum=ZERO)
    handling = StrictMoneyField(minimum=ZERO)
    agent_minutes = WholeNumberField(min_value=0, max_value=1440)
    agent_hourly = StrictMoneyField(minimum=ZERO)
    agent_time = StrictMoneyField(read_only=True)
    consultation = StrictMoneyField(minimum=ZERO)
    acquisition = StrictMoneyField(minimum=ZERO)
    outbound_freight = StrictMoneyField(minimum=ZERO)
    stock_loss_percent = StrictMoneyField(minimum=ZERO)
    since = serializers.DateTimeField(read_only=True, allow_null=True)

    def validate_stock_loss_percent(self, value):
        """At most all of it."""
        if value > 100:
            raise serializers.ValidationError(_("At most 100 per cent."), "max_value")
        return value


class CostRatesViewSet(StoreViewSet):
    """The rates of the store's hidden costs."""

    resource = "catalog"
    callers = {"cost_rates": "S"}
    serializer_class = CostRatesSerializer
    queryset = CostRates.objects.none()
    lookup_field = "code"

    @extend_schema(methods=["GET"], responses=CostRatesSerializer)
    @extend_schema(methods=["PATCH"], request=CostRatesSerializer(partial=True), responses=CostRatesSerializer)
    @action(detail=True, methods=["get", "patch"], url_path="cost-rates")
    def cost_rates(self, request, code):
        """The rates that hold now; a PATCH sets some of them from now on, and the past keeps its own."""
        store = get_or_404(Store.objects.filter(pk=self.store.pk), code=code)
        if request.method == "PATCH":
            changes = self.input(CostRatesSerializer, partial=True)
            if changes:
                set_cost_rates(store=store, changes=changes, actor=self.actor, now=self.now)
        own = own_rates(store.pk)
        costs = own.costs if own else store.rules.costs
        shown = {name: getattr(costs, name) for name in RATES}
        since: datetime | None = own.valid_from if own else None
        return Response(CostRatesSerializer({**shown, "agent_time": costs.agent_time, "since": since}).data)
