"""What can happen before the platform: disputes, appeals, and the evidence for them (R7, P5, Q17)."""

from dataclasses import replace
from typing import Annotated, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import TEXT, YUAN, Fact, choice, hidden, said
from refunds.events import NOTE, PerhapsAmount
from refunds.pleas import plea_in_words
from refunds.states import (
    AppealGround,
    CaseOutcome,
    CaseSide,
)
from stores.events import EventArea

PLEA = replace(
    said(gettext_lazy("Plea")),
    shape="text, word for word; what nobody wrote: `missing_pieces:` and `item*pieces`, by commas",
    word=lambda plea, data: plea_in_words(plea),
)


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
    file: Annotated[str, Fact("the file's name", lambda name, data: name, example="photo.jpg", is_personal=True)]
    sha256: Annotated[str, Fact("the file's SHA-256, hexadecimal", example="9f" * 32, is_personal=True)]
    note: Annotated[str, NOTE]


REFUND_DISPUTED = EventType(
    "refund.disputed",
    gettext_lazy("Handed over to the platform"),
    "refund",
    tone=EventTone.WARNING,
    meaning=gettext_lazy("A person of the platform decides; until then no deadline of the refund runs."),
)
REFUND_GRANTED = EventType(
    "refund.granted",
    gettext_lazy("The platform has the buyer paid"),
    "refund",
    PerhapsAmount,
    EventTone.GOOD,
    meaning=gettext_lazy("In the dispute the platform decided for the buyer, in whole or in part."),
)
REFUND_DENIED = EventType(
    "refund.denied",
    gettext_lazy("Closed: the platform sides with the merchant"),
    "refund",
    tone=EventTone.BAD,
    meaning=gettext_lazy("In the dispute the platform decided for the merchant: nothing is paid."),
)
DISPUTE_OPENED = EventType(
    "dispute.opened",
    gettext_lazy("The platform is asked to step in"),
    "dispute",
    _DisputeOpened,
    meaning=gettext_lazy("Merchant or buyer asks the platform to decide; no deadline of the refund runs meanwhile."),
)
DISPUTE_ANSWERED = EventType(
    "dispute.answered",
    gettext_lazy("The other side answers"),
    "dispute",
    _DisputeAnswered,
    meaning=gettext_lazy("The side that didn't ask the platform has said what it has to say; it does so once."),
)
DISPUTE_DECIDED = EventType(
    "dispute.decided",
    gettext_lazy("The platform has decided"),
    "dispute",
    _Decided,
    EventTone.NOTE,
    meaning=gettext_lazy(
        "A person of the platform has decided who is right; money moves accordingly, at once and for good."
    ),
)
DISPUTE_WITHDRAWN = EventType(
    "dispute.withdrawn",
    gettext_lazy("Nothing left for the platform to decide"),
    "dispute",
    meaning=gettext_lazy("The buyer took the request back before the platform had decided."),
)
APPEAL_OPENED = EventType(
    "appeal.opened",
    gettext_lazy("The merchant appeals"),
    "appeal",
    _AppealOpened,
    EventTone.WARNING,
    meaning=gettext_lazy(
        "The merchant asks for the money back that was refunded at once; both sides may show evidence."
    ),
)
APPEAL_DECIDED = EventType(
    "appeal.decided",
    gettext_lazy("The appeal is decided"),
    "appeal",
    _Decided,
    EventTone.NOTE,
    meaning=gettext_lazy(
        "A person of the platform has said whether the merchant gets back what was refunded at once, and how much."
    ),
)


class _Pack(TypedDict):
    order: Annotated[str, TEXT]


EVIDENCE_PACK_ASKED = EventType(
    "store.evidence_pack_asked",
    gettext_lazy("Evidence pack asked for"),
    "store",
    _Pack,
    area=EventArea.EXPORTS,
    meaning=gettext_lazy("Somebody has a dispute's papers put together as one file."),
)
EVIDENCE_PACK_TAKEN = EventType(
    "store.evidence_pack_taken",
    gettext_lazy("Evidence pack taken, with the buyer's name and address"),
    "store",
    _Pack,
    EventTone.NOTE,
    area=EventArea.EXPORTS,
    meaning=gettext_lazy("Somebody has downloaded a dispute's papers with what they tell of the buyer."),
)
EVIDENCE_ADDED = EventType(
    "evidence.added",
    gettext_lazy("Evidence added"),
    "evidence",
    _EvidenceAdded,
    meaning=gettext_lazy("A side has shown a file about the refund; it is kept as it is and never changed."),
)
