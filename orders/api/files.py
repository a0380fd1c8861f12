"""The ERP's round trip: what is to be shipped as a file, and the file with tracking numbers back (K2)."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.response import Response

from common.api.parsers import UploadParser
from common.api.unknown import unknown_fields
from common.sentences import in_readers_words
from orders.api.filters import OrderFilter
from orders.erp.checking import BY_STATE, CARRIER_UNKNOWN, DETAILS
from orders.erp.export import CONTENT_TYPES, ExportFormat, export_orders, file_name
from orders.erp.imports import MOST_SHOWN, ImportRefused, RowProblem, import_now, preview, problems_of
from orders.erp.receiving import receive_file
from orders.erp.running import progress_of
from orders.models import Order, ShipmentImport
from orders.states import ImportStatus
from stores.api.base import StoreViewSet, get_or_404, parse_id

BLOCK_BYTES = 2**16
RESPOND_ASYNC = "respond-async"


class AnyAccept(DefaultContentNegotiation):
    """`format` says what file it is, whatever is accepted; a refusal is JSON."""

    def select_renderer(self, request, renderers, format_suffix=None):
        """The first renderer there is."""
        return renderers[0], renderers[0].media_type


class ExportSerializer(serializers.Serializer):
    """How the file is written."""

    format = serializers.ChoiceField([each.value for each in ExportFormat], default=ExportFormat.CSV.value)


class UploadSerializer(serializers.Serializer):
    """The file: csv (UTF-8, UTF-16 or GB18030) or xlsx, with the columns order_number, carrier and tracking_number.

    `parcel_items`, if it is there, names what is in the parcel.
    """

    file = serializers.FileField()


class DryRunSerializer(serializers.Serializer):
    """Whether to look only."""

    dry_run = serializers.BooleanField(default=False)


class RowErrorSerializer(serializers.Serializer):
    """What is wrong with a row of the file; `row` is its row in the spreadsheet."""

    row = serializers.IntegerField(source="place")
    order = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class OutcomeSerializer(serializers.Serializer):
    """What became of a file, or would. `errors` are the first of `errors_total`."""

    dry_run = serializers.BooleanField()
    rows = serializers.IntegerField()
    valid = serializers.IntegerField()
    shipped = serializers.IntegerField()
    errors = RowErrorSerializer(many=True)
    errors_total = serializers.IntegerField()


class StepSerializer(serializers.Serializer):
    """How far a worker is: a step (reading, checking, shipping) and the rows of it; `of` is 0 while nobody knows."""

    step = serializers.CharField()
    done = serializers.IntegerField()
    of = serializers.IntegerField()


class UnreadableSerializer(serializers.Serializer):
    """Why a file can't be read: a code as the call would answer it at once, and what to do."""

    code = serializers.CharField()
    detail = serializers.CharField()


class FileSerializer(serializers.Serializer):
    """A file that a worker reads, and ships if that was asked: how far it is, and then what became of it.

    It is `reading`, then `unreadable` or `checked`: its `errors`, if any, keep it from being shipped. One that ships is
    `running`, then `done` or `failed`.
    """

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    status = serializers.ChoiceField(ImportStatus.choices)
    progress = StepSerializer()
    rows = serializers.IntegerField()
    valid = serializers.IntegerField()
    shipped = serializers.IntegerField()
    errors = RowErrorSerializer(many=True)
    errors_total = serializers.IntegerField()
    unreadable = UnreadableSerializer(allow_null=True)


