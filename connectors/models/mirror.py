"""Refunds as the marketplace has them, and its hints that one has changed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.kept_text import KeptTextField
from common.obligations import Obligation, ObligationQuerySet
from common.tenancy import TenantModel, TenantQuerySet
from connectors.models.connection import Connection
from refunds.models import Refund


class MirroredRefund(TenantModel):
    """The newest copy of one refund that was read, whether or not a refund here could follow it.

    `copy` is the whole RefundCopy (connectors.copies); `digest` tells two copies of the same version apart. What
    nobody could take over is there with its `problem`, and `needs_look` until it has been taken over or looked at.
    `reasons` are the platform's own to refuse it as it stands (connectors.reasons), None where none were read.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    platform_id = models.CharField(_("number at the marketplace"), max_length=64)
    order_number = models.CharField(_("order"), max_length=64, blank=True)
    version = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    stage = models.CharField(_("stage"), max_length=20, blank=True)
    raw_status = models.CharField(_("status there"), max_length=100, blank=True)
    copy = models.JSONField(default=dict)
    changed_at = models.DateTimeField(_("changed there"), null=True)
    read_at = models.DateTimeField(_("read"))
    needs_look = models.BooleanField(_("needs a look"), default=False)
    problem = KeptTextField(_("problem"), max_length=300, blank=True)
    reasons = models.JSONField(null=True)
    reasons_read_at = models.DateTimeField(null=True)
    reasons_due = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = _("refund at the marketplace")
        verbose_name_plural = _("refunds at the marketplace")
        constraints = [
            models.UniqueConstraint(fields=["store", "platform_id"], name="mirrored_refund_once"),
            models.UniqueConstraint(
                fields=["store", "refund"], condition=Q(refund__isnull=False), name="mirrored_refund_of_one"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], condition=Q(needs_look=True), name="mirrored_refund_to_look"),
            models.Index(fields=["store", "-id"], condition=Q(reasons_due=True), name="mirrored_refund_reasons_due"),
        ]

    def __str__(self) -> str:
        return self.platform_id


class HintQuerySet(ObligationQuerySet, TenantQuerySet):
    """Hints by whether they are due."""

    def overdue(self):
        """Those whose shop is due as well: what waits with it for a person, or for the platform, is nobody's delay."""
        return self.due().filter(connection__next_attempt_at__lte=Now())


class RefundHint(Obligation, TenantModel):
    """A refund is to be read again: the marketplace has said so, or it wasn't there yet. One row per `key`.

    It is done under the lease of its connection. What is done stays for some days, so that a repeated message is known.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    platform_id = models.CharField(max_length=64)
    order_number = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(_("received"))

    objects = HintQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "key"], name="refund_hint_once")]
        indexes = [
            models.Index(
                fields=["store", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="refund_hint_due_in_store",
            ),
            models.Index(fields=["received_at"], name="refund_hint_age"),
        ]

    def __str__(self) -> str:
        return self.key
