"""What can happen to offers, coupons, cost rates and the switches of methods."""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import (
    COUNT,
    DATE,
    END,
    FLAG,
    INSTANT,
    SWITCH,
    TEXT,
    YUAN,
    Data,
    Fact,
    changed,
    choice,
    internal,
    named,
    optional,
    said,
    worded,
)
from common.words import listed
from offers.registry import method_label
from offers.states import CouponChannel, OfferStatus
from orders.events import ITEM
from stores.events import MARKETPLACE, EventArea


def _agreed(agreed: bool, data: Data) -> str:
    return _("agreed with the buyer beforehand")


ADDRESS = Fact("the new delivery address", lambda address, data: address, example="杭州市文三路 1 号", is_personal=True)
COUPON_NAME = Fact("the coupon's name", lambda name, data: name, example="满 50 减 5")
METHOD = Fact("code of the offer's method", lambda code, data: method_label(code), example="partial_refund")

# --- offers


class _Ended(TypedDict):
    method: Annotated[str, METHOD]


class _Accepted(_Ended):
    address: NotRequired[Annotated[str, ADDRESS]]


class _Sent(_Ended):
    amount: Annotated[str | None, YUAN]
    item_id: Annotated[str | None, ITEM]
    coupons: Annotated[
        list[str], Fact("names of the coupons", lambda names, data: listed(names), example=["满 50 减 5"])
    ]
    agreed_with_buyer: Annotated[bool, replace(FLAG, word=_agreed)]
    buyer_sees: Annotated[dict, worded(gettext_lazy("The buyer sees"))]
    message: Annotated[str, said(gettext_lazy("Message"))]
    recommended_method: NotRequired[Annotated[str, internal(METHOD)]]
    recommended_amount: NotRequired[Annotated[str | None, internal(YUAN)]]
    propensity: NotRequired[
        Annotated[str, internal(Fact("how likely that was recommended, as decimal text of one", example="0.934100"))]
    ]
    was_tried: NotRequired[
        Annotated[bool, internal(Fact("whether it was recommended to learn from it", example=False))]
    ]
    was_taken: NotRequired[Annotated[bool, internal(Fact("whether it is what was sent", example=True))]]


OFFER_SENT = EventType(
    "offer.sent",
    gettext_lazy("Offer sent"),
    "offer",
    _Sent,
    EventTone.NOTE,
    meaning=gettext_lazy(
        "The buyer is asked to accept this instead of the refund; until the answer the offer can't be changed."
    ),
)
OFFER_ACCEPTED = EventType(
    "offer.accepted",
    gettext_lazy("Offer accepted by the buyer"),
    "offer",
    _Accepted,
    EventTone.GOOD,
    meaning=gettext_lazy(
        "The buyer said yes: what the offer promises happens, with whatever that means for the request."
    ),
)
OFFER_ACCEPTED_WAITING = EventType(
    "offer.accepted_waiting",
    gettext_lazy("Offer accepted: it comes true once the buyer has withdrawn at the marketplace"),
    "offer",
    _Accepted,
    EventTone.NOTE,
    meaning=gettext_lazy(
        "The buyer said yes; the offer comes true when the marketplace says that the request was withdrawn or changed."
    ),
)
OFFER_DECLINED = EventType(
    "offer.declined",
    gettext_lazy("Offer declined by the buyer"),
    "offer",
    _Ended,
    EventTone.BAD,
    meaning=gettext_lazy("The buyer said no: the request stands as it was."),
)
OFFER_EXPIRED = EventType(
    "offer.expired",
    gettext_lazy("Offer expired without an answer"),
    "offer",
    _Ended,
    meaning=gettext_lazy("The buyer didn't answer in time: the request stands as it was."),
)
OFFER_WITHDRAWN = EventType(
    "offer.withdrawn",
    gettext_lazy("Offer withdrawn"),
    "offer",
    _Ended,
    meaning=gettext_lazy("The offer ended because something was decided about the refund meanwhile."),
)
OFFER_LAPSED = EventType(
    "offer.lapsed",
    gettext_lazy("Offer ended: what it promised can't be kept"),
    "offer",
    _Ended,
    EventTone.BAD,
    meaning=gettext_lazy(
        "What the offer promises isn't there any more, so it ends by itself and doesn't count as an attempt."
    ),
)
# What is recorded when an offer ends by an answer, in silence or with its refund; one that nobody can keep lapses.
OFFER_ENDED = {
    OfferStatus.ACCEPTED: OFFER_ACCEPTED,
    OfferStatus.ACCEPTED_WAITING: OFFER_ACCEPTED_WAITING,
    OfferStatus.DECLINED: OFFER_DECLINED,
    OfferStatus.EXPIRED: OFFER_EXPIRED,
    OfferStatus.WITHDRAWN: OFFER_WITHDRAWN,
}

# --- coupons and cost rates


class _Granted(TypedDict):
    coupon: Annotated[str, COUPON_NAME]


