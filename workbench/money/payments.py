"""Payments: the list, the page, and what is decided about one: ask the gateway again, settle a conflict."""

from collections.abc import Sequence
from typing import ClassVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.actions import resume_payment, why_not_resume
from payments.conflicts import settle_conflict, settlements_of, why_not_settle
from payments.models import Payment, Transfer
from payments.states import ConflictSettlement
from refunds.models import Refund
from stores.permissions import PAY
from workbench.kit.base import DeskAdmin, column
from workbench.kit.decisions import DecidingMixin, Decision, choose
from workbench.kit.desk import desk_of
from workbench.kit.marks import badge, moment
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.search import OrderSearch
from workbench.kit.words import yuan
from workbench.money.queues import PAYMENT_QUEUES
from workbench.money.small_payments import allowance_bars


def _status(payment: Payment) -> str:
    if payment.conflict:
        return format_html('{} <span class="wl-badge red">{}</span>', badge(payment), payment.get_conflict_display())
    if not (payment.reversed_at or payment.needs_attention):
        return badge(payment)
    why = _("came back") if payment.reversed_at else _("needs attention")
    return format_html('{} <span class="wl-badge red">{}</span>', badge(payment), why)


class ResumePayment(Decision):
    """Ask the gateway again about a payment of which nobody knows whether it was paid."""

    code, label, icon = "resume", gettext_lazy("Ask the gateway again"), "replay"
    done = gettext_lazy("The gateway is asked again.")
    capability, is_inline = PAY, True

    def concerns(self, payment):
        """Only one that waits for a person."""
        return payment.needs_attention

    def refusal(self, payment, now):
        return why_not_resume(payment)

    def consequence(self, payment):
        """Asking does no harm."""
        return _("It is still the same payment: it can't be paid twice.")

    def run(self, payment, data, *, actor, now):
        resume_payment(payment_id=payment.pk, store_id=payment.store_id, actor=actor, now=now)


class SettleConflict(Decision):
    """One way to settle what the gateway says against our books."""

    capability = PAY
    done = gettext_lazy("The conflict is settled.")
    how: ClassVar[ConflictSettlement]
    follows: ClassVar[str]

    def concerns(self, payment):
        """Only where this way fits the conflict."""
        return self.how in settlements_of(payment)

    def refusal(self, payment, now):
        return why_not_settle(payment, self.how)

    def consequence(self, payment):
        """What becomes of the money."""
        return str(self.follows)

    def run(self, payment, data, *, actor, now):
        settle_conflict(payment_id=payment.pk, store_id=payment.store_id, how=self.how, actor=actor, now=now)


class BookConflict(SettleConflict):
    """The gateway is right."""

    code, label, icon, how = "book", ConflictSettlement.BOOK.label, "done_all", ConflictSettlement.BOOK
    follows = gettext_lazy("The payment is booked as the gateway says, and counts on its limits accordingly.")


class DemandBack(SettleConflict):
    """The buyer gives it back."""

    code, label, icon, how = "demand-back", ConflictSettlement.DEMAND_BACK.label, "undo", ConflictSettlement.DEMAND_BACK
    follows = gettext_lazy("You ask the buyer for the money; nothing is paid again until it has come back.")
    tone = "plain"


class KeepBooks(SettleConflict):
    """Our books are right."""

    code, label, icon, how = "keep", ConflictSettlement.KEEP.label, "menu_book", ConflictSettlement.KEEP
    follows = gettext_lazy("You have checked it with the gateway: nothing changes in our books.")
    tone = "plain"


def resuming(request: HttpRequest, payments: Sequence[Payment]) -> None:
    """Give each payment that waits for a person its button, as `resume`."""
    ask = ResumePayment()
    for payment in filter(ask.concerns, payments):
        url = reverse("admin:payments_payment_resume", args=[payment.pk])
        payment.resume = choose(request, ask, payment, url=url)


class PaymentAdmin(QueueMixin, OrderSearch, DecidingMixin, DeskAdmin):
    """Money to buyers."""

    list_display = ("show_order", "show_purpose", "show_amount", "show_status", "show_created")
    change_list_template = "workbench/money/list.html"
    queues = PAYMENT_QUEUES
    decisions = (ResumePayment(), BookConflict(), DemandBack(), KeepBooks())
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

    def row_page(self, request, payment, bound=None):
        """The payment's page with its bookings."""
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
            decide=self.choices(request, payment),
        )
