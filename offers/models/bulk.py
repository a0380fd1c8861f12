"""Bulk sending: a job is a row, and each refund in it is a row, so that nothing is lost and nothing is sent twice."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.calendar import shown
from common.ids import new_id
from common.money import MoneyField
from common.obligations import Obligation, ObligationQuerySet
from common.sentences import in_readers_words, kept, sentence
from common.tenancy import TenantModel, TenantQuerySet
from offers.models.offers import Offer
from offers.registry import method_choices
from offers.states import BulkRowStatus
from refunds.models import Refund


class BulkJob(TenantModel):
    """“Send the recommended offer” over a selection. `actor` is who asked, as an event keeps it.

    Buyers get the words of the preview, in its `language`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor = models.JSONField()
    language = models.CharField(max_length=10, default="en", editable=False)
    total = models.PositiveIntegerField(_("total"))
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("bulk sending")
        verbose_name_plural = _("bulk sendings")
        indexes = [
            models.Index(fields=["store", "-id"], name="bulk_job_newest"),
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="bulk_job_open"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="bulk_job_finished"),
        ]

    def __str__(self) -> str:
        return f"{shown(self.created_at)} ({self.total})"


class BulkRowQuerySet(ObligationQuerySet, TenantQuerySet):
    """Rows by store, and by whether a worker has to send them."""


class BulkRow(Obligation, TenantModel):
    """One refund of a job: which method, at which amount, was chosen when the job was made, and what became of it.

    It is a worker's obligation as long as it waits. Without a `method` nothing could be sent. `why` is why nothing was,
    as sentences that are kept; rows of earlier releases say it in the words of their job's language, as `detail`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="+", db_index=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="+", db_index=False)
    method = models.CharField(_("method"), max_length=30, choices=method_choices, blank=True)
    amount = MoneyField(verbose_name=_("amount"), null=True)
    status = models.CharField(_("status"), max_length=10, choices=BulkRowStatus.choices, default=BulkRowStatus.WAITING)
    why = models.JSONField(_("why nothing was sent"), default=list, db_default=models.Value([], models.JSONField()))
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = BulkRowQuerySet.as_manager()

    WORK_FIELDS = (*Obligation.WORK_FIELDS, "status", "why", "offer")

    class Meta:
        verbose_name = _("refund of a bulk sending")
        verbose_name_plural = _("refunds of a bulk sending")
        constraints = [models.UniqueConstraint(fields=["job", "refund"], name="bulk_row_once")]
        indexes = [
            models.Index(fields=["job", "id"], condition=Q(status="waiting"), name="bulk_row_waiting"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="bulk_row_due"),
            models.Index(
                fields=["store", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="bulk_row_due_by_store",
            ),
            models.Index(fields=["id"], condition=Q(needs_attention=True), name="bulk_row_attention"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}: {self.status}"

    def call_person(self):
        """The job's page says that this one is to be sent by hand."""
        super().call_person()
        self.status = BulkRowStatus.REFUSED
        self.why = [kept(sentence("It could not be sent: send it from the refund's own page."))]

    @property
    def reason(self) -> str:
        """Why nothing was sent, in the reader's language."""
        return " ".join(in_readers_words(self.why)) or self.detail
