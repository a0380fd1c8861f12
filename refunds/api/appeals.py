"""Appeals over HTTP: the merchant asks back what was refunded at once, the platform's person decides (P5)."""

import django_filters
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from common.api.changes import ChangedAt
from common.api.fields import StrictMoneyField, TextField
from common.api.represent import represent
from common.texts import TextKind
from refunds.api.disputes import DecisionSerializer
from refunds.models import Appeal
from refunds.platform import appeals
from refunds.states import AppealGround, AppealStatus, CaseOutcome
from stores.api.base import ListMixin, StoreViewSet, get_or_404, named_by, parse_id


class OpenAppealSerializer(serializers.Serializer):
    """Why the platform should pay back what it refunded."""

    store = TextField(TextKind.NAME, required=False)
    refund = serializers.UUIDField()
    claim = TextField(TextKind.LINES, max_length=1000)
    ground = serializers.ChoiceField(AppealGround.choices, required=False, default=AppealGround.OTHER)


class AppealSerializer(serializers.ModelSerializer):
    """An appeal. `amount` is what a split names, `compensation` what the merchant was paid back."""

    refund = serializers.UUIDField(source="refund_id")
    order = serializers.CharField(source="refund.order.number")
    claim = serializers.CharField(source="says", max_length=1000)
    outcome = serializers.SerializerMethodField()
    amount = StrictMoneyField(allow_null=True)
    compensation = StrictMoneyField()

    updated_at = ChangedAt()

    class Meta:
        model = Appeal
        fields = [
            "id",
            "refund",
            "order",
            "ground",
            "claim",
            "status",
            "evidence_until",
            "outcome",
            "amount",
            "compensation",
            "note",
            "opened_at",
            "decided_at",
            "updated_at",
        ]

    @extend_schema_field(serializers.ChoiceField(CaseOutcome.choices, allow_null=True))
    def get_outcome(self, appeal):
        """`merchant` is upheld, `buyer` dismissed."""
        return appeal.outcome or None


class AppealFilter(django_filters.FilterSet):
    """Filters of the list."""

    status = django_filters.ChoiceFilter(choices=AppealStatus.choices)
    ground = django_filters.ChoiceFilter(choices=AppealGround.choices)
    refund = django_filters.UUIDFilter(field_name="refund_id")

    class Meta:
        model = Appeal
        fields = ["status", "ground", "refund"]


class AppealViewSet(ListMixin, StoreViewSet):
    """Appeals against a store's instant refunds."""

    resource = "refunds"
    callers = {"list": "SM", "retrieve": "SM", "create": "S", "decide": "M"}
    serializer_class = AppealSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = AppealFilter
    queryset = Appeal.objects.none()

    def get_queryset(self):
        """The store's appeals."""
        return Appeal.objects.for_store(self.store.pk).select_related("refund__order")

    def retrieve(self, request, pk):
        """One appeal."""
        return Response(represent(AppealSerializer, get_or_404(self.get_queryset(), pk=pk)))

    @extend_schema(request=OpenAppealSerializer, responses={201: AppealSerializer})
    def create(self, request):
        """Appeal against an instant refund."""
        data = self.input(OpenAppealSerializer)
        with named_by("refund"):
            appeal = appeals.open_appeal(
                store_id=self.store.pk,
                refund_id=data["refund"],
                plea=data["claim"],
                ground=data["ground"],
                actor=self.actor,
                now=self.now,
            )
        return Response(represent(AppealSerializer, appeal), status=201)

    @extend_schema(request=DecisionSerializer, responses=AppealSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request, pk):
        """The platform decides."""
        data = self.input(DecisionSerializer)
        appeal = appeals.decide_appeal(
            store_id=self.store.pk,
            appeal_id=parse_id(pk),
            outcome=data["outcome"],
            amount=data.get("amount"),
            note=data["note"],
            actor=self.platform,
            now=self.now,
        )
        return Response(represent(AppealSerializer, appeal))
