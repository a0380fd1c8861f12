"""Payments: the list, the page, and what is decided about one: ask the gateway again, settle a conflict."""

from collections.abc import Sequence
from typing import ClassVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Refused
from payments.actions import resume_payment, why_not_resume
from payments.conflicts import settle_conflict, settlements_of, why_not_settle
from payments.models import Payment, Transfer
from payments.states import ConflictSettlement, PaymentStatus
from refunds.models import Refund
from refunds.payouts import (
    again_words,
    give_up_payment,
    payments_of,
    retry_payment,
    why_not_about,
    why_not_give_up_paying,
)
from refunds.why_not import why_not_pay_again
from stores.models import User
from stores.permissions import PAY, can
from workbench.kit.base import DeskAdmin, column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, choose
from workbench.kit.desk import desk_of
from workbench.kit.fresh import as_of, refund_of
from workbench.kit.marks import badge, moment
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.search import OrderSearch
from workbench.kit.words import yuan
from workbench.money.queues import PAYMENT_QUEUES
from workbench.money.small_payments import allowance_bars

ASKS = "workbench/money/decide.html"


def _status(payment: Payment) -> str:
    if payment.conflict:
        return format_html('{} <span class="wl-badge red">{}</span>', badge(payment), payment.get_conflict_display())
    if payment.reversed_at:
        why = _("Came back")
    elif payment.written_off_at:
        why = _("Written off")
    elif payment.needs_attention:
        why = _("needs attention")
    else:
        return badge(payment)
    return format_html('{} <span class="wl-badge red">{}</span>', badge(payment), why)


def _anew(payment: Payment, user: User) -> str:
    """Where this user sends another small payment instead of this one, which failed; empty for whom there is none."""
    if not payment.is_small or payment.status != PaymentStatus.FAILED or not can(user, PAY, payment.store_id):
        return ""
    return reverse("admin:orders_order_pay", args=[payment.order_id])


class ResumePayment(Decision):
    """Ask the gateway again about a payment of which nobody knows whether it was paid."""

    code, label, icon = "resume", gettext_lazy("Ask the gateway again"), "replay"
    done = gettext_lazy("The gateway is asked again.")
    capability, is_inline, heeds_news = PAY, True, False

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


class FailedPayment(Decision):
    """What is done about a payment that was declined for good, or came back."""

    capability, is_inline = PAY, True

    def concerns(self, payment):
        """Only a refund's; that of a small payment is sent anew."""
        is_declined = payment.status == PaymentStatus.FAILED and payment.given_up_at is None
        return is_declined and not payment.is_small and refund_of(payment) is not None

    def refusal(self, payment, now):
        return why_not_about(payment) or self.refusal_of(refund_of(payment))

    def refusal_of(self, refund: Refund) -> Refused | None:
        """Why its refund doesn't allow it."""
        return why_not_pay_again(refund, payments_of(refund))


class PayThisAgain(FailedPayment):
    """Pay it anew."""

    code, label, icon = "retry", gettext_lazy("Pay again"), "replay"
    done = gettext_lazy("The payment is on its way again.")

    def consequence(self, payment):
        """A new payment, through the gateway that the store has by now."""
        return again_words(payment)

    def run(self, payment, data, *, actor, now):
        retry_payment(payment_id=payment.pk, store_id=payment.store_id, actor=actor, now=now)


class GiveUpThisPayment(FailedPayment):
    """Try no more."""

    code, label, icon, tone = "give-up", gettext_lazy("Give the payment up"), "money_off", "danger"
    is_inline, template = False, ASKS  # on a page of its own: what was agreed with the buyer ends
    done = gettext_lazy("The payment is given up; what it held is free.")

    def refusal_of(self, refund):
        return why_not_give_up_paying(refund)

    def consequence(self, payment):
        """The buyer's request is there again."""
        return _("The buyer doesn't get this money; the request awaits you again, and what the payment held is free.")

    def run(self, payment, data, *, actor, now):
        give_up_payment(payment_id=payment.pk, store_id=payment.store_id, actor=actor, now=now)


class SettleConflict(Decision):
    """One way to settle what the gateway says against our books."""

    capability, template = PAY, ASKS
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


class WriteOff(SettleConflict):
    """It doesn't come back."""

    code, label, icon, how = "write-off", ConflictSettlement.WRITE_OFF.label, "money_off", ConflictSettlement.WRITE_OFF
    follows = gettext_lazy(
        "The buyer keeps the money, and you bear it as a loss. Nothing waits for it any more: what it was for may be"
        " decided and paid anew. Should it come back after all, it is booked to you."
    )
    tone = "danger"


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
    decisions = (
        ResumePayment(),
        PayThisAgain(),
        GiveUpThisPayment(),
        BookConflict(),
        DemandBack(),
        WriteOff(),
        KeepBooks(),
    )
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
        store_id, refund = payment.store_id, refund_of(payment)
        known = {} if refund is None else {"as_of": as_of(request, refund)}  # before what the page shows is read
        return self.page(
            request,
            "workbench/money/page.html",
            yuan(payment.amount),
            payment=payment,
            refund=refund,
            **known,
            transfers=Transfer.objects.for_store(store_id)
            .filter(payment=payment)
            .select_related("debit_account", "credit_account")
            .order_by("id"),
            decide=self.choices(request, payment),
            anew=_anew(payment, request.user),
        )
