"""Delay reports: which are open or overdue, which orders they hold, and lifting one (K4)."""

from datetime import datetime

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.delays.actions import MOST_ORDERS, lift_delay
from orders.models.delay import DelayedOrder, DelayReport
from orders.states import OrderStatus
from stores.permissions import SHIP, can, require
from workbench.kit.base import DeskAdmin, attempt, by, column, show_refusal, timed_column
from workbench.kit.marks import badge, countdown, moment
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.timeline import timeline
from workbench.shipping.queues import DELAY_QUEUES


def _when(report: DelayReport, now: datetime):
    return moment(report.expected_at) if report.lifted_at else countdown(report.expected_at, now)


def with_left(reports):
    """Count on each report the orders that are still to be shipped."""
    members = DelayedOrder.objects.filter(
        store_id=OuterRef("store_id"), report=OuterRef("pk"), is_open=True, order__status=OrderStatus.UNSHIPPED
    )
    count = members.order_by().values("report").annotate(count=Count("pk")).values("count")
    return reports.annotate(left=Coalesce(Subquery(count, output_field=IntegerField()), 0))


class DelayReportAdmin(QueueMixin, DeskAdmin):
    """What was reported; the warehouse lifts it when the goods go out again."""

    class Media:
        css = {"all": ["workbench/work.css", "workbench/shipping.css"]}

    list_display = ("reason", "show_status", "show_expected", "show_left", "order_count", "show_created")
    queues = DELAY_QUEUES
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

    def get_urls(self):
        """The button's address, before the admin's catch-all."""
        lift = self.admin_site.admin_view(self.lift_view)
        return [path("<uuid:object_id>/lift/", lift, name="orders_delayreport_lift"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The report's page: its orders, what their buyers read, and what happened."""
        report = self.find(request, object_id)
        members = DelayedOrder.objects.for_store(report.store_id).filter(report=report).select_related("order")
        return self.page(
            request,
            "workbench/shipping/report.html",
            report.reason,
            report=report,
            members=list(members.order_by("order")[:MOST_ORDERS]),
            may_lift=report.lifted_at is None and can(request.user, SHIP, report.store_id),
            entries=timeline(report.store_id, report.pk),
        )

    def lift_view(self, request: HttpRequest, object_id) -> HttpResponse:
        """Ask, then lift; a GET only asks."""
        report = self.find(request, object_id)
        require(request.user, SHIP, report.store_id)
        if request.method != "POST":
            return self.page(request, "workbench/shipping/lift.html", _("Lift the delay"), report=report)
        refusal = attempt(lambda: lift_delay(store_id=report.store_id, report_id=report.pk, **by(request)))
        if refusal is None:
            messages.success(request, _("The delay is lifted; urged orders come first in the queue."))
        else:
            show_refusal(request, refusal)
        return HttpResponseRedirect(reverse("admin:orders_delayreport_change", args=[report.pk]))
