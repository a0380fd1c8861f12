"""The buyer sends the goods back and gets a new one (Q16)."""

from django.utils.translation import gettext_lazy

from common.errors import Invalid, refuse_if
from common.money import ZERO, yuan
from common.sentences import paragraph
from common.sentences import sentence as _
from common.words import duration
from offers.arriving import money_words, promised_parcels
from offers.methods.base import register
from offers.methods.retention import ParcelMethod, RetentionMethod
from orders.states import ParcelKind, ParcelStatus
from refunds.why_not import why_not_pay_more
from stores.actions import default_return_address


@register
class Exchange(ParcelMethod):
    """The new parcel is due once the buyer's return is on its way.

    What the new goods cost less than is asked back is the offer's amount: it is paid when the buyer says yes. What they
    cost more the merchant bears (docs/adr/0046).
    """

    code = "exchange"
    label = gettext_lazy("Exchange")
    icon = "swap_horiz"
    order = 30
    scripts = (gettext_lazy("Send it back to us, and we send you a new one."),)
    begins_with_goods = True
    parcel_kind = ParcelKind.EXCHANGE
    spares_return = False
    pays = returns_price = is_owed = True
    purpose_label = gettext_lazy("Price difference of an exchange")

    def check(self, situation, terms):
        """Needs the product that replaces the goods."""
        if terms.product is None:
            raise Invalid("item_id", _("Name the product that replaces the goods by its item id."), "required")
        less = self.amount_of(situation.refund, terms)
        if terms.amount not in (None, less):
            raise Invalid("amount", _("An exchange pays the difference of the prices by itself: leave the amount out."))
        if less is not None:
            refuse_if(why_not_pay_more(situation.refund))

    def amount_of(self, refund, terms):
        """What the new goods cost less than is asked back; None when they don't."""
        if terms.product is None:
            return None
        less = refund.amount - self.worth(refund, terms.product)
        return less if less > ZERO else None

    def sends_money(self, amount=None):
        """Only for cheaper goods."""
        return amount is not None

    def limit_words(self, situation):
        """The promise's deadline, which waits for the buyer."""
        time = duration(situation.refund.rules.promise_ships_within)
        return [_("ships within %(time)s after the buyer's parcel has left") % {"time": time}]

    def after_yes(self, offer):
        """Where the goods go first, to the store's return address; and the difference that is paid."""
        kept, *parcels = super().after_yes(offer)
        if offer.amount:
            parcels.append(money_words(offer, self.code))
        if not any(parcel.status == ParcelStatus.AWAITING_RETURN for parcel in promised_parcels(offer)):
            return [kept, *parcels]
        address = offer.refund.return_address or default_return_address(offer.store_id)
        where = _("Send the goods back to: %(address)s. Then write the tracking number to the seller below.")
        unknown = _("The seller tells you below where to send the goods.")
        return [kept, where % {"address": address} if address else unknown, *parcels]

    def accept(self, writes, offer, *, actor, now):
        """Also keep where the goods go, which the buyer is told now (P1)."""
        super().accept(writes, offer, actor=actor, now=now)
        offer.refund.return_address = default_return_address(offer.store_id)
        writes.update(offer.refund, "return_address")

    def brings(self, offer):
        """The debt of a parcel, once the buyer's is on its way."""
        time = duration(offer.refund.rules.promise_ships_within)
        owed = _("You owe the new parcel within %(time)s after the buyer's return is on its way.") % {"time": time}
        return [*RetentionMethod.brings(self, offer), owed, *self._difference_words(offer)]

    def _difference_words(self, offer):
        if offer.amount:
            text = _("The new goods cost %(amount)s less than is asked back: that goes out to the buyer at once.")
            return [text % {"amount": yuan(offer.amount)}]
        if (more := self.price_difference(offer)) > ZERO:
            text = _("The new goods cost %(amount)s more than is asked back: you bear it, the buyer pays nothing.")
            return [text % {"amount": yuan(more)}]
        return []

    def price_difference(self, offer):
        """By their price when the offer was sent."""
        return offer.product_price - offer.asked_amount

    def cost(self, offer, coupons):
        """What the new goods are worth more than those that come back."""
        return max(ZERO, offer.product_price - offer.refund.amount)

    def least_cost(self, situation):
        """The cheapest product, as far as it costs more than is asked back."""
        return max(ZERO, super().least_cost(situation) - situation.refund.amount)

    def why(self, situation):
        return _("The buyer gets what was wanted, and the sale stays.")

    def buyer_sees(self, refund, terms):
        offered = _("Send the goods back and receive %(product)s instead.") % {
            "product": self.product_text(refund, terms)
        }
        more = self.worth(refund, terms.product) - refund.amount
        if terms.amount:
            told = _("It costs %(amount)s less; the seller pays you the difference.") % {"amount": yuan(terms.amount)}
        elif more > ZERO:
            told = _("It costs %(amount)s more; you don't pay the difference.") % {"amount": yuan(more)}
        else:
            return offered
        return paragraph([offered, told])
