"""Delay reports: which are open or overdue, which orders they hold, and lifting one (K4)."""

from datetime import datetime

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.delays.actions import lift_delay
from orders.models.delay import DelayedOrder, DelayReport
from orders.states import OrderStatus
from orders.why_not import MOST_ORDERS, why_not_lift
from stores.permissions import SHIP
from workbench.kit.base import DeskAdmin, column, timed_column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision
from workbench.kit.marks import badge, countdown, end, moment
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.timeline import timeline
from workbench.shipping.queues import DELAY_QUEUES


def _when(report: DelayReport, now: datetime):
    return end(report.expected_at) if report.lifted_at else countdown(report.expected_at, now)


def with_left(reports):
    """Count on each report the orders that are still to be shipped."""
    members = DelayedOrder.objects.filter(
        store_id=OuterRef("store_id"), report=OuterRef("pk"), is_open=True, order__status=OrderStatus.UNSHIPPED
    )
    count = members.order_by().values("report").annotate(count=Count("pk")).values("count")
    return reports.annotate(left=Coalesce(Subquery(count, output_field=IntegerField()), 0))


class LiftDelay(Decision):
    """The goods go out again."""

    code, label, icon = "lift", gettext_lazy("Lift the delay"), "event_available"
    done = gettext_lazy("The delay is lifted; urged orders come first in the queue.")
    capability, template = SHIP, "workbench/shipping/lift.html"

    def concerns(self, report):
        """Until it is lifted."""
        return report.lifted_at is None

    def refusal(self, report, now):
        return why_not_lift(report)

    def consequence(self, report):
        """In a sentence, for the report's page."""
        return _("Lifting brings the deadlines of the rule back; urged orders come first in the shipping queue.")

    def consequences(self, report):
        """What follows for orders and buyers."""
        return [
            _("Each unshipped order's deadline is again what the rule says, even if that has passed: it is late then."),
            _("Urged orders among them come first in the shipping queue."),
            _("Buyers are not told again."),
        ]

    def run(self, report, data, *, actor, now):
        lift_delay(store_id=report.store_id, report_id=report.pk, actor=actor, now=now)


class DelayReportAdmin(QueueMixin, DecidingMixin, DeskAdmin):
    """What was reported; the warehouse lifts it when the goods go out again."""

    class Media:
        css = {"all": ["workbench/work.css", "workbench/shipping.css"]}

    list_display = ("reason", "show_status", "show_expected", "show_left", "order_count", "show_created")
    queues = DELAY_QUEUES
    decisions = (LiftDelay(),)
    list_filter = (QueueFilter,)
    show_status = column(gettext_lazy("status"), badge)
    show_expected = timed_column(gettext_lazy("shipped by"), _when)
    show_left = column(gettext_lazy("still to ship"), lambda report: report.left)
    show_created = column(gettext_lazy("reported"), lambda report: moment(report.created_at))

    def get_queryset(self, request):
        """With what is left of each."""
        return with_left(super().get_queryset(request))

    def page_queryset(self, request):
        """See get_queryset."""
        return with_left(super().page_queryset(request))

    def row_page(self, request, report, bound=None):
        """The report's page: its orders, what their buyers read, and what happened."""
        members = DelayedOrder.objects.for_store(report.store_id).filter(report=report).select_related("order")
        return self.page(
            request,
            "workbench/shipping/report.html",
            report.reason,
            report=report,
            members=list(members.order_by("order")[:MOST_ORDERS]),
            decide=self.choices(request, report),
            entries=timeline(report.store_id, report.pk),
        )
