"""What happens between the people of a store about a refund. Only the store's own side reads it."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventType
from common.facts import TEXT, named


class _Assigned(TypedDict):
    assignee: Annotated[str, named(gettext_lazy("Given to"), TEXT)]
    before: Annotated[str, named(gettext_lazy("Before"), TEXT)]


class _Unassigned(TypedDict):
    before: Annotated[str, named(gettext_lazy("Before"), TEXT)]


REFUND_ASSIGNED = EventType(
    "refund.assigned",
    gettext_lazy("Assigned"),
    "refund",
    _Assigned,
    meaning=gettext_lazy("A member of the store sees to the refund from now on."),
)
REFUND_UNASSIGNED = EventType(
    "refund.unassigned",
    gettext_lazy("Assigned to nobody"),
    "refund",
    _Unassigned,
    meaning=gettext_lazy("Nobody in particular sees to the refund any more: it was put back, or somebody left."),
)
NOTE_WRITTEN = EventType(
    "note.written",
    gettext_lazy("Internal note"),
    "note",
    meaning=gettext_lazy("Somebody left a note for colleagues; what it says is read at the desk only."),
)
# No buyer and no marketplace reads these, whoever asks for the history.
INTERNAL = (REFUND_ASSIGNED.name, REFUND_UNASSIGNED.name, NOTE_WRITTEN.name)
