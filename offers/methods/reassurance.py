"""A kind word and nothing else (Q9)."""

from django.utils.translation import gettext_lazy

from common.errors import Invalid
from common.sentences import sentence as _
from offers.methods.base import BuyerConcern, register
from offers.methods.retention import RetentionMethod


@register
class Reassurance(RetentionMethod):
    """Costs nothing; once per refund, as the first or the second offer."""

    code = "reassurance"
    label = gettext_lazy("Reassurance")
    icon = "favorite"
    order = 10
    once_as = "reassurance"  # Q9
    suits = frozenset({BuyerConcern.LOGISTICS})
    needs_message = True

    def check(self, situation, terms):
        """The words are the offer."""
        if not terms.message.strip():
            raise Invalid("message", _("Write to the buyer, or pick one of the scripts."), "required")

    def limit_words(self, situation):
        """Words cost nothing."""
        return [_("free of charge")]

    def brings(self, offer):
        """That it was the only one (Q9)."""
        return [*super().brings(offer), _("It costs nothing, and can be used only once per refund.")]

    def unasked_terms(self, situation):
        """The message is all."""
        return {}

    def why(self, situation):
        return _("Costs nothing and answers the worry.")

    def buyer_sees(self, refund, terms):
        return _("The seller asks you to keep your order.")
