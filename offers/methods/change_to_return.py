"""The buyer sends the goods back first (T6)."""

from django.utils.translation import gettext_lazy

from common.calendar import end_face
from common.errors import Invalid, Refused
from common.money import grouped, yuan
from common.sentences import sentence as _
from offers.methods.base import Situation, register
from offers.methods.negotiation import NegotiationMethod, check_agreed, check_agreed_amount
from refunds.actions import approve, change_request
from refunds.states import RefundKind, RefundStatus
from refunds.why_not import why_not_return


@register
class ChangeToReturn(NegotiationMethod):
    """Refund only becomes return-and-refund; accepted, the refund awaits the buyer's parcel."""

    code = "change_to_return"
    label = gettext_lazy("Return and refund")
    order = 90
    becomes = RefundKind.RETURN_AND_REFUND
    ends_work = spares_return = False

    def why_not(self, situation):
        """Only a refund-only request can be changed like this, and only goods that have left can come back."""
        if situation.refund.kind != RefundKind.REFUND_ONLY:
            return Refused(
                "method_not_available", _("Only a refund without return can be changed to a return."), "method"
            )
        if not situation.refund.has_left:
            return Refused(
                "method_not_available", _("The goods have not been shipped: nothing can come back."), "method"
            )
        return super().why_not(situation)

    def why_gone(self, offer) -> Refused | None:
        """Nothing can come back any more: the parcel was stopped after the offer."""
        if offer.answered_at is not None:
            return None
        return why_not_return(offer.refund.order, offer.refund.own_lines)

    def check(self, situation, terms):
        """Needs an address of the store and the tick; an amount may be agreed on too (T2)."""
        check_agreed(terms)
        if terms.return_address is None:
            raise Invalid("return_address", _("Choose the return address."), "required")
        check_agreed_amount(situation, terms, required=False)

    def limits(self, situation: Situation) -> dict:
        """An address besides; the amount may be left out."""
        return {**super().limits(situation), "return_address": True}

    def why(self, situation):
        return _("The goods come back before the money goes out.")

    def buyer_sees(self, refund, terms):
        return _("Send the goods to %(address)s and receive ¥%(amount)s once they have arrived.") % {
            "address": terms.return_address,
            "amount": grouped(terms.amount or refund.amount),
        }

    def after_yes(self, offer):
        """Where the goods go, until when, and what comes then."""
        refund = offer.refund
        if refund.status != RefundStatus.AWAITING_RETURN:
            return [_("Your request is approved; below is how far it is.")]
        return [
            _("Your request is approved."),
            _("Send the goods to %(address)s by %(due)s; you receive %(amount)s once they have arrived.")
            % {
                "address": refund.return_address,
                "due": end_face(refund.due_at, refund.store.time_zone),
                "amount": yuan(refund.amount),
            },
        ]

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
