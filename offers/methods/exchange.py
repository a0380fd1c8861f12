"""The buyer sends the goods back and gets a new one (Q16)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Invalid
from common.money import ZERO
from common.words import duration
from offers.methods.base import register
from offers.methods.retention import ParcelMethod, RetentionMethod
from orders.states import ParcelKind


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

    def check(self, case, terms):
        """Needs the product that replaces the goods."""
        if terms.product is None:
            raise Invalid("item_id", _("Name the product that replaces the goods by its item id."), "required")

    def limit_words(self, case):
        """The promise's deadline, which waits for the buyer."""
        time = duration(case.refund.rules.promise_ships_within)
        return [_("ships within %(time)s after the buyer's parcel has left") % {"time": time}]

    def brings(self, offer):
        """The debt of a parcel, once the buyer's is on its way."""
        time = duration(offer.refund.rules.promise_ships_within)
        owed = _("You owe the new parcel within %(time)s after the buyer's return is on its way.") % {"time": time}
        return [*RetentionMethod.brings(self, offer), owed]

    def cost(self, offer):
        """What the new goods are worth more than those that come back."""
        return max(ZERO, offer.product_price - offer.refund.amount)

    def why(self, case):
        return _("The buyer gets what was wanted, and the sale stays.")

    def buyer_sees(self, refund, terms):
        return _("Send the goods back and receive %(product)s instead.") % {"product": self.product_text(refund, terms)}
