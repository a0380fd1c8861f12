"""What can happen to the goods of a refund: on their way back (P1), recalled and lost, with carrier claims (P3, P4)."""

from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import REFERENCE, TEXT, YUAN, changed, choice, hidden, said
from orders.events import CARRIER, PIECES, Carried
from refunds.events import NOTE, PerhapsAmount, WithAmount
from refunds.states import (
    CarrierClaimStatus,
    RefundKind,
)


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
    meaning=gettext_lazy("The buyer learns where to send the goods, and the time for it begins."),
)
REFUND_RETURN_SHIPPED = EventType(
    "refund.return_shipped",
    gettext_lazy("Goods sent back"),
    "refund",
    Carried,
    meaning=gettext_lazy("The buyer has sent the goods back, under this number; the merchant inspects what arrives."),
)
REFUND_INSPECTION_PASSED = EventType(
    "refund.inspection_passed",
    gettext_lazy("Inspection passed"),
    "refund",
    _Passed,
    EventTone.GOOD,
    meaning=gettext_lazy("What came back is as it should be: the buyer is paid, or the new goods are due."),
)
REFUND_INSPECTION_FAILED = EventType(
    "refund.inspection_failed",
    gettext_lazy("Inspection failed"),
    "refund",
    _Failed,
    EventTone.BAD,
    meaning=gettext_lazy(
        "What came back is not as it should be, so the merchant doesn't pay; the buyer may ask the platform."
    ),
)
REFUND_INSPECTION_OVERDUE = EventType(
    "refund.inspection_overdue",
    gettext_lazy("Not inspected in time: the money goes out by itself"),
    "refund",
    meaning=gettext_lazy("The merchant didn't say in time how the goods came back, so the buyer is paid."),
)
REFUND_SPLIT = EventType(
    "refund.split",
    gettext_lazy("Fewer pieces arrived than announced: the rest is a refund of its own"),
    "refund",
    _Split,
    EventTone.BAD,
    meaning=gettext_lazy(
        "Only these pieces came back and are refunded here; what is missing goes on in the other refund."
    ),
)
REFUND_SPLIT_OFF = EventType(
    "refund.split_off",
    gettext_lazy("Split off: these pieces were announced and didn't arrive"),
    "refund",
    _SplitOff,
    meaning=gettext_lazy(
        "The pieces of another refund that were announced and didn't arrive; the merchant decides about them."
    ),
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
    "refund.recalled",
    gettext_lazy("The recalled parcel is back: the money goes out"),
    "refund",
    WithAmount,
    meaning=gettext_lazy("The parcel came back before it reached the buyer, who is paid now."),
)
REFUND_RECALL_LOST = EventType(
    "refund.recall_lost",
    gettext_lazy("The recalled parcel is lost: the money goes out"),
    "refund",
    WithAmount,
    EventTone.BAD,
    meaning=gettext_lazy("The carrier lost the parcel that it was to bring back; the buyer doesn't wait for it."),
)
REFUND_RECALL_FAILED = EventType(
    "refund.recall_failed",
    gettext_lazy("The recall failed: the buyer sends the goods back"),
    "refund",
    _KindChanged,
    EventTone.BAD,
    meaning=gettext_lazy("The carrier couldn't stop the parcel, so the request becomes a return."),
)
REFUND_RECALL_OVERDUE = EventType(
    "refund.recall_overdue",
    gettext_lazy("The recall took too long: the money goes out by itself"),
    "refund",
    WithAmount,
    meaning=gettext_lazy("The parcel should be back by now; the buyer doesn't wait for it."),
)
REFUND_UNDELIVERED = EventType(
    "refund.undelivered",
    gettext_lazy("The goods never reached the buyer: nothing is sent back"),
    "refund",
    _KindChanged,
    EventTone.BAD,
    meaning=gettext_lazy("The parcel to the buyer came back or was lost: the request is one for the money alone."),
)
REFUND_RETURN_LOST = EventType(
    "refund.return_lost",
    gettext_lazy("The return parcel is lost: the buyer doesn't wait"),
    "refund",
    PerhapsAmount,
    EventTone.BAD,
    meaning=gettext_lazy(
        "The carrier lost the goods on their way back: the buyer is paid or sent new goods all the same."
    ),
)
CARRIER_CLAIM_OPENED = EventType(
    "carrier_claim.opened",
    gettext_lazy("Carrier claim opened"),
    "carrierclaim",
    _CarrierClaimOpened,
    EventTone.BAD,
    meaning=gettext_lazy("The store asks the carrier to pay for a parcel that it lost."),
)
CARRIER_CLAIM_PAID = EventType(
    "carrier_claim.paid",
    gettext_lazy("Carrier claim paid"),
    "carrierclaim",
    _CarrierClaimClosed,
    EventTone.GOOD,
    meaning=gettext_lazy("The carrier has paid for the lost parcel, as somebody noted."),
)
CARRIER_CLAIM_REFUSED = EventType(
    "carrier_claim.refused",
    gettext_lazy("Carrier claim refused"),
    "carrierclaim",
    _CarrierClaimClosed,
    EventTone.BAD,
    meaning=gettext_lazy("The carrier doesn't pay for the lost parcel, as somebody noted."),
)
# What is recorded when a carrier claim is closed, by how.
CARRIER_CLAIM_CLOSED = {CarrierClaimStatus.PAID: CARRIER_CLAIM_PAID, CarrierClaimStatus.REFUSED: CARRIER_CLAIM_REFUSED}
