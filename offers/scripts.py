"""Ready-made words to the buyer, per reason; picked and edited by the agent (Q5). Each fits into fifty characters."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from refunds.states import RefundReason

_LOGISTICS = (
    _("Sorry for the wait: we are chasing your parcel."),
    _("Your parcel is on its way, please bear with us."),
)
_FLAW = (
    _("So sorry about the flaw! Let us make it up."),
    _("Sorry! A small token so you can keep using it."),
)
_MISSING = (_("Sorry! We will send what is missing today."),)
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


def scripts_for(reason: str) -> list[str]:
    """The scripts for a reason, in the current language; the general ones last."""
    return [str(text) for text in (*BY_REASON.get(reason, ()), *_GENERAL)]
