"""What happens to parcels that nobody announced. What people wrote or read on them stays with the parcel alone."""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import FLAG, INSTANT, TEXT, Data, Fact, hidden, named
from refunds.states import UnclaimedStatus


def _nameless(is_own_number: bool, data: Data) -> str:
    return _("no number could be read on it: the one told is the store's own")


class _Parcel(TypedDict):
    tracking_number: Annotated[str, TEXT]


class _Recorded(_Parcel):
    is_own_number: NotRequired[Annotated[bool, replace(FLAG, word=_nameless)]]
    until: Annotated[str, named(gettext_lazy("To be matched until"), INSTANT)]


class _Matched(_Parcel):
    order: Annotated[str, Fact("the order's number", lambda number, data: number, example="G1")]
    by_number: Annotated[bool, hidden(FLAG)]


class _Photographed(TypedDict):
    sha256: Annotated[str, Fact("the file's SHA-256, in hexadecimal", example="9f86d0")]


UNCLAIMED_RECORDED = EventType(
    "unclaimed_parcel.recorded",
    gettext_lazy("Unclaimed parcel put aside"),
    "unclaimedparcel",
    _Recorded,
    EventTone.NOTE,
    meaning=gettext_lazy("The warehouse holds a parcel whose number no refund announced."),
)
UNCLAIMED_DESCRIBED = EventType(
    "unclaimed_parcel.described",
    gettext_lazy("Unclaimed parcel described"),
    "unclaimedparcel",
    _Parcel,
    meaning=gettext_lazy("Somebody has read more on the parcel: its carrier, its sender's phone, what is in it."),
)
UNCLAIMED_PHOTOGRAPHED = EventType(
    "unclaimed_parcel.photographed",
    gettext_lazy("Unclaimed parcel photographed"),
    "unclaimedparcel",
    TypedDict(
        "_Photographed", {"sha256": Annotated[str, Fact("the file's SHA-256, in hexadecimal", example="9f86d0")]}
    ),
    meaning=gettext_lazy("A photograph of the parcel was added."),
)
UNCLAIMED_OVERDUE = EventType(
    "unclaimed_parcel.overdue",
    gettext_lazy("A parcel's refund was not found in time"),
    "unclaimedparcel",
    _Parcel,
    EventTone.WARNING,
    meaning=gettext_lazy("The store's time to find out whose the parcel is has passed; it is still there."),
)
UNCLAIMED_MATCHED = EventType(
    "unclaimed_parcel.matched",
    gettext_lazy("Unclaimed parcel matched"),
    "unclaimedparcel",
    _Matched,
    EventTone.GOOD,
    meaning=gettext_lazy(
        "The parcel belongs to this refund, as somebody found out or as its number was announced after all; what is in"
        " it is inspected like any return."
    ),
)
UNCLAIMED_ENDED = {
    UnclaimedStatus.SENT_BACK: EventType(
        "unclaimed_parcel.sent_back",
        gettext_lazy("Unclaimed parcel sent back"),
        "unclaimedparcel",
        _Parcel,
        meaning=gettext_lazy("The parcel belongs to no refund and goes back to its sender."),
    ),
    UnclaimedStatus.WRITTEN_OFF: EventType(
        "unclaimed_parcel.written_off",
        gettext_lazy("Unclaimed parcel written off"),
        "unclaimedparcel",
        _Parcel,
        EventTone.BAD,
        meaning=gettext_lazy("Nobody looks for the parcel's owner any more."),
    ),
}
