"""Disputes over HTTP: either side asks, the platform's person decides (R7)."""

import django_filters
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from common.api.changes import ChangedAt
from common.api.fields import StrictMoneyField, TextField
from common.api.represent import represent
from common.money import CENT
from common.texts import TextKind
from refunds.models import Dispute
from refunds.platform import disputes
from refunds.platform.suggestions import explain
from refunds.states import CaseOutcome, CaseSide, DisputeStatus
from stores.api.auth import STORE
from stores.api.base import ListMixin, StoreViewSet, get_or_404, named_by, parse_id


class OpenDisputeSerializer(serializers.Serializer):
    """What one side asks the platform to decide."""

    store = TextField(TextKind.NAME, required=False)
    refund = serializers.UUIDField()
    claim = TextField(TextKind.LINES, max_length=1000)


class AnswerSerializer(serializers.Serializer):
    """What the other side answers to the plea."""

    store = TextField(TextKind.NAME, required=False)
    reply = TextField(TextKind.LINES, max_length=1000)


class GroundSerializer(serializers.Serializer):
    """One thing that was weighed, in words; `speaks_for` is `buyer`, `merchant` or null."""

    code = serializers.CharField()
    speaks_for = serializers.ChoiceField(CaseSide.choices, allow_null=True)
    text = serializers.CharField()


class SuggestionSerializer(serializers.Serializer):
    """The suggested decision; `amount` for a split."""

    outcome = serializers.ChoiceField(CaseOutcome.choices)
    amount = serializers.CharField(allow_null=True)
    grounds = GroundSerializer(many=True)


class DecisionSerializer(serializers.Serializer):
    """Who is right, and why. `amount` only for a split: what the buyer is paid."""

    store = TextField(TextKind.NAME, required=False)
    outcome = serializers.ChoiceField(CaseOutcome.choices)
    amount = StrictMoneyField(minimum=CENT, required=False)
    note = TextField(TextKind.LINES, max_length=1000)


class DisputeSerializer(serializers.ModelSerializer):
    """A dispute. `outcome` and `amount` are null until it is decided, `amount` except for a split."""

    refund = serializers.UUIDField(source="refund_id")
    order = serializers.CharField(source="refund.order.number")
    claim = serializers.CharField(source="says", max_length=1000)
    outcome = serializers.SerializerMethodField()
    amount = StrictMoneyField(allow_null=True)
    suggestion = serializers.SerializerMethodField()

    updated_at = ChangedAt()

    class Meta:
        model = Dispute
        fields = [
            "id",
            "refund",
            "order",
            "opened_by",
            "claim",
            "reply",
            "status",
            "evidence_until",
            "suggestion",
            "outcome",
            "amount",
            "note",
            "opened_at",
            "decided_at",
            "updated_at",
        ]

    @extend_schema_field(serializers.ChoiceField(CaseOutcome.choices, allow_null=True))
    def get_outcome(self, dispute):
        """Who was right."""
        return dispute.outcome or None

    @extend_schema_field(SuggestionSerializer)
    def get_suggestion(self, dispute):
        """What the platform's person is advised, and why, in the language of the request."""
        return {**dispute.suggestion, "grounds": explain(dispute.suggestion)}


class DisputeFilter(django_filters.FilterSet):
    """Filters of the list."""

    status = django_filters.ChoiceFilter(choices=DisputeStatus.choices)
    opened_by = django_filters.ChoiceFilter(choices=CaseSide.choices)
    refund = django_filters.UUIDFilter(field_name="refund_id")

    class Meta:
        model = Dispute
        fields = ["status", "opened_by", "refund"]


class DisputeViewSet(ListMixin, StoreViewSet):
    """Disputes of a store's refunds."""

    resource = "refunds"
    callers = {"list": "SM", "retrieve": "SM", "create": "SM", "answer": "SM", "decide": "M"}
    serializer_class = DisputeSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = DisputeFilter
    queryset = Dispute.objects.none()

    @property
    def side(self) -> str:
        """Whom the key speaks for."""
        return CaseSide.MERCHANT if self.request.user.kind == STORE else CaseSide.BUYER

    def get_queryset(self):
        """The store's disputes."""
        return Dispute.objects.for_store(self.store.pk).select_related("refund__order")

    def retrieve(self, request, pk):
        """One dispute."""
        return Response(represent(DisputeSerializer, get_or_404(self.get_queryset(), pk=pk)))

    @extend_schema(request=OpenDisputeSerializer, responses={201: DisputeSerializer})
    def create(self, request):
        """Ask the platform to step in."""
        data = self.input(OpenDisputeSerializer)
        with named_by("refund"):
            dispute = disputes.open_dispute(
                store_id=self.store.pk,
                refund_id=data["refund"],
                opened_by=self.side,
                plea=data["claim"],
                actor=self.actor,
                now=self.now,
            )
        return Response(represent(DisputeSerializer, dispute), status=201)

    @extend_schema(request=AnswerSerializer, responses=DisputeSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, pk):
        """The other side answers the plea."""
        dispute = disputes.answer_dispute(
            store_id=self.store.pk,
            dispute_id=parse_id(pk),
            side=self.side,
            reply=self.input(AnswerSerializer)["reply"],
            actor=self.actor,
            now=self.now,
        )
        return Response(represent(DisputeSerializer, dispute))

    @extend_schema(request=DecisionSerializer, responses=DisputeSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request, pk):
        """The platform decides."""
        data = self.input(DecisionSerializer)
        dispute = disputes.decide_dispute(
            store_id=self.store.pk,
            dispute_id=parse_id(pk),
            outcome=data["outcome"],
            amount=data.get("amount"),
            note=data["note"],
            actor=self.platform,
            now=self.now,
        )
        return Response(represent(DisputeSerializer, dispute))
