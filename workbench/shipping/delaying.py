"""Reporting a delay from the queue (K4).

Tick orders, say why and until when, see what their buyers will read, report.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.errors import Invalid, ManyRefused, Refused
from orders.delays.actions import check_expected, notice_text, report_delay
from orders.models import Order
from orders.why_not import why_not_delay
from workbench.kit.base import attempt, by, put_on_form, show_refusal
from workbench.kit.forms import DeskForm
from workbench.shipping.selection import ticked

LIST = "admin:orders_order_changelist"
USUAL_DELAY = timedelta(days=3)
END_OF_WORK = time(18, 0)
REASONS = (
    gettext_lazy("Severe weather"),
    gettext_lazy("The carrier's depot is closed"),
    gettext_lazy("Out of stock, more is on its way"),
    gettext_lazy("More orders than we can pack"),
)


class DelayForm(DeskForm):
    """Why, and until when."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("The buyers read it."),
        widget=forms.TextInput(attrs={"list": "delay-reasons", "autocomplete": "off"}),
    )
    expected_at = forms.DateTimeField(
        label=gettext_lazy("Shipped by"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args, now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        day = timezone.localdate(now + USUAL_DELAY)
        self.fields["expected_at"].initial = datetime.combine(day, END_OF_WORK)


class DelayingMixin:
    """The view behind “report a delay”."""

    def delay_view(self, request: HttpRequest) -> HttpResponse:
        """The form for the ticked orders, then what the buyers will read, then the report. A GET goes to the queue."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse(LIST))
        try:
            orders = ticked(request)
        except Refused as refusal:
            show_refusal(request, refusal)
            return HttpResponseRedirect(reverse(LIST))
        if not orders:
            messages.warning(request, _("Tick the orders first."))
            return HttpResponseRedirect(reverse(LIST))
        form = DelayForm(request.POST if "reason" in request.POST else None, now=request.now)
        if not form.is_valid() or "edit" in request.POST or not self._fits(form, orders, request.now):
            return self._delay_form(request, orders, form)
        if "confirm" in request.POST:
            return self._report(request, orders, form)
        return self._delay_preview(request, orders, form)

    @staticmethod
    def _fits(form: DelayForm, orders: Sequence[Order], now: datetime) -> bool:
        """Whether the date is one, and every order can be in the report; the form says what is wrong."""
        expected_at = form.cleaned_data["expected_at"]
        for store in {order.store_id: order.store for order in orders}.values():
            try:
                check_expected(store, expected_at, now)
            except Invalid as refusal:
                put_on_form(form, refusal)
                return False
        for order in orders:
            if refusal := why_not_delay(order, expected_at):
                form.add_error(None, refusal.detail)
        return not form.errors

    def _delay_form(self, request: HttpRequest, orders: Sequence[Order], form: DelayForm) -> HttpResponse:
        return self.page(
            request,
            "workbench/shipping/delay.html",
            _("Report a delay"),
            orders=orders,
            form=form,
            reasons=REASONS,
        )

    def _delay_preview(self, request: HttpRequest, orders: Sequence[Order], form: DelayForm) -> HttpResponse:
        first, data = orders[0], form.cleaned_data
        return self.page(
            request,
            "workbench/shipping/delay_preview.html",
            _("Check what the buyers will read"),
            orders=orders,
            form=form,
            notice=notice_text(first.store, first.number, data["reason"], data["expected_at"]),
            expected_at=data["expected_at"],
        )

    def _report(self, request: HttpRequest, orders: Sequence[Order], form: DelayForm) -> HttpResponse:
        """One report a store, all of them or none."""
        by_store: dict[int, list[Order]] = {}
        for order in orders:
            by_store.setdefault(order.store_id, []).append(order)

        def report_all():
            for rows in by_store.values():
                report_delay(
                    store=rows[0].store,
                    order_numbers=[order.number for order in rows],
                    **by(request),
                    **form.cleaned_data,
                )

        refusal = attempt(report_all)
        if isinstance(refusal, ManyRefused):
            form.add_error(None, str(refusal))
            return self._delay_form(request, orders, form)
        if refusal is not None:
            put_on_form(form, refusal)
            return self._delay_form(request, orders, form)
        count = len(orders)
        messages.success(
            request,
            ngettext(
                "The delay of %(count)d order is reported; its buyer is told.",
                "The delay of %(count)d orders is reported; their buyers are told.",
                count,
            )
            % {"count": count},
        )
        return HttpResponseRedirect(reverse("admin:orders_delayreport_changelist"))
