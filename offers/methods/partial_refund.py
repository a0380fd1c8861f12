"""The buyer keeps the goods and gets a part of the price back (Q10, Q12)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from common.money import grouped
from common.sentences import sentence as _
from offers.methods.base import BuyerConcern, register
from offers.methods.retention import MoneyMethod


@register
class PartialRefund(MoneyMethod):
    """The difference is paid and the refund withdrawn in one transaction: never one without the other."""

    code = "partial_refund"
    label = gettext_lazy("Partial refund")
    icon = "percent"
    order = 50
    scripts = (gettext_lazy("Keep it, and we pay a part of the price back."),)
    suits = frozenset({BuyerConcern.FLAW})
    returns_price = True
    usual_share = Decimal("0.10")

    def why(self, situation):
        return _("Costs a part of the price instead of all of it.")

    def brings(self, offer):
        """That the goods stay where they are."""
        return [*super().brings(offer), _("The buyer keeps the goods.")]

    def buyer_sees(self, refund, terms):
        return _("Keep the goods and receive ¥%(amount)s back.") % {"amount": grouped(terms.amount)}
