"""What is lost or missing is sent again (Q15, Q16)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from common.sentences import sentence as _
from offers.methods.base import BuyerConcern, register
from offers.methods.retention import ParcelMethod
from orders.states import ParcelKind


@register
class Reship(ParcelMethod):
    """The buyer keeps what has arrived; the rest is sent again."""

    code = "reship"
    label = gettext_lazy("Reship")
    icon = "local_shipping"
    order = 60
    scripts = (gettext_lazy("Sorry! We send it to you again, free of charge."),)
    suits = frozenset({BuyerConcern.LOGISTICS, BuyerConcern.MISSING})
    begins_with_goods = True
    parcel_kind = ParcelKind.RESHIP
    gives_product = True
    usual_worth = Decimal("1.00")

    def why(self, situation):
        return _("Sends what is lost or missing.")

    def buyer_sees(self, refund, terms):
        return _("We send you %(product)s again, free of charge.") % {"product": self.product_text(refund, terms)}
