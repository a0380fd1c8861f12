"""Payments: small ones to send, and all of them to read."""

import django_filters
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from common.api.filters import FlagFilter
from common.api.represent import represent
from orders.models import Order
from payments.api.serializers import (
    AllowanceQuerySerializer,
    AllowanceSerializer,
    PaymentSerializer,
    SettleConflictSerializer,
    SmallPaymentSerializer,
    WarnedPaymentSerializer,
)
from payments.conflicts import settle_conflict
from payments.models import Payment
from payments.purposes import purpose_choices
from payments.small import allowance_of, send_small_payment
from payments.states import PaymentStatus
from stores.api.base import ListMixin, StoreViewSet, get_or_404, named_by, parse_id


class PaymentFilter(django_filters.FilterSet):
    """Filters of the payment list."""

    status = django_filters.ChoiceFilter(choices=PaymentStatus.choices)
    purpose = django_filters.ChoiceFilter(choices=purpose_choices)
    order = django_filters.CharFilter(field_name="order__number")
    needs_attention = FlagFilter()

    class Meta:
        model = Payment
        fields = ["status", "purpose", "order", "needs_attention"]


class PaymentViewSet(ListMixin, StoreViewSet):
    """A store's payments to buyers."""

    resource = "payments"
    callers = {"list": "S", "retrieve": "S", "create": "S", "allowance": "S", "settle_conflict": "S"}
    idempotency_key_required = frozenset({"create"})
    queries = {"allowance": frozenset({"order"})}
    serializer_class = PaymentSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = PaymentFilter
    queryset = Payment.objects.none()

    def get_queryset(self):
        """The store's payments."""
        return Payment.objects.for_store(self.store.pk).select_related("order")

    @extend_schema(responses=WarnedPaymentSerializer)
    def retrieve(self, request, pk):
        """One payment."""
        return Response(represent(WarnedPaymentSerializer, get_or_404(self.get_queryset(), pk=pk)))

    @extend_schema(request=SmallPaymentSerializer, responses={201: WarnedPaymentSerializer})
    def create(self, request):
        """Send a small payment. The Idempotency-Key header is required: it keeps a retry from paying twice."""
        data = self.input(SmallPaymentSerializer)
        with named_by("order"):
            payment = send_small_payment(
                store=self.store,
                order_number=data["order"],
                amount=data["amount"],
                purpose=data["purpose"],
                note=data["note"],
                refund_id=data["refund"],
                actor=self.actor,
                now=self.now,
            )
        return Response(represent(WarnedPaymentSerializer, payment), status=201)

    @extend_schema(request=SettleConflictSerializer, responses=WarnedPaymentSerializer)
    @action(detail=True, methods=["post"], url_path="settle-conflict")
    def settle_conflict(self, request, pk):
        """Settle what the gateway says against our books; until then nothing more is paid about the same."""
        how = self.input(SettleConflictSerializer)["how"]
        payment = settle_conflict(
            store_id=self.store.pk, payment_id=parse_id(pk), how=how, actor=self.actor, now=self.now
        )
        return Response(represent(WarnedPaymentSerializer, payment))

    @extend_schema(
        parameters=[OpenApiParameter("order", str, required=True, description="The order's number.")],
        responses=AllowanceSerializer,
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def allowance(self, request):
        """What is left for an order: per payment, in the order, of the store's day, and until when (K8–K10)."""
        query = AllowanceQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        with named_by("order"):
            order = get_or_404(Order.objects.for_store(self.store.pk), number=query.validated_data["order"])
        return Response(AllowanceSerializer(allowance_of(order, self.store, self.now)).data)
