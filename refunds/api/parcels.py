"""Shapes of what carriers have to do with a refund."""

from rest_framework import serializers

from common.api.fields import StrictMoneyField
from orders.api.serializers import ShipmentSerializer
from refunds.models import CarrierClaim
from refunds.numbers import NumberOddity
from refunds.states import RecallStatus


class RecallSerializer(serializers.Serializer):
    """A recall of the order's parcel."""

    status = serializers.ChoiceField(RecallStatus.choices)
    asked_at = serializers.DateTimeField(source="shipment.recalled_at")
    carrier = serializers.CharField(source="shipment.carrier")
    tracking_number = serializers.CharField(source="shipment.tracking_number")


class CarrierClaimSerializer(serializers.ModelSerializer):
    """A carrier claim for a lost parcel."""

    amount = StrictMoneyField()

    class Meta:
        model = CarrierClaim
        fields = ["id", "amount", "status", "note", "opened_at", "closed_at"]


class NumberWarningSerializer(serializers.Serializer):
    """Something odd about the return's number; `orders` are the orders that it is about."""

    code = serializers.ChoiceField([each.value for each in NumberOddity])
    detail = serializers.CharField()
    orders = serializers.ListField(child=serializers.CharField())


class TrackingSerializer(serializers.Serializer):
    """What is on its way: the parcel to the buyer, its recall for this refund, the return, and what was lost."""

    shipment = ShipmentSerializer(source="outbound", allow_null=True)
    recall = RecallSerializer(allow_null=True)
    return_shipment = ShipmentSerializer(source="returning", allow_null=True)
    carrier_claims = CarrierClaimSerializer(many=True)
    warnings = NumberWarningSerializer(many=True)