class _Made(TypedDict):
    coupon: Annotated[str, COUPON_NAME]
    channel: Annotated[str, choice(CouponChannel)]
    amount_off: Annotated[str, named(gettext_lazy("Discount"), YUAN)]
    min_spend: Annotated[str, named(gettext_lazy("Threshold"), YUAN)]
    quantity: Annotated[int, named(gettext_lazy("Quantity"), COUNT)]
    valid_from: Annotated[str, named(gettext_lazy("Valid from"), INSTANT)]
    valid_until: Annotated[str, named(gettext_lazy("Valid until"), END)]


def _rate(label: Promise, fact: Fact = YUAN) -> Fact:
    return named(label, changed(fact))


class _RatesSet(TypedDict, total=False):
    """Each rate that changed."""

    return_freight: Annotated[list[str], _rate(gettext_lazy("return freight"))]
    handling: Annotated[list[str], _rate(gettext_lazy("handling of a return"))]
    agent_minutes: Annotated[
        list[str], _rate(gettext_lazy("agent's minutes per refund"), replace(TEXT, shape="minutes"))
    ]
    agent_hourly: Annotated[list[str], _rate(gettext_lazy("agent's hour"))]
    consultation: Annotated[list[str], _rate(gettext_lazy("consultation per refund"))]
    acquisition: Annotated[list[str], _rate(gettext_lazy("acquisition of an order"))]
    outbound_freight: Annotated[list[str], _rate(gettext_lazy("outbound freight"))]
    stock_loss_percent: Annotated[
        list[str], _rate(gettext_lazy("stock loss in per cent"), replace(TEXT, shape="per cent"))
    ]


COUPON_GRANTED = EventType(
    "coupon.granted",
    gettext_lazy("Coupon granted"),
    "coupongrant",
    _Granted,
    EventTone.GOOD,
    meaning=gettext_lazy("A buyer of an order has this coupon now."),
)
COUPON_ENDED = EventType(
    "coupon.ended",
    gettext_lazy("Coupon ended: the whole order was refunded"),
    "coupongrant",
    _Granted,
    EventTone.WARNING,
    meaning=gettext_lazy(
        "The buyer can't use a coupon any more that was given for keeping the order: all of it was refunded."
    ),
)
COUPON_HOLDS_AGAIN = EventType(
    "coupon.holds_again",
    gettext_lazy("Coupon holds again: the refund came back"),
    "coupongrant",
    _Granted,
    EventTone.NOTE,
    meaning=gettext_lazy("The buyer can use the coupon again, because money of the refund came back."),
)
COUPON_MADE = EventType(
    "coupon.made",
    gettext_lazy("Coupon made"),
    "coupon",
    _Made,
    EventTone.GOOD,
    area=EventArea.COUPONS,
    meaning=gettext_lazy("The store has a new coupon that can be granted or offered."),
)
COST_RATES_SET = EventType(
    "cost_rates.set",
    gettext_lazy("Cost rates set"),
    "costrates",
    _RatesSet,
    area=EventArea.LIMITS,
    meaning=gettext_lazy("What a lost order costs the store besides its price is reckoned by other rates from now on."),
)

# --- the switches of methods (Q4), and sending to many


class _Switched(TypedDict):
    method: Annotated[str, METHOD]
    is_on: NotRequired[Annotated[list[bool], changed(SWITCH)]]
    available_from: NotRequired[
        Annotated[list[str | None], named(gettext_lazy("Available from"), changed(optional(DATE, "–")))]
    ]


class _SwitchedForAll(_Switched):
    marketplace: Annotated[str, MARKETPLACE]


class _BulkStarted(TypedDict):
    refunds: Annotated[int, named(gettext_lazy("Refunds"), COUNT)]


class _FiguresTaken(TypedDict):
    first: Annotated[str, named(gettext_lazy("From"), DATE)]
    last: Annotated[str, named(gettext_lazy("To"), DATE)]
    group_by: Annotated[str, named(gettext_lazy("Grouped by"), TEXT)]


FIGURES_TAKEN = EventType(
    "store.figures_taken",
    gettext_lazy("Figures of money kept taken out as a table"),
    "store",
    _FiguresTaken,
    EventTone.NOTE,
    area=EventArea.EXPORTS,
    meaning=gettext_lazy("Somebody has downloaded figures of what retention and negotiations saved."),
)
METHOD_SWITCHED = EventType(
    "method.switched",
    gettext_lazy("Method switched"),
    "storemethod",
    _Switched,
    EventTone.NOTE,
    area=EventArea.SWITCHES,
    meaning=gettext_lazy("The store uses a way to keep orders, or doesn't, from that date on."),
)
METHOD_SWITCHED_FOR_ALL = EventType(
    "method.switched_for_all",
    gettext_lazy("Method of a marketplace switched"),
    "marketplacemethod",
    _SwitchedForAll,
    EventTone.NOTE,
    area=EventArea.SWITCHES,
    meaning=gettext_lazy("A way to keep orders was opened, closed or dated for all stores of a marketplace."),
)
BULK_STARTED = EventType(
    "bulk.started",
    gettext_lazy("Bulk sending started"),
    "bulkjob",
    _BulkStarted,
    meaning=gettext_lazy("Somebody sends offers about many refunds at once; each has an event of its own."),
)
