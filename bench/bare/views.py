"""Open, approve, settle: three plain views. `ATOMIC_REQUESTS` makes each a transaction, as in the platform."""

from datetime import UTC, datetime, timedelta

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.bare.models import Event, Order, Payment, Refund


class OpenSerializer(serializers.Serializer):
    """What the buyer asks."""

    order = serializers.CharField(max_length=64)
    kind = serializers.ChoiceField(["refund_only", "return_and_refund"])
    reason = serializers.CharField(max_length=30)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)


class PaymentSerializer(serializers.ModelSerializer):
    """A payment."""

    class Meta:
        model = Payment
        fields = ["id", "amount", "status"]


class RefundSerializer(serializers.ModelSerializer):
    """A refund with its payments."""

    order = serializers.CharField(source="order.number")
    payments = PaymentSerializer(many=True)

    class Meta:
        model = Refund
        fields = [
            "id",
            "order",
            "kind",
            "reason",
            "amount",
            "status",
            "due_at",
            "created_at",
            "resolved_at",
            "payments",
        ]


class BareView(APIView):
    """No authentication, no permissions, no throttling."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def find(self, pk) -> Refund:
        """The refund and its order, locked."""
        return get_object_or_404(Refund.objects.select_related("order").select_for_update(), pk=pk)

    def answer(self, refund: Refund, status: int = 200) -> Response:
        """The refund as JSON."""
        return Response(RefundSerializer(refund).data, status=status)


class OpenRefund(BareView):
    """POST bare/refunds/."""

    def post(self, request):
        """Check what is left, count the claim, insert."""
        serializer = OpenSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        now = datetime.now(UTC)
        order = get_object_or_404(Order.objects.select_for_update(), number=data["order"])
        line = order.lines.all()[0]
        if data["amount"] > order.paid_amount - order.claimed_amount:
            raise ValidationError({"amount": "More than is left."})
        order.claimed_amount += data["amount"]
        line.claimed_amount += data["amount"]
        order.save(update_fields=["claimed_amount"])
        line.save(update_fields=["claimed_amount"])
        refund = Refund.objects.create(
            order=order,
            kind=data["kind"],
            reason=data["reason"],
            amount=data["amount"],
            due_at=now + timedelta(hours=36),
            created_at=now,
        )
        Event.objects.create(refund=refund, at=now, name="refund.requested", data={"amount": str(refund.amount)})
        return self.answer(refund, 201)


class ApproveRefund(BareView):
    """POST bare/refunds/{id}/approve/."""

    def post(self, request, pk):
        """The money is to go out."""
        refund = self.find(pk)
        if refund.status != "awaiting_merchant":
            raise ValidationError("Not now.")
        now = datetime.now(UTC)
        refund.status, refund.due_at = "refunding", None
        refund.save(update_fields=["status", "due_at"])
        Payment.objects.create(refund=refund, amount=refund.amount, created_at=now)
        Event.objects.create(refund=refund, at=now, name="refund.approved")
        return self.answer(refund)


class SettleRefund(BareView):
    """POST bare/refunds/{id}/settle/: the gateway calls back."""

    def post(self, request, pk):
        """The money has arrived."""
        refund = self.find(pk)
        if refund.status != "refunding":
            raise ValidationError("Not now.")
        now = datetime.now(UTC)
        refund.status, refund.resolved_at = "refunded", now
        refund.save(update_fields=["status", "resolved_at"])
        refund.payments.filter(status="pending").update(status="succeeded", settled_at=now)
        Event.objects.create(refund=refund, at=now, name="refund.refunded")
        return self.answer(refund)
