"""Ready-made words to the buyer; picked and edited by the agent (Q5). Each fits into fifty characters.

A method's own words say what it gives (`Method.scripts`). Those for a reason only apologise: they go with every method,
so they promise nothing.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offers.methods import Method
from refunds.states import RefundReason

_LOGISTICS = (
    _("Sorry for the wait: we are chasing your parcel."),
    _("Your parcel is on its way, please bear with us."),
)
_FLAW = (_("So sorry about the flaw. Thanks for telling us."),)
_MISSING = (_("So sorry that something is missing."),)
_GENERAL = (
    _("Thank you for telling us. May we make it right?"),
    _("We'd love you to keep it. Can we help?"),
)

BY_REASON: Mapping[str, tuple[Promise, ...]] = {
    RefundReason.SLOW_LOGISTICS: _LOGISTICS,
    RefundReason.NOT_DELIVERED: _LOGISTICS,
    RefundReason.SELLER_DELAY: _LOGISTICS,
    RefundReason.MINOR_FLAW: _FLAW,
    RefundReason.PACKAGING_DAMAGED: _FLAW,
    RefundReason.QUALITY: _FLAW,
    RefundReason.MISSING_PARTS: _MISSING,
    RefundReason.PARCEL_LOST: _MISSING,
}


def scripts_for(reason: str, method: Method) -> list[str]:
    """The scripts for a method and a reason, in the current language: the method's own first, the general ones last."""
    return [str(text) for text in (*method.scripts, *BY_REASON.get(reason, ()), *_GENERAL)]
