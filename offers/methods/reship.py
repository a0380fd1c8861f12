"""Tmall: what is lost or missing is sent again (Q15, Q16)."""

from django.utils.translation import gettext as _

from offers.methods.retention import ParcelMethod
from offers.states import MethodCode


class Reship(ParcelMethod):
    """The buyer keeps what has arrived; the rest is sent again."""

    code = MethodCode.RESHIP
    gives_product = True

    def why(self, case):
        """See the base."""
        return _("Sends what is lost or missing.")

    def buyer_sees(self, refund, terms):
        """See the base."""
        return _("We send you %(product)s again, free of charge.") % {"product": self.product_text(terms)}
