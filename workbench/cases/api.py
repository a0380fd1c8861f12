"""The evidence pack over HTTP; its path belongs to the dispute."""

from datetime import datetime

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from common.actors import Actor
from refunds.models import Dispute
from refunds.platform.evidence import note_pack_taken
from stores.api.base import StoreViewSet, get_or_404
from workbench.cases.pack import build_pack, pack_name


class DisputePackViewSet(StoreViewSet):
    """What a merchant keeps of a dispute."""

    resource = "refunds"
    callers = {"pack": "SM"}
    dear = frozenset({"pack"})
    queryset = Dispute.objects.none()

    def perform_content_negotiation(self, request, force=False):
        """Whoever asks for a PDF by its type gets it."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, filter_backends=[])
    def pack(self, request, pk):
        """The evidence pack as a PDF, in the language of the request."""
        disputes = Dispute.objects.for_store(self.store.pk).select_related("refund__order", "refund__store")
        dispute = get_or_404(disputes, pk=pk)
        return pack_response(dispute, actor=self.actor, now=self.now)


def pack_response(dispute: Dispute, *, actor: Actor, now: datetime) -> HttpResponse:
    """The PDF as a download; who took it is on record."""
    note_pack_taken(dispute=dispute, actor=actor, now=now)
    response = HttpResponse(build_pack(dispute, now), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{pack_name(dispute)}"'
    response["Cache-Control"] = "private, no-store"
    return response
