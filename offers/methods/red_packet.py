"""A little money as a present (Q4)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from common.errors import Refused
from common.money import ZERO, grouped
from common.sentences import sentence as _
from offers.methods.base import BuyerConcern, register
from offers.methods.retention import MoneyMethod
from orders.holds import hold_yuan
from refunds.actions import pay_out
from refunds.states import RefundStatus


@register
class RedPacket(MoneyMethod):
    """A payment with a limit of its own; with everything else it never exceeds what the order paid."""

    code = "red_packet"
    label = gettext_lazy("Red packet")
    icon = "savings"
    order = 70
    scripts = (gettext_lazy("Please take a red packet, with our apologies."),)
    suits = frozenset({BuyerConcern.LOGISTICS, BuyerConcern.FLAW})
    usual_share = Decimal("0.05")

    def most(self, situation):
        """The limit of a red packet, or what the order has left when the refund is withdrawn."""
        return min(situation.refund.rules.red_packet_limit, self.money_left(situation.refund))

    def money_left(self, refund):
        """Of the order as a whole: a red packet belongs to no line."""
        held = ZERO if refund.status == RefundStatus.WITHDRAWN else refund.amount
        return refund.order.refundable_amount + held

    def why_above(self, situation, amount):
        """A limit of its own (Q4)."""
        most = self.most(situation)
        if amount <= most:
            return None
        return Refused(
            "payment_above_limit", _("A red packet holds at most %(most)s.") % {"most": grouped(most)}, "amount"
        )

    def why(self, situation):
        return _("A small sum at once says sorry quickly.")

    def buyer_sees(self, refund, terms):
        return _("Keep your order and receive a red packet of ¥%(amount)s.") % {"amount": grouped(terms.amount)}

    def accept(self, writes, offer, *, actor, now):
        """Withdraw the refund and pay the red packet."""
        super().accept(writes, offer, actor=actor, now=now)
        hold_yuan(writes, offer.refund.order, offer.amount)
        pay_out(writes, offer.refund, purpose=self.code, amount=offer.amount, actor=actor, now=now, rule="Q10")
