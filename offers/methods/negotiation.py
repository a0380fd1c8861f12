"""What methods that change the request have in common (T1–T3, T5, T7–T9, T11)."""

from decimal import Decimal

from common.errors import Invalid, Refused, refuse_if
from common.money import CENT, why_no_amount, yuan
from common.sentences import sentence as _
from offers.methods.base import Method, Situation, Terms
from offers.states import OfferStatus
from orders.holds import why_not_take


def most_agreed(situation: Situation) -> Decimal:
    """Yuan that the actor may agree on: what a yes approves is within both of their ceilings."""
    most = situation.within_role(situation.most)
    return most if situation.approval_ceiling is None else min(most, situation.approval_ceiling)


class NegotiationMethod(Method):
    """A method after which the refund goes on with another kind and amount; one of them is possible once (T4)."""

    changes_refund = True
    once_as = "negotiation"
    event_rules = {
        OfferStatus.PENDING: "T2",
        OfferStatus.ACCEPTED: "T11",
        OfferStatus.DECLINED: "T9",
        OfferStatus.EXPIRED: "T7",
        OfferStatus.WITHDRAWN: "T8",
    }

    def limits(self, situation: Situation) -> dict:
        """The amount's bounds, in yuan, and the tick."""
        return {"min_amount": str(CENT), "max_amount": str(situation.most), "agreed_with_buyer": True}

    def limit_words(self, situation):
        """The most that may be offered."""
        return [_("at most %(most)s") % {"most": yuan(most_agreed(situation))}]

    def why_not(self, situation: Situation) -> Refused | None:
        """T1: opened to the store, and no fresh food."""
        if not situation.refund.store.negotiation_open:
            return Refused(
                "method_not_available", _("The marketplace hasn't opened negotiation to this store yet."), "method"
            )
        if any(line.line.category in situation.refund.rules.fresh_categories for line in situation.lines):
            return Refused("category_not_open", _("Fresh food can't be negotiated about."), "refund")
        return None


def check_agreed(terms: Terms) -> None:
    """T3: the agent has talked to the buyer."""
    if not terms.agreed_with_buyer:
        raise Invalid(
            "agreed_with_buyer", _("Talk to the buyer first, then confirm that you agreed on it."), "required"
        )


def check_agreed_amount(situation: Situation, terms: Terms, *, required: bool) -> None:
    """T5: above zero and at most the maximum refundable."""
    if terms.amount is None:
        if required:
            raise Invalid("amount", _("Enter the amount that the buyer gets."), "required")
        return
    refuse_if(why_no_amount(terms.amount))
    refuse_if(why_not_take(terms.amount, most=situation.most))
