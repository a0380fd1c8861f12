"""The evidence pack over HTTP; its path belongs to the dispute."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from refunds.models import Dispute
from stores.api.base import StoreViewSet, get_or_404
from workbench.platform.pack import build_pack, pack_name


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
        return pack_response(dispute, self.now)


def pack_response(dispute: Dispute, now) -> HttpResponse:
    """The PDF as a download."""
    response = HttpResponse(build_pack(dispute, now), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{pack_name(dispute)}"'
    response["Cache-Control"] = "private, no-store"
    return response
