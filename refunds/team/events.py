"""What happens between the people of a store about a refund. Only the store's own side reads it."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventType
from common.facts import TEXT, Fact, named, said

_HAD = Fact("the id of the member who saw to it before", example=7)


class _TakenBack(TypedDict):
    assignee: Annotated[str, named(gettext_lazy("Given to"), TEXT)]
    before: Annotated[str, named(gettext_lazy("Before"), TEXT)]


class _Assigned(_TakenBack):
    had: Annotated[int | None, _HAD]


class _Unassigned(TypedDict):
    before: Annotated[str, named(gettext_lazy("Before"), TEXT)]
    had: Annotated[int | None, _HAD]


class _Tagged(TypedDict):
    tag: Annotated[str, said(gettext_lazy("Tag"))]


REFUND_ASSIGNED = EventType(
    "refund.assigned",
    gettext_lazy("Assigned"),
    "refund",
    _Assigned,
    meaning=gettext_lazy("A member of the store sees to the refund from now on."),
    is_internal=True,
)
REFUND_UNASSIGNED = EventType(
    "refund.unassigned",
    gettext_lazy("Assigned to nobody"),
    "refund",
    _Unassigned,
    meaning=gettext_lazy("Nobody in particular sees to the refund any more: it was put back, or somebody left."),
    is_internal=True,
)
ASSIGNMENT_TAKEN_BACK = EventType(
    "refund.assignment_undone",
    gettext_lazy("Assignment taken back"),
    "refund",
    _TakenBack,
    meaning=gettext_lazy("Whoever gave the refund to somebody, or put it back, undid it: it is as it was before."),
    is_internal=True,
)
NOTE_WRITTEN = EventType(
    "note.written",
    gettext_lazy("Internal note"),
    "note",
    meaning=gettext_lazy("Somebody left a note for colleagues; what it says is read at the desk only."),
    is_internal=True,
)
REFUND_TAGGED = EventType(
    "refund.tagged",
    gettext_lazy("Tagged"),
    "refund",
    _Tagged,
    meaning=gettext_lazy("Somebody put a tag of the store's own on the refund."),
    is_internal=True,
)
REFUND_UNTAGGED = EventType(
    "refund.untagged",
    gettext_lazy("Tag taken off"),
    "refund",
    _Tagged,
    meaning=gettext_lazy("Somebody took a tag of the store's own off the refund."),
    is_internal=True,
)
