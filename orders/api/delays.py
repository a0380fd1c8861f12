"""Delay reports, and the notices to buyers that follow from them (K4)."""

from contextlib import nullcontext

import django_filters
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from common.api.changes import ChangedAt
from common.api.fields import InstantField, TextField
from common.texts import TextKind
from common.words import for_buyers
from orders.api.serializers import StoreNameSerializer
from orders.delays.actions import lift_delay, report_delay
from orders.models.delay import DelayedOrder, DelayReport
from orders.states import DelayReportStatus
from orders.why_not import MOST_ORDERS
from stores.api.base import ListMixin, StoreViewSet, get_or_404, parse_id


class NewReportSerializer(serializers.Serializer):
    """What is reported."""

    reason = TextField(TextKind.LINES, max_length=200)
    orders = serializers.ListField(
        child=TextField(TextKind.NAME, max_length=64), allow_empty=False, max_length=MOST_ORDERS
    )
    expected_at = InstantField(whole_day=True)


class ReportSerializer(serializers.ModelSerializer):
    """A report without its orders."""

    status = serializers.ChoiceField(DelayReportStatus.choices)

    updated_at = ChangedAt()

    class Meta:
        model = DelayReport
        fields = ["id", "reason", "status", "expected_at", "order_count", "created_at", "overdue_at", "lifted_at"]
        fields += ["updated_at"]


class ReportDetailSerializer(ReportSerializer):
    """A report with its orders' numbers, in the order in which they were placed."""

    orders = serializers.SerializerMethodField()

    class Meta(ReportSerializer.Meta):
        fields = [*ReportSerializer.Meta.fields, "orders"]

    def get_orders(self, report: DelayReport) -> list[str]:
        """Numbers."""
        members = DelayedOrder.objects.for_store(report.store_id).filter(report=report)
        return list(members.order_by("order").values_list("order__number", flat=True))


class ReportFilter(django_filters.FilterSet):
    """Filters of the list of reports."""

    status = django_filters.ChoiceFilter(choices=DelayReportStatus.choices, method="by_status")

    class Meta:
        model = DelayReport
        fields = ["status"]

    def by_status(self, queryset, name, value):
        """Open, overdue or lifted."""
        if value == DelayReportStatus.LIFTED:
            return queryset.filter(lifted_at__isnull=False)
        return (
            queryset.overdue()
            if value == DelayReportStatus.OVERDUE
            else queryset.open().filter(overdue_at__isnull=True)
        )


class DelayReportViewSet(ListMixin, StoreViewSet):
    """Delay reports."""

    resource = "orders"
    callers = {"list": "S", "retrieve": "S", "create": "S", "lift": "S"}
    serializer_class = ReportSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = ReportFilter
    queryset = DelayReport.objects.none()

    def get_queryset(self):
        """The store's reports."""
        return DelayReport.objects.for_store(self.store.pk)

    @extend_schema(responses=ReportDetailSerializer)
    def retrieve(self, request, pk):
        """One report with its orders."""
        return Response(ReportDetailSerializer(get_or_404(self.get_queryset(), pk=parse_id(pk))).data)

    @extend_schema(request=NewReportSerializer, responses={201: ReportDetailSerializer})
    def create(self, request):
        """Report that these orders ship later; each buyer is told once.

        All or nothing: an error for each order at fault.
        """
        data = self.input(NewReportSerializer)
        report = report_delay(
            store=self.store,
            reason=data["reason"],
            order_numbers=data["orders"],
            expected_at=data["expected_at"],
            actor=self.actor,
            now=self.now,
        )
        return Response(ReportDetailSerializer(report).data, status=201)

    @extend_schema(request=StoreNameSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def lift(self, request, pk):
        """The delay is over: deadlines are again what the rule says, and urged orders come first."""
        self.input(StoreNameSerializer)
        report = lift_delay(store_id=self.store.pk, report_id=parse_id(pk), actor=self.actor, now=self.now)
        return Response(ReportDetailSerializer(report).data)


class NoticeSerializer(serializers.ModelSerializer):
    """What a buyer is to be told."""

    order = serializers.CharField(source="order.number")
    buyer = serializers.CharField(source="order.buyer_id")
    text = serializers.CharField(help_text="In the language of `Accept-Language`, without one in the buyers'.")
    at = serializers.DateTimeField(source="notified_at", label=_("told"))

    updated_at = ChangedAt()

    class Meta:
        model = DelayedOrder
        fields = ["id", "order", "buyer", "text", "at", "updated_at"]


class NoticeFilter(django_filters.FilterSet):
    """Filters of the notices."""

    order = django_filters.CharFilter(field_name="order__number")

    class Meta:
        model = DelayedOrder
        fields = ["order"]


class NoticeViewSet(ListMixin, StoreViewSet):
    """Notices to buyers, newest first: the marketplace fetches and delivers them. An order has one a report."""

    resource = "orders"
    callers = {"list": "SM"}
    serializer_class = NoticeSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = NoticeFilter
    queryset = DelayedOrder.objects.none()

    def get_queryset(self):
        """The store's notices."""
        return DelayedOrder.objects.for_store(self.store.pk).select_related("order")

    def list(self, request, *args, **kwargs):
        """For whoever reads or passes them on: in the language that is asked for, or else in the buyers'."""
        with nullcontext() if "Accept-Language" in request.headers else for_buyers():
            return super().list(request, *args, **kwargs)
