"""A present on top (Q15, Q16)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from common.sentences import sentence as _
from offers.methods.base import BuyerConcern, register
from offers.methods.retention import ParcelMethod
from orders.states import ParcelKind


@register
class Gift(ParcelMethod):
    """The buyer keeps the goods and gets a product as a present."""

    code = "gift"
    label = gettext_lazy("Gift")
    icon = "redeem"
    order = 40
    scripts = (gettext_lazy("Please take a small gift, with our apologies."),)
    suits = frozenset({BuyerConcern.FLAW})
    parcel_kind = ParcelKind.GIFT
    gives_product = True
    usual_worth = Decimal("0.10")

    def why(self, situation):
        return _("A present at cost price makes up for the trouble.")

    def buyer_sees(self, refund, terms):
        return _("Keep your order and receive %(product)s as a gift.") % {"product": self.product_text(refund, terms)}
