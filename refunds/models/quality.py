"""Quality refunds: which refunds count, how many a day, and what they bring a store (P6, P7)."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.calendar import shown
from common.ids import new_id
from common.tenancy import TenantModel, TenantQuerySet
from refunds.models.refund import Refund
from refunds.states import QualityPolicy, QualityStep, RefundReason


class QualityRefund(TenantModel):
    """A refund that counts, since when, and for which reason.

    One row a refund, never changed, whatever is corrected later.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=30, choices=RefundReason.choices)
    policy = models.CharField(_("counted"), max_length=20, choices=QualityPolicy.choices)
    counted_at = models.DateTimeField(_("counted since"))

    class Meta:
        verbose_name = _("quality refund")
        verbose_name_plural = _("quality refunds")
        constraints = [models.UniqueConstraint(fields=["refund"], name="quality_refund_once")]
        indexes = [
            models.Index(fields=["store", "counted_at"], name="quality_refund_by_time"),
            models.Index(fields=["store", "-id"], name="quality_refund_newest"),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {shown(self.counted_at)}"


class QualityDay(TenantModel):
    """The figures of a day that is over, on the store's calendar.

    In another time zone than the store's it says nothing.
    """

    date = models.DateField()
    time_zone = models.CharField(max_length=50)
    orders = models.PositiveIntegerField()
    quality_refunds = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "date"], name="quality_day_once")]

    def __str__(self) -> str:
        return f"{self.date}: {self.quality_refunds} of {self.orders}"


class ChangedDay(TenantModel):
    """A note that orders of a past day came or moved afterwards.

    Until the day is rolled up again it is counted live.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    date = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["store", "date"], name="changed_day")]

    def __str__(self) -> str:
        return f"{self.date}"


class RestrictionQuerySet(TenantQuerySet):
    """Restrictions by whether they are in force."""

    def in_force(self):
        """Restrictions that hold now."""
        return self.filter(lifted_at__isnull=True)


class QualityRestriction(TenantModel):
    """A step against a store, with the rate and count that brought it, until the figures have recovered (P7)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    step = models.CharField(_("step"), max_length=20, choices=QualityStep.choices)
    since = models.DateTimeField(_("since"))
    rate = models.DecimalField(_("rate"), max_digits=10, decimal_places=4)
    count = models.PositiveIntegerField(_("quality refunds"))
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "step"], condition=Q(lifted_at__isnull=True), name="restriction_in_force_once"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=models.F("since")),
                name="restriction_lifted_after_since",
            ),
        ]
        indexes = [models.Index(fields=["store", "-id"], name="restriction_newest")]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {shown(self.since)}"
