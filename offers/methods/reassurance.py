"""Tmall: a kind word and nothing else (Q9)."""

from django.utils.translation import gettext as _

from common.errors import Invalid, Refused
from offers.methods.retention import RetentionMethod
from offers.states import MethodCode


class Reassurance(RetentionMethod):
    """Costs nothing; once per refund, as the first or the second offer."""

    code = MethodCode.REASSURANCE

    def refusal(self, case):
        """It can't be repeated (Q9)."""
        if any(offer.method == self.code for offer in case.earlier):
            return Refused(
                "method_not_repeatable", _("Reassurance was used for this refund; choose something else."), "method"
            )
        return None

    def check(self, case, terms):
        """The words are the offer."""
        if not terms.message.strip():
            raise Invalid("message", _("Write to the buyer, or pick one of the scripts."), "required")

    def why(self, case):
        """See the base."""
        return _("Costs nothing and answers the worry.")

    def buyer_sees(self, refund, terms):
        """See the base."""
        return _("The seller asks you to keep your order.")
