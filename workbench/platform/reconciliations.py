"""The daily comparison with the gateways' statements: reports, and what differs. The operator's."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import Difference, GatewayNotice, Payment
from payments.states import NoticeResult, PaymentStatus
from workbench.kit.base import column
from workbench.kit.marks import moment
from workbench.kit.operators import PlatformAdmin

MOST_SHOWN = 500
STATES_THERE = {
    "paid": gettext_lazy("Paid"),
    "declined": gettext_lazy("Declined"),
    "returned": gettext_lazy("Came back"),
}


def _differences(report) -> str:
    if not report.differences_found:
        return format_html('<span class="wl-badge green">{}</span>', _("none"))
    return format_html('<span class="wl-badge red">{}</span>', report.differences_found)


class ReconciliationAdmin(PlatformAdmin):
    """One report per gateway and day, the newest first."""

    list_display = ("show_date", "gateway", "show_there", "show_here", "show_differences", "show_created")
    ordering = ("-date", "gateway")

    show_date = column(gettext_lazy("day"), lambda report: report.date.isoformat())
    show_there = column(gettext_lazy("payments there"), lambda report: report.lines)
    show_here = column(gettext_lazy("payments here"), lambda report: report.payments)
    show_differences = column(gettext_lazy("differences"), _differences)
    show_created = column(gettext_lazy("compared"), lambda report: moment(report.created_at))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The report with its differences."""
        if request.method == "POST":
            raise PermissionDenied
        report = self.find(request, object_id)
        rows = list(Difference.objects.filter(reconciliation=report).order_by("kind", "id")[:MOST_SHOWN])
        ids: list[UUID] = [row.payment_id for row in rows if row.payment_id]
        payments = Payment.objects.in_scope().select_related("order", "store").filter(pk__in=ids)
        by_id = {payment.pk: payment for payment in payments}
        for row in rows:
            row.payment = by_id.get(row.payment_id)
            row.here = _state_here(row.status_here)
            row.there = STATES_THERE.get(row.status_there, row.status_there)
        conflicts = list(
            GatewayNotice.objects.filter(
                gateway=report.gateway,
                result__in=[NoticeResult.CONFLICT, NoticeResult.UNKNOWN, NoticeResult.FAILED, NoticeResult.UNREADABLE],
            ).order_by("-received_at")[:20]
        )
        for notice in conflicts:
            notice.says = STATES_THERE.get(notice.outcome, notice.outcome)
        return self.page(
            request,
            "workbench/platform/reconciliation.html",
            str(report),
            report=report,
            rows=rows,
            conflicts=conflicts,
        )


def _state_here(state: str) -> str:
    if state == "reversed":
        return _("Came back")
    return str(PaymentStatus(state).label) if state in PaymentStatus.values else state
