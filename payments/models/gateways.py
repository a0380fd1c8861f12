"""What gateways told us: notices in the inbox, and how their statements differ from our books.

The platform's, no store's.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.money import MoneyField
from common.obligations import Obligation
from payments.states import DifferenceKind, NoticeResult


class GatewayNotice(Obligation):
    """A notice as it arrived, its signature already checked; one row per event of a gateway, however often it is sent.

    `key`, `outcome` and the rest are what the gateway's file read in it. It is a worker's obligation until
    it is processed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    gateway = models.CharField(_("gateway"), max_length=30)
    event_id = models.CharField(_("event"), max_length=100)
    body = models.BinaryField()
    key = models.CharField(_("payment"), max_length=64)
    outcome = models.CharField(_("outcome"), max_length=20)
    amount = MoneyField(verbose_name=_("amount"), null=True)
    reference = models.CharField(_("gateway's reference"), max_length=100, blank=True)
    error = models.CharField(_("reason"), max_length=200, blank=True)
    result = models.CharField(_("result"), max_length=20, choices=NoticeResult.choices, default=NoticeResult.WAITING)
    received_at = models.DateTimeField(_("received"))

    WORK_FIELDS = (*Obligation.WORK_FIELDS, "result")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_notice_once")]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="gateway_notice_due"
            ),
            models.Index(fields=["received_at"], condition=Q(needs_attention=True), name="gateway_notice_attention"),
            models.Index(fields=["received_at"], condition=Q(next_attempt_at__isnull=True), name="gateway_notice_done"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"

    def call_person(self):
        """The operator sees it beside the differences."""
        super().call_person()
        self.result = NoticeResult.FAILED


class Reconciliation(models.Model):
    """One comparison of a gateway's statement of a day with our books; the newest of a day replaces the one before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    gateway = models.CharField(_("gateway"), max_length=30)
    date = models.DateField(_("day"))
    lines = models.PositiveIntegerField(_("lines of the statement"))
    payments = models.PositiveIntegerField(_("payments booked here"))
    differences_found = models.PositiveIntegerField(_("differences"))
    created_at = models.DateTimeField(_("compared"))

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = [models.UniqueConstraint(fields=["gateway", "date"], name="reconciliation_once_a_day")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.date}"


class Difference(models.Model):
    """One payment about which the gateway and we disagree. `payment_id` is empty when no payment here has the key."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(_("kind"), max_length=20, choices=DifferenceKind.choices)
    key = models.CharField(_("payment"), max_length=64)
    payment_id = models.UUIDField(null=True)
    status_here = models.CharField(_("state here"), max_length=20, blank=True)
    status_there = models.CharField(_("state there"), max_length=20, blank=True)
    amount_here = MoneyField(verbose_name=_("amount here"), null=True)
    amount_there = MoneyField(verbose_name=_("amount there"), null=True)
    reference = models.CharField(_("gateway's reference"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")

    def __str__(self) -> str:
        return f"{self.key} {self.get_kind_display()}"
