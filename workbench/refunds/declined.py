"""What a merchant can decide about a refund's money that the gateway declined for good: pay again, or give up."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.words import duration
from refunds import payouts, why_not
from stores.permissions import PAY
from workbench.kit.paying import already_had
from workbench.refunds.decisions import RefundDecision


class DeclinedMoney(RefundDecision):
    """What is done about money that the gateway declined for good."""

    capability = PAY

    def concerns(self, refund):
        """Only after a declined payment; what the marketplace pays is seen to there."""
        return refund.needs_attention and not refund.lacks_address and payouts.is_paid_here(refund)


class PayAgain(DeclinedMoney):
    """Repeat a payment that the gateway declined for good."""

    code, label, icon, tone = "pay-again", gettext_lazy("Pay again"), "replay", "primary"
    done = gettext_lazy("The payment is on its way again.")

    def refusal(self, refund, now):
        return why_not.why_not_pay_again(refund, payouts.payments_of(refund))

    def consequence(self, refund):
        """A new payment, through the gateway that the store has by now."""
        return payouts.again_words(payouts.payments_of(refund)[-1])

    def consequences(self, refund):
        """With what the buyer has already."""
        return [*super().consequences(refund), *already_had(refund)]

    def run(self, refund, data, *, actor, now):
        payouts.pay_again(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now)


class GiveUpPaying(DeclinedMoney):
    """Stop trying: the buyer's request is open again."""

    code, label, icon, tone = "give-up", gettext_lazy("Give the payment up"), "money_off", "danger"
    done = gettext_lazy("The payment is given up; what it held is free.")

    def refusal(self, refund, now):
        return payouts.why_not_give_up_paying(refund)

    def consequence(self, refund):
        """What was promised ends, and the request is there again."""
        return _(
            "The buyer doesn't get this money, and what was agreed about it ends. The original request awaits you"
            " again, for %(time)s."
        ) % {"time": duration(refund.rules.merchant_answers_within)}

    def run(self, refund, data, *, actor, now):
        payouts.give_up_paying(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now)
