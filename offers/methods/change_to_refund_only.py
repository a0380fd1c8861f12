"""The buyer keeps the goods and gets an amount (T5)."""

from django.utils.translation import gettext_lazy

from common.errors import Refused
from common.money import CENT, grouped
from common.sentences import sentence as _
from offers.arriving import money_words
from offers.methods.base import register
from offers.methods.negotiation import NegotiationMethod, check_agreed, check_agreed_amount
from payments.states import PaymentPurpose
from refunds.actions import approve, change_request
from refunds.states import RefundKind


@register
class ChangeToRefundOnly(NegotiationMethod):
    """Return-and-refund becomes refund only; accepted, the money goes out and nothing is left to do."""

    code = "change_to_refund_only"
    becomes = RefundKind.REFUND_ONLY
    label = gettext_lazy("Refund without return")
    order = 80

    def why_not(self, situation):
        """Only a return request can be changed like this."""
        if situation.refund.kind != RefundKind.RETURN_AND_REFUND:
            return Refused(
                "method_not_available", _("Only a return can be changed to a refund without return."), "method"
            )
        return super().why_not(situation)

    def check(self, situation, terms):
        """Needs an amount and the tick."""
        check_agreed(terms)
        check_agreed_amount(situation, terms, required=True)

    def cost(self, offer, coupons):
        """What is paid."""
        return offer.amount

    def least_cost(self, situation):
        """The smallest amount."""
        return CENT

    def after_yes(self, offer):
        """The money, as far as it is."""
        return [_("Your request is approved; you keep the goods."), money_words(offer, PaymentPurpose.REFUND)]

    def brings(self, offer):
        """That the goods stay where they are."""
        return [*super().brings(offer), _("The buyer keeps the goods.")]

    def why(self, situation):
        return _("The buyer keeps the goods: no return freight and no handling.")

    def buyer_sees(self, refund, terms):
        return _("Keep the goods and receive ¥%(amount)s.") % {"amount": grouped(terms.amount)}

    def accept(self, writes, offer, *, actor, now):
        """Change the refund and pay it (T5)."""
        refund = offer.refund
        change_request(
            writes, refund, kind=RefundKind.REFUND_ONLY, amount=offer.amount, actor=actor, now=now, rule="T5"
        )
        approve(writes, refund, address=None, actor=actor, now=now, rule="T5")
