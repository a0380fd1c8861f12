"""What can happen to refunds and to what belongs to them.

More of it: goods (on their way back, recalled, lost), deciding (many at once), platform/events.py (cases),
quality/events.py, returnless/events.py.
"""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, FLAG, TEXT, YUAN, Data, Fact, changed, choice, hidden, said, worded
from payments.events import GATEWAY_ERROR
from refunds.states import (
    MarketplaceStage,
    MarketplaceVerb,
    RefundKind,
    RefundProgramme,
    RefundReason,
)


def _score(score: int, data: Data) -> str:
    return _("credit score %(score)d") % {"score": score}


def _vip(is_vip: bool, data: Data) -> str:
    return _("VIP")


NOTE = said(gettext_lazy("Note"))


class WithAmount(TypedDict):
    amount: Annotated[str, YUAN]


class PerhapsAmount(TypedDict):
    """An exchange moves no money."""

    amount: NotRequired[Annotated[str, YUAN]]


# --- the request


class _Requested(TypedDict):
    kind: Annotated[str, choice(RefundKind)]
    amount: Annotated[str, YUAN]
    programme: Annotated[str, choice(RefundProgramme, optional=True)]
    reason: Annotated[str, choice(RefundReason)]
    order: Annotated[str, Fact("the order's number", example="G1")]


class _Changed(TypedDict):
    kind: Annotated[list[str], changed(choice(RefundKind))]
    amount: Annotated[list[str], changed(YUAN)]


class _Rejected(TypedDict):
    reason: Annotated[str, said(gettext_lazy("Reason"))]
    evidence: Annotated[str, said(gettext_lazy("Evidence"))]


class _Resubmitted(TypedDict):
    amount: Annotated[str, YUAN]
    reason: Annotated[str, choice(RefundReason)]


REFUND_REQUESTED = EventType(
    "refund.requested",
    gettext_lazy("Refund requested"),
    "refund",
    _Requested,
    meaning=gettext_lazy("A buyer asks for money or other goods for an order; the merchant's time begins."),
)
REFUND_CHANGED = EventType(
    "refund.changed",
    gettext_lazy("Request changed"),
    "refund",
    _Changed,
    meaning=gettext_lazy("The request has another kind or amount, as both sides agreed."),
)
REFUND_APPROVED = EventType(
    "refund.approved",
    gettext_lazy("Request approved"),
    "refund",
    WithAmount,
    EventTone.GOOD,
    meaning=gettext_lazy("The request is granted: money goes out, or the buyer is to send the goods back."),
)
REFUND_ADDRESS_MISSING = EventType(
    "refund.address_missing",
    gettext_lazy("The store has no return address: add one, or name one for this return"),
    "refund",
    tone=EventTone.WARNING,
    meaning=gettext_lazy("The return is granted, but the buyer can't be told where to send it, so no time runs."),
)
REFUND_REJECTED = EventType(
    "refund.rejected",
    gettext_lazy("Request rejected"),
    "refund",
    _Rejected,
    EventTone.BAD,
    meaning=gettext_lazy("The merchant says no; the buyer may correct the request or ask the platform."),
)
REFUND_NEGOTIATING = EventType(
    "refund.negotiating",
    gettext_lazy("The merchant talks first"),
    "refund",
    tone=EventTone.NOTE,
    meaning=gettext_lazy("The merchant writes to the buyer before deciding; the deadline stays."),
)
REFUND_WITHDRAWN = EventType(
    "refund.withdrawn",
    gettext_lazy("Request withdrawn by the buyer"),
    "refund",
    meaning=gettext_lazy("The buyer takes the request back, by hand or by accepting an offer; nothing is paid for it."),
)
REFUND_RESUBMITTED = EventType(
    "refund.resubmitted",
    gettext_lazy("Request corrected by the buyer"),
    "refund",
    _Resubmitted,
    meaning=gettext_lazy("After a rejection the buyer asks again, with other words or another amount."),
)
REFUND_REOPENED = EventType(
    "refund.reopened",
    gettext_lazy("Open again: the money couldn't be paid"),
    "refund",
    WithAmount,
    EventTone.BAD,
    meaning=gettext_lazy("A declined payment was given up, so the merchant decides about the request again."),
)
REFUND_CLOSED = EventType(
    "refund.closed",
    gettext_lazy("Closed: the buyer let the deadline pass"),
    "refund",
    meaning=gettext_lazy("The buyer didn't do in time what was awaited; nothing is paid."),
)
MESSAGE_SENT = EventType(
    "message.sent",
    gettext_lazy("Message"),
    "message",
    TypedDict("_Message", {"text": Annotated[str, said("")]}),
    meaning=gettext_lazy("Merchant or buyer wrote in the refund's thread, for the other to read."),
)