class OrderFilesViewSet(StoreViewSet):
    """Orders as files."""

    resource = "orders"
    callers = {"export": "S", "import_shipments": "S", "imported_file": "S"}
    dear = frozenset({"export", "import_shipments"})
    filtered = frozenset({"export"})
    queries = {"export": frozenset({"format"}), "import_shipments": frozenset({"dry_run"})}
    answers_with = {"import_shipments": {400: {*DETAILS, CARRIER_UNKNOWN}, 409: BY_STATE}}
    serializer_class = OutcomeSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = OrderFilter
    pagination_class = None
    queryset = Order.objects.none()

    def get_queryset(self):
        """What is to be shipped, in the queue's order; with a `status`, all that the store has."""
        orders = Order.objects.for_store(self.store.pk)
        if self.request.query_params.get("status"):
            return orders.order_by("id")
        return orders.to_ship().in_shipping_order()

    @extend_schema(
        filters=True,
        parameters=[OpenApiParameter("format", str, enum=[each.value for each in ExportFormat], default="csv")],
        responses={(200, kind): OpenApiTypes.BINARY for kind in ("text/csv", CONTENT_TYPES[ExportFormat.XLSX])},
    )
    @action(detail=False, methods=["get"], content_negotiation_class=AnyAccept)
    def export(self, request):
        """A file of what is to be shipped, in the queue's order, or of what the filters say.

        Texts can't act as formulas.
        """
        asked = ExportSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        kind = ExportFormat(asked.validated_data["format"])
        orders = self.filter_queryset(self.get_queryset())
        chosen_by = [
            f"{name}={request.query_params[name]}"
            for name in OrderFilter.base_filters
            if request.query_params.get(name)
        ]
        file = export_orders(
            store=self.store,
            orders=orders,
            format=kind,
            filter=" ".join(chosen_by),
            actor=self.actor,
            now=self.now,
        )
        name = file_name(self.store, kind, self.now)
        answer = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[kind])
        answer.block_size = BLOCK_BYTES
        return answer

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        parameters=[DryRunSerializer, OpenApiParameter("Prefer", str, OpenApiParameter.HEADER, enum=[RESPOND_ASYNC])],
        responses={200: OutcomeSerializer, 202: FileSerializer},
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="import-shipments", parser_classes=[UploadParser])
    def import_shipments(self, request):
        """Ship the orders of a file, all of them or none; with `dry_run` only say what would happen.

        Rows that say the same are one. Of an order that leaves in several parcels each row names in the column
        `parcel_items` what is in its parcel (`item_id*pieces` or `item_id:sku*pieces`, joined by `;`); without it the
        parcel carries all that is left. `shipped` counts rows.

        What a spreadsheet may have changed (numbers of more than 15 digits, dates, formulas, merged or hidden cells) is
        an error that names the cell: write numbers as text.

        When a row can't be shipped the answer is 409 (its order's state forbids it) or 400 (the file is wrong), each
        error with its `row` and `order`, and nothing has changed.

        With the header `Prefer: respond-async` (RFC 7240) the file is kept and the answer is 202 at once: a worker does
        the same, and `Location` is where to ask how far it is. Use it for files of many thousand rows.
        """
        asked = DryRunSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        upload = request.FILES.get("file")
        if not isinstance(upload, UploadedFile):
            raise ValidationError({"file": [ErrorDetail(_("Send the file as the part “file”."), "required")]})
        if unknown := unknown_fields(UploadSerializer(), request.data):
            raise ValidationError(unknown)
        if _prefers_async(self.request.headers.get("Prefer", "")):
            return self._left_to_worker(upload, ships_at_once=not asked.validated_data["dry_run"])
        try:
            if asked.validated_data["dry_run"]:
                total, problems = preview(self.store.pk, upload.file)
                return Response(_outcome(True, total, len(problems), problems))
            with transaction.atomic():
                job = import_now(
                    store=self.store, file=upload.file, name=upload.name or "", actor=self.actor, now=self.now
                )
        except ImportRefused as refused:
            return _refusal(refused)
        return Response(_outcome(False, job.total, 0, []))

    def _left_to_worker(self, upload: UploadedFile, *, ships_at_once: bool) -> Response:
        job = receive_file(
            store=self.store,
            file=upload.file,
            name=upload.name or "",
            ships_at_once=ships_at_once,
            actor=self.actor,
            now=self.now,
        )
        address = self.reverse_action("imported-file", args=[job.pk])
        headers = {"Location": address, "Preference-Applied": RESPOND_ASYNC}
        return Response(_on_its_way(job), status=202, headers=headers)

    @extend_schema(responses=FileSerializer, filters=False)
    @action(detail=False, methods=["get"], url_path="import-shipments/(?P<file_id>[^/]+)")
    def imported_file(self, request, file_id):
        """How far a worker is with a file, or what became of it."""
        jobs = ShipmentImport.objects.for_store(self.store.pk)
        return Response(_on_its_way(get_or_404(jobs, pk=parse_id(file_id))))


def _prefers_async(header: str) -> bool:
    return RESPOND_ASYNC in {each.partition(";")[0].strip().lower() for each in header.split(",")}


def _on_its_way(job: ShipmentImport) -> dict:
    return FileSerializer(
        {
            "id": job.pk,
            "file_name": job.file_name,
            "status": job.status,
            "progress": progress_of(job),
            "rows": job.total,
            "valid": job.total - job.wrong,
            "shipped": job.total if job.status == ImportStatus.DONE else 0,
            "errors": problems_of(job, MOST_SHOWN) if job.wrong else [],
            "errors_total": job.wrong,
            "unreadable": in_readers_words(job.unreadable),
        }
    ).data


def _outcome(dry_run: bool, total: int, wrong: int, problems: list[RowProblem]) -> dict:
    return OutcomeSerializer(
        {
            "dry_run": dry_run,
            "rows": total,
            "valid": total - wrong,
            "shipped": 0 if dry_run or wrong else total,
            "errors": problems[:MOST_SHOWN],
            "errors_total": wrong,
        }
    ).data


def _refusal(refused: ImportRefused) -> Response:
    """The outcome in the shape of an error: each row's error names the file as what is at fault."""
    body = _outcome(False, refused.total, refused.wrong, list(refused.problems))
    by_state = all(problem.code in BY_STATE for problem in refused.problems)
    errors = [{**error, "attr": "file"} for error in body["errors"]]
    kind = "client_error" if by_state else "validation_error"
    return Response({"type": kind, **body, "errors": errors}, status=409 if by_state else 400)
