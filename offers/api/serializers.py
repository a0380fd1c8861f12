"""Shapes of offers."""

from rest_framework import serializers

from common.api.fields import StrictMoneyField
from offers.models import MethodCode, Offer


class SendOfferSerializer(serializers.Serializer):
    """What the merchant proposes; which fields a method needs is in offer-options."""

    refund = serializers.UUIDField()
    method = serializers.ChoiceField(MethodCode.choices)
    message = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    amount = StrictMoneyField(required=False, allow_null=True, default=None)
    return_address = serializers.UUIDField(required=False, allow_null=True, default=None)
    agreed_with_buyer = serializers.BooleanField(required=False, default=False)


class OfferSerializer(serializers.ModelSerializer):
    """An offer and what became of it."""

    amount = StrictMoneyField(allow_null=True)

    class Meta:
        model = Offer
        fields = [
            "id",
            "refund",
            "method",
            "status",
            "message",
            "amount",
            "return_address",
            "agreed_with_buyer",
            "due_at",
            "created_at",
            "answered_at",
        ]


class OptionSerializer(serializers.Serializer):
    """A method that is possible now."""

    method = serializers.CharField()
    recommended = serializers.BooleanField()
    score = serializers.FloatField(allow_null=True)
    why = serializers.CharField()
    limits = serializers.DictField()


class RetainableSerializer(serializers.Serializer):
    """Whether anything is possible now, and if not, the code of the reason."""

    ok = serializers.BooleanField()
    code = serializers.CharField(allow_null=True)


class OfferOptionsSerializer(serializers.Serializer):
    """What may be offered for a refund now."""

    retainable = RetainableSerializer()
    attempts_left = serializers.IntegerField()
    options = OptionSerializer(many=True)
