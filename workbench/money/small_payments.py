"""The form of small payments (K8–K11).

What is left is in view before anything is typed; then comes a preview, then it is sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import ZERO, why_no_amount
from offers.cautions import cautions_of_payment
from orders.models import Order
from payments.allowances import AllowanceRows, allowances_today
from payments.conflicts import rivals_of
from payments.models import Payment
from payments.small import Allowance, allowance_of, most_payable, send_small_payment, why_not_pay
from payments.states import SMALL_PURPOSES, PaymentPurpose
from refunds.models import Refund
from stores.models import Store, User
from stores.permissions import PAY, actor_of, can
from workbench.kit.deciding import in_zone_of
from workbench.kit.decisions import Decision
from workbench.kit.desk import Desk
from workbench.kit.forms import DeskForm, YuanField, posted
from workbench.kit.words import yuan

USUAL = ("5.00", "10.00", "20.00")


class SmallPaymentForm(DeskForm):
    """Purpose, amount and a note of one's own. `order_used` is what the sender saw: a second click is refused."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"),
        choices=[(value, PaymentPurpose(value).label) for value in SMALL_PURPOSES],
        widget=forms.RadioSelect,
    )
    amount = YuanField(label=gettext_lazy("Amount in yuan"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "data-count": 200}),
        help_text=gettext_lazy("For your colleagues; it is kept with the payment."),
    )
    order_used = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, allowance: Allowance, most: Decimal, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].widget.attrs["max"] = str(most)
        self.fields["amount"].help_text = _("At most %(most)s now.") % {"most": yuan(most)}
        self.fields["order_used"].initial = allowance.order_used

    def clean_amount(self):
        """Above zero; the limits are the action's."""
        amount = self.cleaned_data["amount"]
        if (refused := why_no_amount(amount)) is not None:
            raise forms.ValidationError(str(refused))
        return amount


@dataclass(frozen=True)
class PayCard:
    """What an order's or a refund's page shows about small payments. `refusal` says why none can be sent now."""

    allowance: Allowance
    sent: list[Payment]
    link: str
    refusal: str


def sent_about(order: Order) -> QuerySet[Payment]:
    """The order's small payments, newest first."""
    return Payment.objects.for_store(order.store_id).small().filter(order=order).order_by("-id")


def pay_card(
    order: Order,
    store: Store,
    user: User,
    now: datetime,
    *,
    refund: Refund | None = None,
    rows: AllowanceRows | None = None,
    sent: Iterable[Payment] | None = None,
) -> PayCard:
    """The card for this user; the store's `allowance_rows` and what was `sent_about` are read unless they are given."""
    [(_store, limits, day)] = allowances_today([store], now, rows)
    small = list(sent_about(order) if sent is None else sent)
    about_it = [payment for payment in refund.contradicted if payment.topic_id == refund.pk] if refund else ()
    rivals = [*(payment for payment in small if payment.conflict), *about_it]
    allowance = allowance_of(order, store, now, limits=limits, day_used=day.used, rivals=rivals)
    view, key = ("refunds_refund_pay", refund.pk) if refund else ("orders_order_pay", order.pk)
    return PayCard(
        allowance=allowance,
        sent=small,
        link=reverse(f"admin:{view}", args=[key]) if can(user, PAY, store.pk) else "",
        refusal=str(why_not_pay(allowance, now, actor=actor_of(user)) or ""),
    )


def allowance_bars(desk: Desk, now, rows: AllowanceRows | None = None) -> list[dict]:
    """Today's allowance of each store shown at this desk, for a bar."""
    return [
        {"store": store, "day": row, "left": max(ZERO, row.limit - row.used), "is_low": row.used * 10 >= row.limit * 9}
        for store, _limits, row in allowances_today(desk.shown, now, rows)
    ]


class PayBuyer(Decision):
    """Pay the buyer of an order; from a refund's page the payment belongs to the refund's history (K11)."""

    code, label = "pay", gettext_lazy("Send a small payment")
    done = gettext_lazy("The payment is on its way to the buyer.")
    capability, anchor = PAY, "#small-payments"
    template, preview = "workbench/money/pay.html", "workbench/money/pay_confirm.html"
    preview_title = gettext_lazy("Check the payment")

    def __init__(self, allowance: Allowance, user: User):
        self.allowance, self.actor = allowance, actor_of(user)

    @cached_property
    def most(self) -> Decimal:
        """Yuan that can be sent at once now."""
        return most_payable(self.allowance, self.actor)

    def refusal(self, row, now):
        return why_not_pay(self.allowance, now, actor=self.actor)

    def fill(self, request, row):
        """Within what is left now."""
        return SmallPaymentForm(posted(request), allowance=self.allowance, most=self.most)

    def context(self, row):
        """The order, the refund if it is about one, and the usual sums that can be sent."""
        order, refund = about(row)
        usual = [amount for amount in USUAL if Decimal(amount) <= self.most]
        return {"order": order, "refund": refund, "allowance": self.allowance, "usual": usual}

    def run(self, row, data, *, actor, now):
        order, refund = about(row)
        return send_small_payment(
            store=row.store, order_number=order.number, refund_id=refund and refund.pk, actor=actor, now=now, **data
        )

    def cautions(self, row, data, payment):
        """What it costs too much, with what was sent before (K12)."""
        return [caution.detail for caution in cautions_of_payment(payment, about(row)[1], payment.created_at)]

    def foresee(self, row, data, payment):
        """What goes out, and what for."""
        return {"purpose": PaymentPurpose(data["purpose"]).label, "amount": data["amount"]}


def about(row: Order | Refund) -> tuple[Order, Refund | None]:
    """The order that a row of either page is about, and the refund, if it is one."""
    return (row.order, row) if isinstance(row, Refund) else (row, None)


class PayingMixin:
    """The view behind the card's button, for its two ways in: the order's page and the refund's."""

    def pay_view(self, request, object_id):
        """Fill in (GET), look at it (POST preview), send (POST send) or go back (POST edit)."""
        row = self.find(request, object_id)
        order, _refund = about(row)
        rivals = rivals_of(order, topic_id=row.pk)
        decision = PayBuyer(allowance_of(order, row.store, request.now, rivals=rivals), request.user)
        return in_zone_of(row, self.decide, request, row, decision)
