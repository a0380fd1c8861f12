"""A dispute: the platform was asked to step in, and a person decides who is right."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.money import MoneyField
from common.states import StateField
from refunds.models.cases import PlatformCase
from refunds.states import CaseSide, DisputeStatus


class Dispute(PlatformCase):
    """What both sides say about a refund, and what the platform decided (R7).

    While it is open its refund is `disputed` and no clock of the refund runs. `suggestion` is what the
    platform's person was last shown: `{"outcome", "amount", "grounds": [[code, {facts}], …]}`; `amount` (yuan)
    is what a split pays.
    """

    opened_by = models.CharField(_("opened by"), max_length=10, choices=CaseSide.choices)
    reply = models.CharField(_("the other side's reply"), max_length=1000, blank=True)
    status = StateField(_("status"), max_length=20, choices=DisputeStatus.choices, default=DisputeStatus.OPEN)
    suggestion = models.JSONField(_("suggestion"), default=dict)
    amount = MoneyField(verbose_name=_("amount"), null=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(fields=["refund"], condition=Q(status="open"), name="dispute_one_open_per_refund"),
            models.CheckConstraint(
                condition=Q(status="decided") & ~Q(outcome="") | ~Q(status="decided") & Q(outcome=""),
                name="dispute_outcome_when_decided",
            ),
            models.CheckConstraint(
                condition=Q(outcome="split", amount__isnull=False, amount__gt=0)
                | ~Q(outcome="split") & Q(amount__isnull=True),
                name="dispute_split_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at__isnull=True) | ~Q(status="open") & Q(decided_at__isnull=False),
                name="dispute_ended_with_status",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "updated_at"], name="dispute_changed"),
            models.Index(fields=["store", "-id"], name="dispute_newest"),
            models.Index(fields=["store", "refund"], name="dispute_of_refund"),
            models.Index(fields=["store", "evidence_until"], condition=Q(status="open"), name="dispute_queue"),
            models.Index(fields=["store", "decided_at"], condition=Q(outcome="buyer"), name="dispute_lost"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.says[:50]}"

    @property
    def other_side(self) -> str:
        """Who has yet to answer."""
        return CaseSide.MERCHANT if self.opened_by == CaseSide.BUYER else CaseSide.BUYER

    @transition(field=status, source=DisputeStatus.OPEN, target=DisputeStatus.DECIDED)
    def decide(self, *, outcome: str, amount, note: str, now):
        """A person of the platform has decided; `amount` (yuan) only for a split."""
        self.amount = amount
        self._record_outcome(outcome, note, now)

    @transition(field=status, source=DisputeStatus.OPEN, target=DisputeStatus.WITHDRAWN)
    def withdraw(self, *, now):
        """The buyer has taken the refund back: there is nothing left to decide."""
        self.decided_at = now
