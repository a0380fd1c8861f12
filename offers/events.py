"""What can happen to offers, coupons and cost rates."""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventType, Tone
from common.facts import FLAG, YUAN, Data, Fact, changed, hidden, said
from offers.registry import method_label
from offers.states import OfferStatus
from orders.events import ITEM


def _agreed(agreed: bool, data: Data) -> str:
    return _("agreed with the buyer beforehand")


METHOD = Fact("code of the offer's method", lambda code, data: method_label(code))

# --- offers


class _Ended(TypedDict):
    method: Annotated[str, METHOD]


class _Accepted(_Ended):
    address: NotRequired[Annotated[str, Fact("the new delivery address", lambda address, data: address)]]


class _Sent(_Ended):
    amount: Annotated[str | None, YUAN]
    item_id: Annotated[str | None, ITEM]
    coupons: Annotated[list[str], Fact("names of the coupons", lambda names, data: ", ".join(names))]
    agreed_with_buyer: Annotated[bool, replace(FLAG, word=_agreed)]
    buyer_sees: Annotated[str, said(gettext_lazy("The buyer sees"))]
    message: Annotated[str, said(gettext_lazy("Message"))]


OFFER_SENT = EventType("offer.sent", gettext_lazy("Offer sent"), "offer", _Sent, Tone.NOTE)
OFFER_ACCEPTED = EventType("offer.accepted", gettext_lazy("Offer accepted by the buyer"), "offer", _Accepted, Tone.GOOD)
OFFER_DECLINED = EventType("offer.declined", gettext_lazy("Offer declined by the buyer"), "offer", _Ended, Tone.BAD)
OFFER_EXPIRED = EventType("offer.expired", gettext_lazy("Offer expired without an answer"), "offer", _Ended)
OFFER_WITHDRAWN = EventType("offer.withdrawn", gettext_lazy("Offer withdrawn"), "offer", _Ended)
# What is recorded when an offer ends, by how.
OFFER_ENDED = {
    OfferStatus.ACCEPTED: OFFER_ACCEPTED,
    OfferStatus.DECLINED: OFFER_DECLINED,
    OfferStatus.EXPIRED: OFFER_EXPIRED,
    OfferStatus.WITHDRAWN: OFFER_WITHDRAWN,
}

# --- coupons and cost rates


class _Granted(TypedDict):
    coupon: Annotated[str, Fact("the coupon's name", lambda name, data: name)]


_RATE = NotRequired[Annotated[list[str], hidden(changed(YUAN))]]


class _RatesSet(TypedDict):
    """Each rate that changed."""

    return_freight: _RATE
    handling: _RATE
    agent_minutes: NotRequired[Annotated[list[str], hidden(changed(Fact("minutes, as text")))]]
    agent_hourly: _RATE
    consultation: _RATE
    acquisition: _RATE
    outbound_freight: _RATE
    stock_loss_percent: NotRequired[Annotated[list[str], hidden(changed(Fact("percent, as text")))]]


COUPON_GRANTED = EventType("coupon.granted", gettext_lazy("Coupon granted"), "coupongrant", _Granted, Tone.GOOD)
COST_RATES_SET = EventType("cost_rates.set", gettext_lazy("Cost rates set"), "costrates", _RatesSet)
