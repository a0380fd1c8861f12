"""Tmall: the buyer sends the goods back and gets a new one (Q16)."""

from django.utils.translation import gettext as _

from common.errors import Invalid
from offers.methods.retention import ParcelMethod
from offers.states import MethodCode


class Exchange(ParcelMethod):
    """The new parcel is due once the buyer's return is on its way."""

    code = MethodCode.EXCHANGE
    spares_return = False

    def check(self, case, terms):
        """Needs the product that replaces the goods."""
        if terms.product is None:
            raise Invalid("item_id", _("Name the product that replaces the goods by its item id."), "required")

    def why(self, case):
        """See the base."""
        return _("The buyer gets what was wanted, and the sale stays.")

    def buyer_sees(self, refund, terms):
        """See the base."""
        return _("Send the goods back and receive %(product)s instead.") % {"product": self.product_text(terms)}
