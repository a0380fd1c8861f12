"""The evidence pack over HTTP; its path belongs to the dispute."""

from django.utils import translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from orders.api.serializers import StoreNameSerializer
from refunds.models import Dispute, EvidencePack
from refunds.platform.packs import ask_for_pack, pack_of, take_pack
from refunds.states import PackStatus
from stores.api.base import StoreViewSet, get_or_404, parse_id
from workbench.cases.packs import WAIT_S, pack_response, percent_of


class EvidencePackSerializer(serializers.ModelSerializer):
    """How far a dispute's pack is, in `language`; `percent` is as far as is known, `size` counts bytes."""

    percent = serializers.SerializerMethodField()

    class Meta:
        model = EvidencePack
        fields = ["id", "dispute", "language", "status", "percent", "asked_at", "made_at", "size"]

    def get_percent(self, pack: EvidencePack) -> int:
        """0 to 100."""
        return percent_of(pack)


class DisputePackViewSet(StoreViewSet):
    """What a merchant keeps of a dispute."""

    resource = "refunds"
    callers = {"pack": "SM"}
    queryset = Dispute.objects.none()
    serializer_class = EvidencePackSerializer

    def perform_content_negotiation(self, request, force=False):
        """Whoever asks for a PDF by its type gets it."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(methods=["POST"], request=StoreNameSerializer, responses={202: EvidencePackSerializer})
    @extend_schema(
        methods=["GET"],
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (202, "application/json"): EvidencePackSerializer,
        },
        filters=False,
    )
    @action(detail=True, methods=["get", "post"], filter_backends=[])
    def pack(self, request, pk):
        """The evidence pack as a PDF, in the language of the request: ask for it with POST, take it with GET.

        202 tells how far it is while a worker makes it. A finished one is kept for a day.
        """
        if request.method == "POST":
            self.input(StoreNameSerializer)
            asked = {"language": translation.get_language(), "actor": self.actor, "now": self.now}
            return self._progress(ask_for_pack(store_id=self.store.pk, dispute_id=parse_id(pk), **asked))
        disputes = Dispute.objects.for_store(self.store.pk).select_related("store", "refund__order")
        dispute = get_or_404(disputes, pk=pk)
        pack = pack_of(dispute, translation.get_language())
        if pack is not None and pack.status == PackStatus.MAKING:
            return self._progress(pack)
        return pack_response(dispute, take_pack(dispute=dispute, pack=pack, actor=self.actor, now=self.now))

    def _progress(self, pack: EvidencePack) -> Response:
        return Response(EvidencePackSerializer(pack).data, status=202, headers={"Retry-After": WAIT_S})
