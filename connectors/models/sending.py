"""Merchants' decisions on their way to the marketplace, and what a person has to do there by hand."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.obligations import Obligation, ObligationQuerySet
from common.tenancy import TenantModel, TenantQuerySet
from connectors.models.connection import Connection
from connectors.states import NOT_DONE, UNDER_WAY, SendingStatus
from refunds.models import Refund


class SentDecisionQuerySet(ObligationQuerySet, TenantQuerySet):
    """Decisions by whether they are under way."""

    def overdue(self):
        """Those whose shop is due as well: what waits with it for a person, or for the platform, is nobody's delay."""
        return self.due().filter(connection__next_attempt_at__lte=Now())

    def under_way(self):
        """Those that keep another decision about the same refund from being taken."""
        return self.filter(status__in=UNDER_WAY)


class SentDecision(Obligation, TenantModel):
    """What a merchant decided about a followed refund: written with the decision, sent after the commit.

    Its id is the key that is stable over retries. `seen` is the whole copy that the agent saw (connectors.copies),
    `data` what belongs to the verb (amount, address, reason and so on), `actor` who decided.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    platform_id = models.CharField(_("number at the marketplace"), max_length=64)
    verb = models.CharField(_("decision"), max_length=30)
    data = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    actor = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=20, choices=SendingStatus.choices, default=SendingStatus.WAITING)
    code = models.CharField(_("the marketplace's code"), max_length=100, blank=True)
    told = models.CharField(_("the marketplace's words"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = SentDecisionQuerySet.as_manager()
    WORK_FIELDS = (*Obligation.WORK_FIELDS, "status", "data", "seen", "code", "told", "sent_at", "closed_at")

    class Meta:
        verbose_name = _("decision sent")
        verbose_name_plural = _("decisions sent")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "refund"],
                condition=Q(status__in=[str(status) for status in UNDER_WAY]),
                name="sent_decision_one_under_way",
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="sent_decision_due_in_store",
            ),
            models.Index(fields=["store", "refund", "-id"], name="sent_decision_of_refund"),
            models.Index(fields=["store", "-id"], condition=Q(needs_attention=True), name="sent_decision_attention"),
            models.Index(
                fields=["store", "-id"],
                condition=Q(status__in=[str(status) for status in NOT_DONE]),
                name="sent_decision_not_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.platform_id}"

    def end(self, status: SendingStatus, now: datetime) -> None:
        """Nothing is to be done about it any more."""
        self.plan(None)
        self.status, self.closed_at = status, now
        self.data = {name: value for name, value in self.data.items() if name != "code"}


class PlatformTask(TenantModel):
    """What there is no call for: a person does it in the marketplace's back office.

    It closes by itself once the marketplace reports another stage than the one of `stage`, or its decision has ended
    otherwise: about a request that was changed or made anew there. Else a person closes it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decision = models.ForeignKey(SentDecision, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    verb = models.CharField(_("to do"), max_length=30)
    text = models.CharField(_("note"), max_length=500, blank=True)
    stage = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(_("since"))
    closed_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("task at the marketplace")
        verbose_name_plural = _("tasks at the marketplace")
        indexes = [
            models.Index(fields=["store", "-id"], condition=Q(closed_at__isnull=True), name="platform_task_open"),
            models.Index(fields=["store", "refund"], name="platform_task_of_refund"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.refund_id}"
