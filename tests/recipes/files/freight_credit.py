"""Money for the freight that a slow parcel was not worth; once a refund."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from common.sentences import sentence as _
from offers.methods.base import BuyerConcern, register
from offers.methods.retention import MoneyMethod
from orders.holds import hold_yuan
from refunds.actions import pay_out

MOST = Decimal("12.00")


@register
class FreightCredit(MoneyMethod):
    """At most ¥12.00, which the order must have left."""

    code = "freight_credit"
    label = gettext_lazy("Freight credit")
    icon = "local_post_office"
    once_as = "freight_credit"
    suits = frozenset({BuyerConcern.LOGISTICS})
    usual_share = Decimal("0.08")

    def most(self, situation):
        """The limit, or what the order has left when the refund is withdrawn."""
        return min(MOST, situation.refund.order.refundable_amount + situation.refund.amount)

    def why(self, situation):
        return _("Answers a slow parcel with its freight.")

    def buyer_sees(self, refund, terms):
        return _("Keep your order and receive the freight of ¥%(amount)s.") % {"amount": terms.amount}

    def accept(self, writes, offer, *, actor, now):
        """Withdraw the refund and pay the freight."""
        super().accept(writes, offer, actor=actor, now=now)
        hold_yuan(writes, offer.refund.order, offer.amount)
        pay_out(writes, offer.refund, purpose=self.code, amount=offer.amount, actor=actor, now=now, rule="Q10")
