"""What can happen to refunds and to what belongs to them. Refund without return: refunds/returnless/events.py."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, FLAG, REFERENCE, SHARE, TEXT, YUAN, Data, Fact, changed, choice, hidden, said
from orders.events import CARRIER, PIECES, Carried
from payments.events import GATEWAY_ERROR
from refunds.pleas import plea_in_words
from refunds.states import (
    AppealGround,
    CarrierClaimStatus,
    CaseOutcome,
    CaseSide,
    MarketplaceStage,
    MarketplaceVerb,
    QualityPolicy,
    QualityStep,
    RefundKind,
    RefundProgramme,
    RefundReason,
)
from stores.events import EventArea


def _score(score: int, data: Data) -> str:
    return _("credit score %(score)d") % {"score": score}


def _vip(is_vip: bool, data: Data) -> str:
    return _("VIP")


NOTE = said(gettext_lazy("Note"))
PLEA = replace(
    said(gettext_lazy("Plea")),
    shape="text, word for word; what nobody wrote: `missing_pieces:` and `item*pieces`, by commas",
    word=lambda plea, data: plea_in_words(plea),
)


class _Amount(TypedDict):
    amount: Annotated[str, YUAN]


class _PerhapsAmount(TypedDict):
    """An exchange moves no money."""

    amount: NotRequired[Annotated[str, YUAN]]


# --- the request


class _Requested(TypedDict):
    kind: Annotated[str, choice(RefundKind)]
    amount: Annotated[str, YUAN]
    programme: Annotated[str, choice(RefundProgramme, optional=True)]
    reason: Annotated[str, choice(RefundReason)]
    order: Annotated[str, Fact("the order's number")]


class _Changed(TypedDict):
    kind: Annotated[list[str], changed(choice(RefundKind))]
    amount: Annotated[list[str], changed(YUAN)]


class _Rejected(TypedDict):
    reason: Annotated[str, said(gettext_lazy("Reason"))]
    evidence: Annotated[str, said(gettext_lazy("Evidence"))]


class _Resubmitted(TypedDict):
    amount: Annotated[str, YUAN]
    reason: Annotated[str, choice(RefundReason)]


class _Counted(TypedDict):
    policy: Annotated[str, hidden(choice(QualityPolicy))]
    reason: Annotated[str, choice(RefundReason)]


REFUND_REQUESTED = EventType("refund.requested", gettext_lazy("Refund requested"), "refund", _Requested)
REFUND_CHANGED = EventType("refund.changed", gettext_lazy("Request changed"), "refund", _Changed)
REFUND_APPROVED = EventType("refund.approved", gettext_lazy("Request approved"), "refund", _Amount, EventTone.GOOD)
REFUND_ADDRESS_MISSING = EventType(
    "refund.address_missing",
    gettext_lazy("The store has no return address: add one, or name one for this return"),
    "refund",
    tone=EventTone.WARNING,
)
REFUND_REJECTED = EventType("refund.rejected", gettext_lazy("Request rejected"), "refund", _Rejected, EventTone.BAD)
REFUND_NEGOTIATING = EventType(
    "refund.negotiating", gettext_lazy("The merchant talks first"), "refund", tone=EventTone.NOTE
)
REFUND_WITHDRAWN = EventType("refund.withdrawn", gettext_lazy("Request withdrawn by the buyer"), "refund")
REFUND_RESUBMITTED = EventType(
    "refund.resubmitted", gettext_lazy("Request corrected by the buyer"), "refund", _Resubmitted
)
REFUND_REOPENED = EventType(
    "refund.reopened", gettext_lazy("Open again: the money couldn't be paid"), "refund", _Amount, EventTone.BAD
)
REFUND_CLOSED = EventType("refund.closed", gettext_lazy("Closed: the buyer let the deadline pass"), "refund")
REFUND_COUNTED = EventType("refund.counted", gettext_lazy("Counted as a quality refund"), "refund", _Counted)
MESSAGE_SENT = EventType(
    "message.sent",
    gettext_lazy("Message"),
    "message",
    TypedDict("_Message", {"text": Annotated[str, said("")]}),
)

# --- answered at once (P2, P5)


class _Instantly(_Amount):
    credit_score: Annotated[int, replace(COUNT, word=_score)]
    vip: Annotated[bool, replace(FLAG, word=_vip)]


REFUND_DIRECT = EventType(
    "refund.direct", gettext_lazy("Granted at once: the carrier didn't have the goods yet"), "refund", _Amount
)
REFUND_REFUNDED_INSTANTLY = EventType(
    "refund.refunded_instantly",
    gettext_lazy("Granted at once by the platform"),
    "refund",
    _Instantly,
    EventTone.GOOD,
)

# --- the goods on their way back (P1)


class _Passed(TypedDict):
    note: NotRequired[Annotated[str, NOTE]]


class _Failed(TypedDict):
    note: Annotated[str, NOTE]
    pieces: Annotated[dict[str, int], PIECES]


class _Split(TypedDict):
    amount: Annotated[list[str], changed(YUAN)]
    pieces: Annotated[dict[str, int], PIECES]
    into: Annotated[str, REFERENCE]


class _SplitOff(TypedDict):
    kind: Annotated[str, choice(RefundKind)]
    amount: Annotated[str, YUAN]
    pieces: Annotated[dict[str, int], PIECES]
    split_from: Annotated[str, REFERENCE]


REFUND_ADDRESS_NAMED = EventType(
    "refund.address_named",
    gettext_lazy("Return address named: the buyer may send the goods"),
    "refund",
    TypedDict("_Address", {"address": Annotated[str, said("")]}),
    EventTone.GOOD,
)
REFUND_RETURN_SHIPPED = EventType("refund.return_shipped", gettext_lazy("Goods sent back"), "refund", Carried)
REFUND_INSPECTION_PASSED = EventType(
    "refund.inspection_passed", gettext_lazy("Inspection passed"), "refund", _Passed, EventTone.GOOD
)
REFUND_INSPECTION_FAILED = EventType(
    "refund.inspection_failed", gettext_lazy("Inspection failed"), "refund", _Failed, EventTone.BAD
)
REFUND_INSPECTION_OVERDUE = EventType(
    "refund.inspection_overdue", gettext_lazy("Not inspected in time: the money goes out by itself"), "refund"
)
REFUND_SPLIT = EventType(
    "refund.split",
    gettext_lazy("Fewer pieces arrived than announced: the rest is a refund of its own"),
    "refund",
    _Split,
    EventTone.BAD,
)
REFUND_SPLIT_OFF = EventType(
    "refund.split_off",
    gettext_lazy("Split off: these pieces were announced and didn't arrive"),
    "refund",
    _SplitOff,
)

# --- recalled and lost parcels, carrier claims (P3, P4)


class _KindChanged(TypedDict):
    kind: Annotated[list[str], changed(choice(RefundKind))]


class _CarrierClaimOpened(TypedDict):
    amount: Annotated[str, YUAN]
    carrier: Annotated[str, CARRIER]
    tracking_number: Annotated[str, hidden(TEXT)]


class _CarrierClaimClosed(TypedDict):
    amount: Annotated[str, YUAN]
    note: Annotated[str, NOTE]


REFUND_RECALLED = EventType(
    "refund.recalled", gettext_lazy("The recalled parcel is back: the money goes out"), "refund", _Amount
)
REFUND_RECALL_LOST = EventType(
    "refund.recall_lost",
    gettext_lazy("The recalled parcel is lost: the money goes out"),
    "refund",
    _Amount,
    EventTone.BAD,
)
REFUND_RECALL_FAILED = EventType(
    "refund.recall_failed",
    gettext_lazy("The recall failed: the buyer sends the goods back"),
    "refund",
    _KindChanged,
    EventTone.BAD,
)
REFUND_RECALL_OVERDUE = EventType(
    "refund.recall_overdue", gettext_lazy("The recall took too long: the money goes out by itself"), "refund", _Amount
)
REFUND_UNDELIVERED = EventType(
    "refund.undelivered",
    gettext_lazy("The goods never reached the buyer: nothing is sent back"),
    "refund",
    _KindChanged,
    EventTone.BAD,
)
REFUND_RETURN_LOST = EventType(
    "refund.return_lost",
    gettext_lazy("The return parcel is lost: the buyer doesn't wait"),
    "refund",
    _PerhapsAmount,
    EventTone.BAD,
)
CARRIER_CLAIM_OPENED = EventType(
    "carrier_claim.opened",
    gettext_lazy("Carrier claim opened"),
    "carrierclaim",
    _CarrierClaimOpened,
    EventTone.BAD,
)
CARRIER_CLAIM_PAID = EventType(
    "carrier_claim.paid", gettext_lazy("Carrier claim paid"), "carrierclaim", _CarrierClaimClosed, EventTone.GOOD
)
CARRIER_CLAIM_REFUSED = EventType(
    "carrier_claim.refused",
    gettext_lazy("Carrier claim refused"),
    "carrierclaim",
    _CarrierClaimClosed,
    EventTone.BAD,
)
# What is recorded when a carrier claim is closed, by how.
CARRIER_CLAIM_CLOSED = {CarrierClaimStatus.PAID: CARRIER_CLAIM_PAID, CarrierClaimStatus.REFUSED: CARRIER_CLAIM_REFUSED}

# --- what became of the money


class _Settled(TypedDict):
    amount: Annotated[str, YUAN]
    error: Annotated[str, GATEWAY_ERROR]


REFUND_REFUNDED = EventType("refund.refunded", gettext_lazy("Refunded"), "refund", _Settled, EventTone.GOOD)
REFUND_PAYMENT_FAILED = EventType(
    "refund.payment_failed", gettext_lazy("The payment failed: needs attention"), "refund", _Settled, EventTone.BAD
)
REFUND_PAYMENT_REVERSED = EventType(
    "refund.payment_reversed", gettext_lazy("The money came back: needs attention"), "refund", _Settled, EventTone.BAD
)

# --- refunds that follow a connected marketplace


class _Followed(_Amount):
    stage: Annotated[str, choice(MarketplaceStage)]
    status: Annotated[str, said(gettext_lazy("Status there"))]


class _Sent(TypedDict):
    verb: Annotated[str, choice(MarketplaceVerb)]


class _Answered(_Sent):
    code: Annotated[str, hidden(TEXT)]
    text: Annotated[str, said(gettext_lazy("The marketplace"))]


REFUND_FOLLOWED = EventType(
    "refund.followed", gettext_lazy("Happened at the marketplace"), "refund", _Followed, EventTone.NOTE
)
REFUND_DECISION_SENT = EventType(
    "refund.decision_sent", gettext_lazy("Sent to the marketplace"), "refund", _Sent, EventTone.NOTE
)
REFUND_DECISION_DONE = EventType(
    "refund.decision_done", gettext_lazy("Done at the marketplace"), "refund", _Answered, EventTone.GOOD
)
REFUND_DECISION_REFUSED = EventType(
    "refund.decision_refused", gettext_lazy("Not done at the marketplace"), "refund", _Answered, EventTone.BAD
)

# --- before the platform (R7, P5, Q17)


class _DisputeOpened(TypedDict):
    opened_by: Annotated[str, hidden(choice(CaseSide))]
    claim: Annotated[str, PLEA]


class _DisputeAnswered(TypedDict):
    side: Annotated[str, hidden(choice(CaseSide))]
    claim: Annotated[str, PLEA]


class _Decided(TypedDict):
    """The amount (yuan) of a split, or of what the platform pays back; null when none is named."""

    amount: Annotated[str | None, YUAN]
    outcome: Annotated[str, choice(CaseOutcome)]
    note: Annotated[str, NOTE]


class _AppealOpened(TypedDict):
    ground: Annotated[str, choice(AppealGround)]
    claim: Annotated[str, PLEA]


class _EvidenceAdded(TypedDict):
    side: Annotated[str, hidden(choice(CaseSide))]
    file: Annotated[str, Fact("the file's name", lambda name, data: name)]
    sha256: Annotated[str, Fact("the file's SHA-256, hexadecimal")]
    note: Annotated[str, NOTE]


REFUND_DISPUTED = EventType(
    "refund.disputed", gettext_lazy("Handed over to the platform"), "refund", tone=EventTone.WARNING
)
REFUND_GRANTED = EventType(
    "refund.granted", gettext_lazy("The platform has the buyer paid"), "refund", _PerhapsAmount, EventTone.GOOD
)
REFUND_DENIED = EventType(
    "refund.denied", gettext_lazy("Closed: the platform sides with the merchant"), "refund", tone=EventTone.BAD
)
DISPUTE_OPENED = EventType(
    "dispute.opened", gettext_lazy("The platform is asked to step in"), "dispute", _DisputeOpened
)
DISPUTE_ANSWERED = EventType("dispute.answered", gettext_lazy("The other side answers"), "dispute", _DisputeAnswered)
DISPUTE_DECIDED = EventType(
    "dispute.decided", gettext_lazy("The platform has decided"), "dispute", _Decided, EventTone.NOTE
)
DISPUTE_WITHDRAWN = EventType("dispute.withdrawn", gettext_lazy("Nothing left for the platform to decide"), "dispute")
APPEAL_OPENED = EventType(
    "appeal.opened", gettext_lazy("The merchant appeals"), "appeal", _AppealOpened, EventTone.WARNING
)
APPEAL_DECIDED = EventType("appeal.decided", gettext_lazy("The appeal is decided"), "appeal", _Decided, EventTone.NOTE)


class _PackTaken(TypedDict):
    order: Annotated[str, TEXT]


EVIDENCE_PACK_TAKEN = EventType(
    "store.evidence_pack_taken",
    gettext_lazy("Evidence pack taken, with the buyer's name and address"),
    "store",
    _PackTaken,
    EventTone.NOTE,
    area=EventArea.EXPORTS,
)
EVIDENCE_ADDED = EventType("evidence.added", gettext_lazy("Evidence added"), "evidence", _EvidenceAdded)

# --- quality (P7)


def _quality_rate(rate: str, data: Data) -> str:
    told = {"rate": f"{Decimal(rate) * 100:.2f}", "count": data["count"], "orders": data["orders"]}
    return _("quality refund rate %(rate)s %%: %(count)d of %(orders)d orders") % told


class _Restricted(TypedDict):
    step: Annotated[str, choice(QualityStep)]
    rate: Annotated[str, replace(SHARE, word=_quality_rate)]
    count: Annotated[int, Fact("quality refunds in the window")]
    orders: Annotated[int, Fact("orders in the window")]


QUALITY_RESTRICTED = EventType(
    "quality.restricted", gettext_lazy("The store is restricted"), "qualityrestriction", _Restricted
)
QUALITY_LIFTED = EventType(
    "quality.lifted", gettext_lazy("The restriction is lifted"), "qualityrestriction", _Restricted
)
