"""Payments, to read."""

import django_filters
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import mixins
from rest_framework.response import Response

from payments.api.serializers import PaymentSerializer
from payments.models import Payment, PaymentStatus, Purpose
from stores.api.base import StoreViewSet, get_or_404


class PaymentFilter(django_filters.FilterSet):
    """Filters of the payment list."""

    status = django_filters.ChoiceFilter(choices=PaymentStatus.choices)
    purpose = django_filters.ChoiceFilter(choices=Purpose.choices)
    order = django_filters.CharFilter(field_name="order__number")

    class Meta:
        model = Payment
        fields = ["status", "purpose", "order", "needs_attention"]


class PaymentViewSet(mixins.ListModelMixin, StoreViewSet):
    """A store's payments to buyers."""

    resource = "payments"
    callers = {"list": "S", "retrieve": "S"}
    serializer_class = PaymentSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = PaymentFilter
    queryset = Payment.objects.none()

    def get_queryset(self):
        """The store's payments."""
        return Payment.objects.for_store(self.store.pk).select_related("order")

    def retrieve(self, request, pk):
        """One payment."""
        return Response(PaymentSerializer(get_or_404(self.get_queryset(), pk=pk)).data)
