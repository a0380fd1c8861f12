"""Shapes of payments."""

from rest_framework import serializers

from common.api.fields import StrictMoneyField
from payments.models import Payment


class PaymentSerializer(serializers.ModelSerializer):
    """Money for the buyer of an order. `refund` is the case it belongs to."""

    amount = StrictMoneyField()
    order = serializers.CharField(source="order.number")
    refund = serializers.UUIDField(source="topic_id")

    class Meta:
        model = Payment
        fields = [
            "id",
            "order",
            "refund",
            "purpose",
            "amount",
            "status",
            "needs_attention",
            "attempts",
            "gateway_reference",
            "last_error",
            "created_at",
            "settled_at",
        ]
