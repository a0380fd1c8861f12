"""Shapes of payments."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.changes import ChangedAt
from common.api.fields import NamesField, StrictMoneyField, TextField
from common.money import CENT
from common.texts import TextKind
from payments.api.extras import WARNINGS
from payments.gateway_errors import own_words
from payments.models import Payment
from payments.purposes import purpose_choices
from payments.small import Allowance
from payments.states import SMALL_PURPOSES, ConflictSettlement, PaymentPurpose


class PaymentSerializer(serializers.ModelSerializer):
    """Money for the buyer of an order.

    `refund` is the one it belongs to; null for one that is about the order itself.
    """

    amount = StrictMoneyField()
    purpose = NamesField(purpose_choices)
    order = serializers.CharField(source="order.number")
    refund = serializers.SerializerMethodField()
    last_error = serializers.SerializerMethodField()

    updated_at = ChangedAt()

    class Meta:
        model = Payment
        fields = [
            "id",
            "order",
            "refund",
            "purpose",
            "amount",
            "note",
            "status",
            "needs_attention",
            "attempts",
            "gateway",
            "gateway_reference",
            "last_error",
            "created_at",
            "settled_at",
            "reversed_at",
            "given_up_at",
            "updated_at",
            "written_off_at",
            "conflict",
        ]

    def get_last_error(self, payment: Payment) -> str:
        """The gateway's, as it said it; ours in the caller's language."""
        return own_words(payment.last_error)

    def get_refund(self, payment: Payment) -> serializers.UUIDField(allow_null=True):
        """The topic, unless it is the order."""
        return None if payment.topic_id == payment.order_id else str(payment.topic_id)


class WarningSerializer(serializers.Serializer):
    """Something that is allowed and that nobody would want by mistake. `code` is stable, `detail` for people."""

    code = serializers.CharField()
    detail = serializers.CharField()


class WarnedPaymentSerializer(PaymentSerializer):
    """A payment with what speaks against it."""

    warnings = serializers.SerializerMethodField()

    class Meta(PaymentSerializer.Meta):
        fields = [*PaymentSerializer.Meta.fields, "warnings"]

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, payment: Payment):
        """What it costs more than: the order, or granting its refund."""
        return [warning for warn in WARNINGS for warning in warn(payment)]


class SettleConflictSerializer(serializers.Serializer):
    """What a gateway's contradiction means: `book`, `demand_back`, `write_off` or `keep`."""

    how = serializers.ChoiceField(ConflictSettlement.choices)


class SmallPaymentSerializer(serializers.Serializer):
    """A small payment to send. With `refund` it is about that refund of the order."""

    order = TextField(TextKind.NAME, max_length=64)
    amount = StrictMoneyField(minimum=CENT)
    purpose = serializers.ChoiceField(choices=[(value, PaymentPurpose(value).label) for value in SMALL_PURPOSES])
    note = TextField(TextKind.LINES, max_length=200, required=False, allow_blank=True, default="")
    refund = serializers.UUIDField(required=False, allow_null=True, default=None)


class OrderPlacesSerializer(serializers.Serializer):
    """Small payments of an order: how many it had, how many it may still have."""

    used = serializers.IntegerField()
    left = serializers.IntegerField()


class DaySerializer(serializers.Serializer):
    """A store's day: yuan. `resets_at` is when the next one begins."""

    date = serializers.DateField()
    limit = StrictMoneyField()
    used = StrictMoneyField()
    left = StrictMoneyField()
    resets_at = serializers.DateTimeField()


class AllowanceSerializer(serializers.Serializer):
    """What is left for an order. `usable_until` is the end of its last day, not included."""

    per_payment = StrictMoneyField()
    order = OrderPlacesSerializer()
    store_day = DaySerializer()
    usable_until = serializers.DateTimeField()

    def to_representation(self, allowance: Allowance) -> dict:
        """From what the room knows."""
        return super().to_representation(
            {
                "per_payment": allowance.limits.per_payment,
                "order": {"used": allowance.order_used, "left": allowance.order_left},
                "store_day": {
                    "date": allowance.day,
                    "limit": allowance.limits.per_day,
                    "used": allowance.day_used,
                    "left": allowance.day_left,
                    "resets_at": allowance.resets_at,
                },
                "usable_until": allowance.usable_until,
            }
        )


class AllowanceQuerySerializer(serializers.Serializer):
    """Which order is asked about."""

    order = TextField(TextKind.NAME, max_length=64)
