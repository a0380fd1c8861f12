"""Many refunds decided together: a job is a row, and each refund in it is a row, so that nothing is decided twice."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.calendar import shown
from common.ids import new_id
from common.money import MoneyField
from common.obligations import Obligation, ObligationQuerySet
from common.sentences import in_readers_words, kept, sentence
from common.tenancy import TenantModel, TenantQuerySet
from refunds.models.refund import Refund
from refunds.states import BulkVerdict, DecisionRowStatus


class DecisionJob(TenantModel):
    """“Approve these refunds”, or “reject them”. `actor` is who asked, as an event keeps it.

    `amount` is what the refunds asked for together when that was said, in yuan. Nothing is decided before `begins_at`
    but what would come too late. Words that are kept without a code are in the job's `language`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    verdict = models.CharField(_("decision"), max_length=10, choices=BulkVerdict.choices)
    actor = models.JSONField()
    language = models.CharField(max_length=10, default="en", editable=False)
    total = models.PositiveIntegerField(_("total"))
    amount = MoneyField(verbose_name=_("amount"))
    created_at = models.DateTimeField(_("created"))
    begins_at = models.DateTimeField(_("begins"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("bulk decision")
        verbose_name_plural = _("bulk decisions")
        indexes = [
            models.Index(fields=["store", "-id"], name="decision_job_newest"),
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="decision_job_open"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="decision_job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} · {shown(self.created_at)} ({self.total})"


class DecisionRowQuerySet(ObligationQuerySet, TenantQuerySet):
    """Rows by store, and by whether a worker has to decide them."""


class DecisionRow(Obligation, TenantModel):
    """One refund of a job, and what became of it; a worker's obligation as long as it waits.

    `as_of` is the newest event that the preview knew of, `said` what goes with the decision (an address, a reason),
    `why` the sentences that say why nothing was decided.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(DecisionJob, on_delete=models.CASCADE, related_name="+", db_index=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="+", db_index=False)
    as_of = models.PositiveBigIntegerField(editable=False)
    said = models.JSONField(default=dict)
    status = models.CharField(
        _("status"), max_length=10, choices=DecisionRowStatus.choices, default=DecisionRowStatus.WAITING
    )
    why = models.JSONField(_("why nothing was decided"), default=list)

    objects = DecisionRowQuerySet.as_manager()

    WORK_FIELDS = (*Obligation.WORK_FIELDS, "status", "why")

    class Meta:
        verbose_name = _("refund of a bulk decision")
        verbose_name_plural = _("refunds of a bulk decision")
        constraints = [models.UniqueConstraint(fields=["job", "refund"], name="decision_row_once")]
        indexes = [
            models.Index(fields=["job", "id"], condition=Q(status="waiting"), name="decision_row_waiting"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="decision_row_due"
            ),
            models.Index(fields=["id"], condition=Q(needs_attention=True), name="decision_row_attention"),
            models.Index(
                fields=["store", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="decision_row_due_by_store",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id}: {self.status}"

    def call_person(self):
        """The job's page says that this one is to be decided by hand."""
        super().call_person()
        self.status = DecisionRowStatus.LEFT_OUT
        self.why = [kept(sentence("It could not be decided here: decide it on the refund's own page."))]

    @property
    def reason(self) -> str:
        """Why nothing was decided, in the reader's language."""
        return " ".join(in_readers_words(self.why))
