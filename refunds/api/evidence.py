"""Evidence over HTTP: either side shows files, and those who may see the refund may have them."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from common import uploads
from common.api.fields import TextField
from common.api.parsers import UploadParser
from common.errors import NotFound
from common.texts import TextKind
from common.web.ranges import part_of
from refunds.models import Evidence, Refund
from refunds.platform.evidence import add_evidence, stored
from refunds.states import CaseSide
from stores.api.auth import STORE
from stores.api.base import StoreViewSet, get_or_404, parse_id


class EvidenceParser(UploadParser):
    """One file and its note; the rest of the body is boundaries."""

    MAX_BYTES = uploads.MOST_FILM_BYTES + 64 * 1024


class AddEvidenceSerializer(serializers.Serializer):
    """A file (JPEG, PNG, WebP, GIF, HEIC, AVIF, MP4, MOV or PDF) and what is to be seen in it."""

    store = TextField(TextKind.NAME, required=False)
    file = serializers.FileField(allow_empty_file=True, max_length=255)
    note = TextField(TextKind.LINES, max_length=300, required=False, allow_blank=True, default="")


class EvidenceSerializer(serializers.ModelSerializer):
    """A file that one side has shown. `type`, `size` and `sha256` are of the file as it is kept."""

    refund = serializers.UUIDField(source="refund_id")

    class Meta:
        model = Evidence
        fields = ["id", "refund", "side", "name", "note", "type", "size", "sha256", "at"]


def file_response(evidence: Evidence, *, shown_to: HttpRequest | None = None) -> HttpResponseBase:
    """The file as a download, or to be shown in the page that asks; never as anything that a browser would run."""
    try:
        content = default_storage.open(evidence.stored_as)
    except FileNotFoundError:
        raise NotFound from None
    response: HttpResponseBase | None = None
    is_shown = shown_to is not None and evidence.is_shown
    if is_shown and evidence.is_film:
        response = part_of(shown_to, content, evidence.size)
    if response is None:
        response = FileResponse(content, as_attachment=not is_shown, filename=evidence.name)
    if is_shown and evidence.is_film:
        response["Accept-Ranges"] = "bytes"
    response["Content-Type"] = evidence.type
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


class EvidenceViewSet(StoreViewSet):
    """Evidence of a store's refunds; its paths belong to the refund."""

    resource = "refunds"
    callers = {"evidence": "SM", "file": "SM"}
    paged = frozenset({"evidence"})
    serializer_class = EvidenceSerializer
    queryset = Evidence.objects.none()

    def perform_content_negotiation(self, request, force=False):
        """Whoever asks for an image by its type gets it: answers that aren't JSON have only one form."""
        return super().perform_content_negotiation(request, force=force or self.action == "file")

    def _find(self, pk) -> Refund:
        return get_or_404(Refund.objects.for_store(self.store.pk), pk=pk)

    @extend_schema(methods=["GET"], responses=EvidenceSerializer(many=True), filters=False)
    @extend_schema(methods=["POST"], request=AddEvidenceSerializer, responses={201: EvidenceSerializer})
    @action(detail=True, methods=["get", "post"], parser_classes=[EvidenceParser], filter_backends=[])
    def evidence(self, request, pk):
        """What both sides have shown, oldest first; add a file."""
        if request.method == "POST":
            return self._add(parse_id(pk))
        refund = self._find(pk)
        self.paginator.ordering = "id"
        page = self.paginate_queryset(Evidence.objects.for_store(self.store.pk).filter(refund=refund))
        return self.get_paginated_response(EvidenceSerializer(page, many=True).data)

    def _add(self, refund_id) -> Response:
        data = self.input(AddEvidenceSerializer)
        self._find(refund_id)
        file = uploads.clean_upload(data["file"], data["file"].name)
        with stored(self.store.pk, file) as stored_as:
            evidence = add_evidence(
                store_id=self.store.pk,
                refund_id=refund_id,
                side=CaseSide.MERCHANT if self.request.user.kind == STORE else CaseSide.BUYER,
                file=file,
                stored_as=stored_as,
                note=data["note"],
                actor=self.actor,
                now=self.now,
            )
        return Response(EvidenceSerializer(evidence).data, status=201)

    @extend_schema(
        responses={(200, kind): OpenApiTypes.BINARY for kind in uploads.SUFFIXES},
        filters=False,
    )
    @action(detail=True, url_path=r"evidence/(?P<evidence_id>[^/]+)", filter_backends=[])
    def file(self, request, pk, evidence_id):
        """One file, as a download."""
        evidence = get_or_404(
            Evidence.objects.for_store(self.store.pk), pk=parse_id(evidence_id), refund_id=parse_id(pk)
        )
        return file_response(evidence)
