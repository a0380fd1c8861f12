"""A case: what one side puts before the platform's person, and how it ended. Disputes and appeals are cases."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.changed import Traced
from common.ids import new_id
from common.tenancy import TenantModel, TenantQuerySet
from refunds.models.refund import Refund
from refunds.pleas import plea_in_words
from refunds.states import CaseOutcome


class CaseQuerySet(TenantQuerySet):
    """Cases locked with what they are about."""

    def locked(self):
        """With refund, order and store, all but the store locked in one statement, the order first."""
        related = self.select_related("refund__order", "refund__store")
        return related.select_for_update(of=("refund__order", "refund", "self"), no_key=True)


class WithOutcome(models.Model):
    """How a person of the platform has decided; empty before, and for good when there was nothing left to decide."""

    outcome = models.CharField(_("outcome"), max_length=10, choices=CaseOutcome.choices, blank=True)
    note = models.CharField(_("grounds of the decision"), max_length=1000, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        abstract = True

    def _record_outcome(self, outcome: str, note: str, now) -> None:
        self.outcome, self.note, self.decided_at = outcome, note, now


class PlatformCase(WithOutcome, Traced, TenantModel):
    """What disputes and appeals share. `plea` is what the side that opened it says; clients know it as `claim`.

    `status` and its transitions are each model's own; both begin with `open`.
    """

    OPEN: ClassVar[str] = "open"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="%(class)ss", db_index=False
    )
    plea = models.CharField(_("plea"), max_length=1000, db_column="claim")
    evidence_until = models.DateTimeField(_("evidence until"))
    opened_at = models.DateTimeField(_("opened"))

    objects = CaseQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        abstract = True

    @property
    def says(self) -> str:
        """The plea in words, for whoever reads it."""
        return plea_in_words(self.plea)

    def takes_evidence(self, now) -> bool:
        """Whether both sides may still add evidence."""
        return self.status == self.OPEN and now < self.evidence_until
