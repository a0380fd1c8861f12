"""The buyer sends the goods back and gets a new one (Q16)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from common.errors import Invalid
from common.money import ZERO, yuan
from common.sentences import Sentence, paragraph
from common.sentences import sentence as _
from common.words import duration
from offers.arriving import promised_parcels
from offers.methods.base import register
from offers.methods.retention import ParcelMethod, RetentionMethod
from orders.states import ParcelKind, ParcelStatus
from stores.actions import default_return_address


@register
class Exchange(ParcelMethod):
    """The new parcel is due once the buyer's return is on its way."""

    code = "exchange"
    label = gettext_lazy("Exchange")
    icon = "swap_horiz"
    order = 30
    scripts = (gettext_lazy("Send it back to us, and we send you a new one."),)
    begins_with_goods = True
    parcel_kind = ParcelKind.EXCHANGE
    spares_return = False

    def check(self, situation, terms):
        """Needs the product that replaces the goods."""
        if terms.product is None:
            raise Invalid("item_id", _("Name the product that replaces the goods by its item id."), "required")

    def limit_words(self, situation):
        """The promise's deadline, which waits for the buyer."""
        time = duration(situation.refund.rules.promise_ships_within)
        return [_("ships within %(time)s after the buyer's parcel has left") % {"time": time}]

    def after_yes(self, offer):
        """Where the goods go first: to the store's return address."""
        kept, *parcels = super().after_yes(offer)
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
        told = _difference(
            self.price_difference(offer),
            dearer=_("The new goods cost %(amount)s more than is asked back: you bear it, the buyer pays nothing."),
            cheaper=_(
                "The new goods cost %(amount)s less than is asked back: you owe the buyer the difference. Send it as a"
                " small payment for a price difference."
            ),
        )
        return [*RetentionMethod.brings(self, offer), owed, *told]

    def price_difference(self, offer):
        """It isn't settled here: what the new goods cost more the merchant bears, what they cost less is owed (Q16)."""
        return offer.product_price - offer.asked_amount

    def cost(self, offer, coupons):
        """What the new goods are worth more than those that come back."""
        return max(ZERO, offer.product_price - offer.refund.amount)

    def why(self, situation):
        return _("The buyer gets what was wanted, and the sale stays.")

    def buyer_sees(self, refund, terms):
        offered = _("Send the goods back and receive %(product)s instead.") % {
            "product": self.product_text(refund, terms)
        }
        told = _difference(
            self.worth(refund, terms.product) - refund.amount,
            dearer=_("It costs %(amount)s more; you don't pay the difference."),
            cheaper=_("It costs %(amount)s less; the seller owes you the difference."),
        )
        return paragraph([offered, *told])


def _difference(more: Decimal, *, dearer: Sentence, cheaper: Sentence) -> list[Sentence]:
    """Who owes whom what, in the sentence for dearer or for cheaper goods; nothing where they cost the same."""
    return [(cheaper if more < ZERO else dearer) % {"amount": yuan(abs(more))}] if more else []
