"""An appeal: the merchant asks back what the platform refunded at once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.money import ZERO, MoneyField
from common.states import StateField
from refunds.models.cases import PlatformCase
from refunds.states import AppealGround, AppealStatus, CaseOutcome


class Appeal(PlatformCase):
    """The merchant's appeal against an instant refund, one per refund (P5).

    Decided for the merchant it is upheld, for the buyer dismissed, split upheld in part; `compensation` is the yuan
    that the platform pays back to the merchant for it.
    """

    ground = models.CharField(_("ground"), max_length=20, choices=AppealGround.choices, default=AppealGround.OTHER)
    status = StateField(_("status"), max_length=20, choices=AppealStatus.choices, default=AppealStatus.OPEN)
    compensation = MoneyField(verbose_name=_("paid back"), default=ZERO)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(fields=["refund"], name="appeal_one_per_refund"),
            models.CheckConstraint(
                condition=Q(status="open", outcome="", decided_at__isnull=True)
                | Q(status="decided", decided_at__isnull=False) & ~Q(outcome=""),
                name="appeal_outcome_when_decided",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["merchant", "split"], compensation__gt=0)
                | Q(outcome__in=["", "buyer"], compensation=0),
                name="appeal_pays_when_upheld",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "updated_at"], name="appeal_changed"),
            models.Index(fields=["store", "-id"], name="appeal_newest"),
            models.Index(fields=["store", "evidence_until"], condition=Q(status="open"), name="appeal_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()}: {self.says[:50]}"

    @property
    def amount(self):
        """What a split names, in yuan; None for the other outcomes."""
        return self.compensation if self.outcome == CaseOutcome.SPLIT else None

    @transition(field=status, source=AppealStatus.OPEN, target=AppealStatus.DECIDED)
    def decide(self, *, outcome: str, compensation, note: str, now):
        """A person of the platform has decided; `compensation` in yuan."""
        self.compensation = compensation
        self._record_outcome(outcome, note, now)
