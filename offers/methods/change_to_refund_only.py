"""Taote: the buyer keeps the goods and gets an amount (T5)."""

from django.utils.translation import gettext as _

from common.errors import Refused
from common.money import CENT
from offers.methods.base import Case, Method
from offers.methods.negotiation import check_agreed, check_amount, refuse_negotiation
from offers.states import MethodCode
from refunds.actions import approve, change_request
from refunds.states import RefundKind


class ChangeToRefundOnly(Method):
    """Return-and-refund becomes refund only; accepted, the money goes out and nothing is left to do."""

    code = MethodCode.CHANGE_TO_REFUND_ONLY
    changes_refund = True

    def refusal(self, case):
        """Only a return request can be changed like this."""
        if case.refund.kind != RefundKind.RETURN_AND_REFUND:
            return Refused(
                "method_not_available", _("Only a return can be changed to a refund without return."), "method"
            )
        return refuse_negotiation(case)

    def check(self, case, terms):
        """Needs an amount and the tick."""
        check_agreed(terms)
        check_amount(case, terms, required=True)

    def limits(self, case: Case) -> dict:
        """The amount's bounds, in yuan."""
        return {"min_amount": str(CENT), "max_amount": str(case.most), "agreed_with_buyer": True}

    def why(self, case):
        """See the base."""
        return _("The buyer keeps the goods: no return freight and no handling.")

    def buyer_sees(self, refund, terms):
        """See the base."""
        return _("Keep the goods and receive ¥%(amount)s.") % {"amount": terms.amount}

    def accept(self, writes, offer, *, actor, now):
        """Change the refund and pay it (T5)."""
        refund = offer.refund
        change_request(
            writes, refund, kind=RefundKind.REFUND_ONLY, amount=offer.amount, actor=actor, now=now, rule="T5"
        )
        approve(writes, refund, address=None, actor=actor, now=now, rule="T5")
