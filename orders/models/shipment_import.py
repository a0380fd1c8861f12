"""An imported file with tracking numbers: read and checked, confirmed, then shipped whole or not at all (K2)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.ids import new_id
from common.obligations import Obligation, ObligationQuerySet
from common.sentences import kept, sentence
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from orders.states import ImportStatus


class ImportQuerySet(ObligationQuerySet, TenantQuerySet):
    """Files by store, and by whether a worker has to read or ship them."""


class ShipmentImport(Obligation, TenantModel):
    """One file. `actor` is who brought it, as an event keeps it; `wrong` counts the rows that can't be shipped.

    `rows_sha256` is the print of the rows that were checked and shown: no others are shipped.

    It is a worker's obligation while it is to be read, and once it is confirmed. Its rows are gone once it is done: the
    orders' events tell the rest. A file that `ships_at_once` needs nobody's look when all of its rows are right.
    `unreadable` says why it can't be read: `{"code", "detail"}`, the detail as a sentence that is kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor = models.JSONField()
    file_name = models.CharField(_("file"), max_length=200)
    status = StateField(_("status"), max_length=20, choices=ImportStatus.choices, default=ImportStatus.READING)
    total = models.PositiveIntegerField(_("rows"), default=0)
    wrong = models.PositiveIntegerField(_("rows with errors"), default=0)
    rows_sha256 = models.CharField(max_length=64, default="", editable=False)
    ships_at_once = models.BooleanField(default=False, db_default=False, editable=False)
    unreadable = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField(_("uploaded"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = ImportQuerySet.as_manager()

    # What a worker may change of it by reading and by shipping.
    WORK_FIELDS = (
        *Obligation.WORK_FIELDS,
        *("status", "total", "wrong", "rows_sha256", "unreadable", "confirmed_at", "finished_at"),
    )

    class Meta:
        verbose_name = _("shipment import")
        verbose_name_plural = _("shipment imports")
        indexes = [
            models.Index(fields=["store", "-id"], name="shipment_import_newest"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="shipment_import_due"
            ),
            models.Index(fields=["created_at"], condition=~Q(status="done"), name="shipment_import_left"),
            models.Index(fields=["finished_at"], condition=Q(status="done"), name="shipment_import_shipped"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_clean(self) -> bool:
        """Whether every row can be shipped as far as was known when it was checked."""
        return self.total > 0 and not self.wrong

    @transition(field=status, source=ImportStatus.READING, target=ImportStatus.CHECKED)
    def take_rows(self, *, total: int, wrong: int, rows_sha256: str):
        """Its rows are kept, each with what is wrong with it."""
        self.total, self.wrong, self.rows_sha256 = total, wrong, rows_sha256

    @transition(field=status, source=ImportStatus.READING, target=ImportStatus.UNREADABLE)
    def refuse(self, *, code: str, detail: str, now):
        """It isn't a table of shipments; nothing of it is kept."""
        self.unreadable, self.finished_at = {"code": code, "detail": kept(detail)}, now

    @transition(field=status, source=ImportStatus.CHECKED, target=ImportStatus.RUNNING)
    def confirm(self, *, now):
        """A person has seen the preview."""
        self.confirmed_at = now

    @transition(field=status, source=ImportStatus.RUNNING, target=ImportStatus.DONE)
    def finish(self, *, now):
        """Every row is shipped."""
        self.finished_at = now

    @transition(field=status, source=ImportStatus.RUNNING, target=ImportStatus.FAILED)
    def fail(self, *, wrong: int, now):
        """Some rows could not be shipped any more, so none was."""
        self.wrong, self.finished_at = wrong, now

    def call_person(self):
        """Nothing of it was imported: whoever brought it uploads it again."""
        super().call_person()
        if self.status == ImportStatus.READING:
            told = sentence(
                "The reading broke off again and again. Upload the file again; if that doesn't help, tell the platform."
            )
            self.refuse(code="given_up", detail=told, now=self.database_now)
        else:
            self.fail(wrong=0, now=self.database_now)


class FilePart(TenantModel):
    """A piece of an uploaded file as it came, until a worker has read the file; `place` counts from 0."""

    job = models.ForeignKey(ShipmentImport, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = _("part of an uploaded file")
        verbose_name_plural = _("parts of an uploaded file")
        constraints = [models.UniqueConstraint(fields=["job", "place"], name="file_part_place_once")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.place}"


class ImportRow(TenantModel):
    """A row of a file until it is shipped.

    `place` is its line in the file; `code` says what is wrong with it, if anything.
    `about` is what the code is about: a cell, another row, names that are near. `pieces` are those in its parcel, by
    `OrderLine.goods`; null for all that is left of the order.
    """

    job = models.ForeignKey(ShipmentImport, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveIntegerField()
    number = models.CharField(_("order number"), max_length=64)
    carrier = models.CharField(_("carrier"), max_length=50, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    pieces = models.JSONField(null=True, editable=False)
    code = models.CharField(max_length=30, blank=True)
    about = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("row of a shipment import")
        verbose_name_plural = _("rows of a shipment import")
        constraints = [
            models.UniqueConstraint(fields=["job", "place"], name="import_row_place_once"),
            models.UniqueConstraint(
                fields=["job", "order"], condition=Q(code="", pieces__isnull=True), name="import_row_whole_order_once"
            ),
        ]
        indexes = [
            models.Index(fields=["job", "place"], condition=~Q(code=""), name="import_row_wrong"),
            models.Index(fields=["job", "order", "place"], condition=Q(code=""), name="import_row_to_ship"),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.number} {self.code}"
