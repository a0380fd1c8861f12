"""Reporting a delay from the queue (K4).

Tick orders, say why and until when, see what their buyers will read, report.
"""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.calendar import day_shown
from orders.delays.actions import notice_text, report_delay
from stores.models import Store
from stores.permissions import SHIP, can
from workbench.kit.base import refused_back_to
from workbench.kit.decisions import Decision, DecisionForm
from workbench.shipping.selection import all_to_delay, ticked

LIST = "admin:orders_order_changelist"
REPORTS = "admin:orders_delayreport_changelist"
USUAL_DELAY = timedelta(days=3)
END_OF_WORK = time(18, 0)
REASONS = (
    gettext_lazy("Severe weather"),
    gettext_lazy("The carrier's depot is closed"),
    gettext_lazy("Out of stock, more is on its way"),
    gettext_lazy("More orders than we can pack"),
)


class DelayForm(DecisionForm):
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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        day = day_shown(self.now + USUAL_DELAY)
        self.fields["expected_at"].initial = datetime.combine(day, END_OF_WORK)


class ReportDelay(Decision):
    """Report the delay of the ticked orders: one report a store, all of them or none."""

    code, label = "delay", gettext_lazy("Report a delay")
    capability, form = SHIP, DelayForm
    template, preview = "workbench/shipping/delay.html", "workbench/shipping/delay_preview.html"
    preview_title = gettext_lazy("Check what the buyers will read")

    def may(self, user, orders):
        """In the store of each."""
        return all(can(user, self.capability, order.store_id) for order in orders)

    def refusal(self, orders, now):
        """That depends on the date, and is told of each order once there is one."""
        return None

    def consequence(self, orders):
        """What the buyers will read is shown."""
        return ""

    def fill(self, request, orders):
        """The queue's form only ticks the orders; then this one is filled in."""
        return self.form(request.POST if "reason" in request.POST else None, row=orders, now=request.now)

    def context(self, orders):
        """The orders, and reasons to choose from."""
        return {"orders": orders, "named": ",".join(str(order.pk) for order in orders), "reasons": REASONS}

    def run(self, orders, data, *, actor, now):
        by_store: dict[Store, list[str]] = {}
        for order in orders:
            by_store.setdefault(order.store, []).append(order.number)
        for store, numbers in by_store.items():
            report_delay(store=store, order_numbers=numbers, actor=actor, now=now, **data)

    def foresee(self, orders, data, answer):
        """What the first buyer will read."""
        first, expected_at = orders[0], data["expected_at"]
        notice = notice_text(first.store, first.number, data["reason"], expected_at)
        return {"notice": notice, "expected_at": expected_at}

    def told(self, orders, data):
        """How many."""
        return ngettext(
            "The delay of %(count)d order is reported; its buyer is told.",
            "The delay of %(count)d orders is reported; their buyers are told.",
            len(orders),
        ) % {"count": len(orders)}


class DelayingMixin:
    """The view behind “report a delay”."""

    @refused_back_to(LIST)
    def delay_view(self, request: HttpRequest) -> HttpResponse:
        """The form for the orders that were ticked, or for the whole list; what the buyers will read; the report.

        A GET goes to the queue.
        """
        if request.method != "POST":
            return HttpResponseRedirect(reverse(LIST))
        if "everything" in request.POST:
            orders, is_cut = all_to_delay(request, self)
        else:
            orders, is_cut = ticked(request), False
        if is_cut:
            text = _("The list is longer: these are the %(most)d orders that are due first. Report the others later.")
            messages.warning(request, text % {"most": len(orders)})
        if not orders:
            messages.warning(request, _("Tick the orders first."))
            return HttpResponseRedirect(reverse(LIST))
        answer = self.decide(request, orders, ReportDelay())
        return HttpResponseRedirect(reverse(REPORTS)) if answer.status_code == 302 else answer
