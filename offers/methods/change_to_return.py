"""Taote: the buyer sends the goods back first (T6)."""

from django.utils.translation import gettext as _

from common.errors import Invalid, Refused
from common.money import CENT
from offers.methods.base import Case, Method
from offers.methods.negotiation import check_agreed, check_amount, refuse_negotiation
from offers.states import MethodCode
from refunds.actions import approve, change_request
from refunds.states import RefundKind


class ChangeToReturn(Method):
    """Refund only becomes return-and-refund; accepted, the refund awaits the buyer's parcel."""

    code = MethodCode.CHANGE_TO_RETURN
    changes_refund = True
    ends_case = spares_return = False

    def refusal(self, case):
        """Only a refund-only request can be changed like this, and only goods that have left can come back."""
        if case.refund.kind != RefundKind.REFUND_ONLY:
            return Refused(
                "method_not_available", _("Only a refund without return can be changed to a return."), "method"
            )
        if case.refund.order.shipped_at is None:
            return Refused(
                "method_not_available", _("The goods have not been shipped: nothing can come back."), "method"
            )
        return refuse_negotiation(case)

    def check(self, case, terms):
        """Needs an address of the store and the tick; an amount may be agreed on too (T2)."""
        check_agreed(terms)
        if terms.return_address is None:
            raise Invalid("return_address", _("Choose the return address."), "required")
        check_amount(case, terms, required=False)

    def limits(self, case: Case) -> dict:
        """The amount's bounds, in yuan; it may be left out."""
        return {
            "min_amount": str(CENT),
            "max_amount": str(case.most),
            "return_address": True,
            "agreed_with_buyer": True,
        }

    def why(self, case):
        """See the base."""
        return _("The goods come back before the money goes out.")

    def buyer_sees(self, refund, terms):
        """See the base."""
        return _("Send the goods to %(address)s and receive ¥%(amount)s once they have arrived.") % {
            "address": terms.return_address,
            "amount": terms.amount or refund.amount,
        }

    def accept(self, writes, offer, *, actor, now):
        """Change the refund and let the buyer send the goods (T6)."""
        refund = offer.refund
        change_request(
            writes,
            refund,
            kind=RefundKind.RETURN_AND_REFUND,
            amount=offer.amount or refund.amount,
            actor=actor,
            now=now,
            rule="T6",
        )
        approve(writes, refund, address=offer.return_address, actor=actor, now=now, rule="T6")
