"""Refunds by the thousand: the marketplace brings what its buyers ask."""

from collections.abc import Sequence

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from common.api.represent import represent
from common.together import together
from refunds.api.serializers import OpenRefundSerializer, RefundDetailSerializer
from refunds.bulk import open_refunds
from refunds.models import Refund
from refunds.opening import RefundRequest
from stores.api.bulk import UNDONE, Answer, BulkViewSet, Outcome, envelope_of, results_of

OpenManySerializer = envelope_of(OpenRefundSerializer, "OpenRefunds")
RefundResultsSerializer = results_of(RefundDetailSerializer, "Refund")


class RefundBulkViewSet(BulkViewSet):
    """Many refunds at once."""

    resource = "refunds"
    callers = {"open": "M"}
    dear = frozenset({"open"})
    answers_with = dict.fromkeys(dear, UNDONE)
    serializer_class = RefundDetailSerializer
    queryset = Refund.objects.none()

    @extend_schema(request=OpenManySerializer, responses=RefundResultsSerializer)
    @action(detail=False, methods=["post"], url_path="bulk")
    def open(self, request):
        """At most 1000 buyers ask.

        Each item is answered as its own call would be, in the order given; each names its `store`, or the body does
        for all. One that fails harms no other; with `atomic` nothing is done unless all of them are.
        """
        return self.answer_all(OpenRefundSerializer, "order", self._open)

    def _open(self, wanted: Sequence[dict]) -> list[Outcome]:
        requests = [
            RefundRequest(
                order=data["order"],
                kind=data["kind"],
                reason=data["reason"],
                amount=data.get("amount"),
                description=data["description"],
                lines=data.get("lines"),
            )
            for data in wanted
        ]
        outcomes = open_refunds(store=self.store, requests=requests, actor=self.actor, now=self.now)
        refunds = [outcome for outcome in outcomes if isinstance(outcome, Refund)]
        with together([*refunds, *(refund.order for refund in refunds)]):
            return [
                Answer(201, represent(RefundDetailSerializer, outcome)) if isinstance(outcome, Refund) else outcome
                for outcome in outcomes
            ]