# --- answered at once (P2, P5)


class _Instantly(WithAmount):
    credit_score: Annotated[int, replace(COUNT, word=_score)]
    vip: Annotated[bool, replace(FLAG, word=_vip)]


REFUND_DIRECT = EventType(
    "refund.direct",
    gettext_lazy("Granted at once: the carrier didn't have the goods yet"),
    "refund",
    WithAmount,
    meaning=gettext_lazy(
        "The goods hadn't left, so the request is granted without anybody's decision and the parcel stopped."
    ),
)
REFUND_REFUNDED_INSTANTLY = EventType(
    "refund.refunded_instantly",
    gettext_lazy("Granted at once by the platform"),
    "refund",
    _Instantly,
    EventTone.GOOD,
    meaning=gettext_lazy(
        "The marketplace vouches for this buyer, so the money goes out before anybody looks; the merchant may appeal."
    ),
)

# --- what became of the money


class _Settled(TypedDict):
    amount: Annotated[str, YUAN]
    error: Annotated[str, GATEWAY_ERROR]


REFUND_REFUNDED = EventType(
    "refund.refunded",
    gettext_lazy("Refunded"),
    "refund",
    _Settled,
    EventTone.GOOD,
    meaning=gettext_lazy("The buyer has the money."),
)
REFUND_PAYMENT_FAILED = EventType(
    "refund.payment_failed",
    gettext_lazy("The payment failed: needs attention"),
    "refund",
    _Settled,
    EventTone.BAD,
    meaning=gettext_lazy("The gateway doesn't pay the buyer: somebody pays again, or gives the payment up."),
)
REFUND_PAYMENT_REVERSED = EventType(
    "refund.payment_reversed",
    gettext_lazy("The money came back: needs attention"),
    "refund",
    _Settled,
    EventTone.BAD,
    meaning=gettext_lazy("The buyer's refund was paid and came back: somebody has to find out why."),
)

# --- refunds that follow a connected marketplace


class _Followed(WithAmount):
    stage: Annotated[str, choice(MarketplaceStage)]
    status: Annotated[str, said(gettext_lazy("Status there"))]


class _Sent(TypedDict):
    verb: Annotated[str, choice(MarketplaceVerb)]


class _Answered(_Sent):
    code: Annotated[str, hidden(TEXT)]
    text: Annotated[str, said(gettext_lazy("The marketplace"))]
    why: NotRequired[Annotated[dict, worded(gettext_lazy("Why"))]]


REFUND_FOLLOWED = EventType(
    "refund.followed",
    gettext_lazy("Happened at the marketplace"),
    "refund",
    _Followed,
    EventTone.NOTE,
    meaning=gettext_lazy("The connected marketplace says that the refund is something else by now, and it is so here."),
)
REFUND_DECISION_SENT = EventType(
    "refund.decision_sent",
    gettext_lazy("Sent to the marketplace"),
    "refund",
    _Sent,
    EventTone.NOTE,
    meaning=gettext_lazy(
        "What the merchant decided is on its way to the marketplace and counts once that confirms it."
    ),
)
REFUND_DECISION_DONE = EventType(
    "refund.decision_done",
    gettext_lazy("Done at the marketplace"),
    "refund",
    _Answered,
    EventTone.GOOD,
    meaning=gettext_lazy("The marketplace has done what the merchant decided."),
)
REFUND_DECISION_REFUSED = EventType(
    "refund.decision_refused",
    gettext_lazy("Not done at the marketplace"),
    "refund",
    _Answered,
    EventTone.BAD,
    meaning=gettext_lazy("What the merchant decided isn't done: the marketplace says why, or we why it wasn't sent."),
)
