"""What can be done about a payment that failed: below payments/, for it is the refund that waits for the money."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from orders.api.serializers import StoreNameSerializer
from payments.api.serializers import PaymentSerializer
from payments.models import Payment
from refunds.payouts import give_up_payment, retry_payment
from stores.api.base import StoreViewSet, parse_id


class PayoutViewSet(StoreViewSet):
    """A refund's payments that failed or got no answer."""

    resource = "payments"
    callers = {"retry": "S", "give_up": "S"}
    serializer_class = PaymentSerializer
    queryset = Payment.objects.none()

    def _do(self, function, pk) -> Response:
        self.input(StoreNameSerializer)
        payment = function(store_id=self.store.pk, payment_id=parse_id(pk), actor=self.actor, now=self.now)
        return Response(PaymentSerializer(payment).data)

    @extend_schema(request=StoreNameSerializer, responses=PaymentSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request, pk):
        """Pay it again; answers with the new payment. One that got no answer is asked about again under its own key."""
        return self._do(retry_payment, pk)

    @extend_schema(request=StoreNameSerializer, responses=PaymentSerializer)
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request, pk):
        """Try no more: what the payment held is free, and the buyer's request awaits the merchant again.

        409 `payment_owed` where the buyer has nothing but this money.
        """
        return self._do(give_up_payment, pk)
