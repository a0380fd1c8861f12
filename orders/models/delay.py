"""A delay report and its orders; each order's row is also the notice that its buyer gets."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.changed import Traced
from common.ids import new_id
from common.sentences import in_readers_words
from common.tenancy import TenantModel, TenantQuerySet
from orders.states import DelayReportStatus


class DelayReportQuerySet(TenantQuerySet):
    """Reports by whether they are open or overdue."""

    def open(self):
        """Not lifted, overdue or not."""
        return self.filter(lifted_at__isnull=True)

    def overdue(self):
        """Past the expected date with orders still to ship."""
        return self.open().filter(overdue_at__isnull=False)


class DelayReport(Traced, TenantModel):
    """“These orders ship later.” Open until it is lifted; `overdue_at` is when its date had passed with orders left."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reason = models.CharField(_("reason"), max_length=200)
    expected_at = models.DateTimeField(_("expected"))
    order_count = models.PositiveIntegerField(_("orders"))
    created_at = models.DateTimeField(_("reported"))
    overdue_at = models.DateTimeField(_("overdue since"), null=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    objects = DelayReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("delay report")
        verbose_name_plural = _("delay reports")
        indexes = [
            models.Index(fields=["store", "updated_at"], name="delay_changed"),
            models.Index(fields=["store", "-id"], name="delay_newest"),
            models.Index(
                fields=["expected_at"], condition=Q(lifted_at__isnull=True, overdue_at__isnull=True), name="delay_due"
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def status(self) -> str:
        """Of DelayReportStatus: it follows from when the report was lifted or became overdue."""
        if self.lifted_at:
            return DelayReportStatus.LIFTED
        return DelayReportStatus.OVERDUE if self.overdue_at else DelayReportStatus.OPEN

    def get_status_display(self) -> str:
        """The status in words, as Django names such a method for a field."""
        return DelayReportStatus(self.status).label


class DelayedOrder(Traced, TenantModel):
    """An order of a report, and the notice to its buyer: one row, so that nobody is told twice.

    `sentence` is the notice as its code and data; rows of earlier releases have it word for word, as `notice`.
    `is_open` ends with the report; an order is in one open report at a time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(DelayReport, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+", db_index=False)
    sentence = models.JSONField(_("notice to the buyer"), null=True)
    notice = models.CharField(_("notice to the buyer"), max_length=500, default="")
    notified_at = models.DateTimeField(_("told"))
    is_open = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("delayed order")
        verbose_name_plural = _("delayed orders")
        constraints = [
            models.UniqueConstraint(fields=["report", "order"], name="delayed_order_told_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(is_open=True), name="delayed_order_in_one_open_report"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "updated_at"], name="buyer_notice_changed"),
            models.Index(fields=["store", "-id"], name="buyer_notice_newest"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The notice in the reader's language."""
        return in_readers_words(self.sentence) if self.sentence else self.notice
