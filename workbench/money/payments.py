"""Payments: the list, the page, and the one decision about a payment: ask the gateway again."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.actions import resume_payment
from payments.models import Payment, Transfer
from refunds.models import Refund
from stores.permissions import PAY, can, require
from workbench.kit.base import DeskAdmin, attempt, by, column, show_refusal
from workbench.kit.desk import desk_of
from workbench.kit.marks import badge, moment
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.search import OrderSearch
from workbench.kit.words import yuan
from workbench.money.queues import PAYMENT_QUEUES
from workbench.money.small_payments import allowance_bars


def _status(payment: Payment) -> str:
    if not (payment.reversed_at or payment.needs_attention):
        return badge(payment)
    why = _("came back") if payment.reversed_at else _("needs attention")
    return format_html('{} <span class="wl-badge red">{}</span>', badge(payment), why)


class PaymentAdmin(QueueMixin, OrderSearch, DeskAdmin):
    """Money to buyers."""

    list_display = ("show_order", "show_purpose", "show_amount", "show_status", "show_created")
    change_list_template = "workbench/money/list.html"
    queues = PAYMENT_QUEUES
    list_filter = (QueueFilter, "status", "purpose")

    show_order = column(gettext_lazy("order"), lambda payment: payment.order.number)
    show_purpose = column(gettext_lazy("purpose"), lambda payment: payment.get_purpose_display())
    show_amount = column(gettext_lazy("amount"), lambda payment: yuan(payment.amount))
    show_status = column(gettext_lazy("status"), _status)
    show_created = column(gettext_lazy("created"), lambda payment: moment(payment.created_at))

    class Media:
        css = {"all": ["workbench/work.css"]}

    def changelist_view(self, request, extra_context=None):
        """The list, below today's allowance."""
        bars = allowance_bars(desk_of(request), request.now)
        return super().changelist_view(request, {"allowance_bars": bars, **(extra_context or {})})

    def get_queryset(self, request):
        """With the order that each row names."""
        return super().get_queryset(request).select_related("order")

    def page_queryset(self, request):
        """A payment with its order."""
        return Payment.objects.in_scope().select_related("order", "store")

    def get_urls(self):
        """The button's address, before the admin's catch-all."""
        resume = self.admin_site.admin_view(self.resume_view)
        return [path("<uuid:object_id>/resume/", resume, name="payments_payment_resume"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The payment's page with its bookings."""
        return self._page(request, self.find(request, object_id))

    def resume_view(self, request, object_id):
        """Ask the gateway again; a GET only shows the payment and what would happen."""
        payment = self.find(request, object_id)
        require(request.user, PAY, payment.store_id)
        if request.method != "POST":
            return self._page(request, payment)
        refusal = attempt(lambda: resume_payment(payment_id=payment.pk, store_id=payment.store_id, **by(request)))
        if refusal is None:
            messages.success(request, _("The gateway is asked again."))
        else:
            show_refusal(request, refusal)
        return HttpResponseRedirect(reverse("admin:payments_payment_change", args=[payment.pk]))

    def _page(self, request, payment: Payment):
        store_id = payment.store_id
        return self.page(
            request,
            "workbench/money/page.html",
            yuan(payment.amount),
            payment=payment,
            refund=Refund.objects.for_store(store_id).filter(pk=payment.topic_id).first(),
            transfers=Transfer.objects.for_store(store_id)
            .filter(payment=payment)
            .select_related("debit_account", "credit_account")
            .order_by("id"),
            may_resume=payment.needs_attention and can(request.user, PAY, store_id),
        )
