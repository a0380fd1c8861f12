"""What the two Taote changes have in common (T1–T3, T5)."""

from django.utils.translation import gettext as _

from common.errors import Invalid, Refused
from common.money import ZERO
from offers.methods.base import Case, Terms


def refuse_negotiation(case: Case) -> Refused | None:
    """T1: opened to the store, and no fresh food."""
    if not case.refund.store.negotiation_open:
        return Refused(
            "method_not_available", _("The marketplace hasn't opened negotiation to this store yet."), "method"
        )
    if any(line.line.category in case.refund.rules.fresh_categories for line in case.lines):
        return Refused("category_not_open", _("Fresh food can't be negotiated about."), "refund")
    return None


def check_agreed(terms: Terms) -> None:
    """T3: the agent has talked to the buyer."""
    if not terms.agreed_with_buyer:
        raise Invalid(
            "agreed_with_buyer", _("Talk to the buyer first, then confirm that you agreed on it."), "required"
        )


def check_amount(case: Case, terms: Terms, *, required: bool) -> None:
    """T5: above zero and at most the maximum refundable."""
    if terms.amount is None:
        if required:
            raise Invalid("amount", _("Enter the amount that the buyer gets."), "required")
        return
    if terms.amount <= ZERO:
        raise Invalid("amount", _("The amount must be above zero."), "min_value")
    if terms.amount > case.most:
        raise Refused(
            "amount_above_refundable", _("At most %(most)s can be refunded here.") % {"most": case.most}, "amount"
        )
