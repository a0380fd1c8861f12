"""An imported file with tracking numbers: checked, confirmed by a person, then shipped whole or not at all (K2)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.ids import new_id
from common.obligations import Obligation, ObligationQuerySet
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from orders.states import ImportStatus


class ImportQuerySet(ObligationQuerySet, TenantQuerySet):
    """Files by store, and by whether a worker has to ship them."""


class ShipmentImport(Obligation, TenantModel):
    """One file. `actor` is who brought it, as an event keeps it; `wrong` counts the rows that can't be shipped.

    `rows_sha256` is the print of the rows that were checked and shown: no others are shipped.

    Once confirmed, it is a worker's obligation. Its rows are gone once it is done: the orders' events tell the rest.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor = models.JSONField()
    file_name = models.CharField(_("file"), max_length=200)
    status = StateField(_("status"), max_length=20, choices=ImportStatus.choices, default=ImportStatus.CHECKED)
    total = models.PositiveIntegerField(_("rows"))
    wrong = models.PositiveIntegerField(_("rows with errors"))
    rows_sha256 = models.CharField(max_length=64, default="", editable=False)
    created_at = models.DateTimeField(_("uploaded"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = ImportQuerySet.as_manager()

    WORK_FIELDS = (*Obligation.WORK_FIELDS, "status", "wrong", "finished_at")

    class Meta:
        verbose_name = _("shipment import")
        verbose_name_plural = _("shipment imports")
        indexes = [
            models.Index(fields=["store", "-id"], name="shipment_import_newest"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="shipment_import_due"
            ),
            models.Index(fields=["created_at"], condition=~Q(status="done"), name="shipment_import_left"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_clean(self) -> bool:
        """Whether every row can be shipped as far as was known when it was checked."""
        return self.total > 0 and not self.wrong

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
        self.fail(wrong=0, now=self.database_now)


class ImportRow(TenantModel):
    """A row of a file until it is shipped.

    `place` is its line in the file; `code` says what is wrong with it, if anything.
    `about` is what the code is about: a cell, another row, names that are near.
    """

    job = models.ForeignKey(ShipmentImport, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveIntegerField()
    number = models.CharField(_("order number"), max_length=64)
    carrier = models.CharField(_("carrier"), max_length=50, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    code = models.CharField(max_length=30, blank=True)
    about = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("row of a shipment import")
        verbose_name_plural = _("rows of a shipment import")
        constraints = [
            models.UniqueConstraint(fields=["job", "place"], name="import_row_place_once"),
            models.UniqueConstraint(fields=["job", "order"], condition=Q(code=""), name="import_row_order_once"),
        ]
        indexes = [models.Index(fields=["job", "place"], condition=~Q(code=""), name="import_row_wrong")]

    def __str__(self) -> str:
        return f"{self.place}: {self.number} {self.code}"
