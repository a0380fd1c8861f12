"""Tmall: the buyer keeps the goods and gets a part of the price back (Q10, Q12)."""

from django.utils.translation import gettext as _

from offers.methods.retention import MoneyMethod
from offers.states import MethodCode
from refunds.actions import withdraw_for_offer


class PartialRefund(MoneyMethod):
    """The difference is paid and the refund withdrawn in one transaction: never one without the other."""

    code = MethodCode.PARTIAL_REFUND

    def why(self, case):
        """See the base."""
        return _("Costs a part of the price instead of all of it.")

    def buyer_sees(self, refund, terms):
        """See the base."""
        return _("Keep the goods and receive ¥%(amount)s back.") % {"amount": terms.amount}

    def accept(self, writes, offer, *, actor, now):
        """Pay the difference and withdraw the refund (Q10)."""
        withdraw_for_offer(writes, offer.refund, actor=actor, now=now, rule="Q10", difference=offer.amount)
