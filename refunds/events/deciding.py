"""What can happen to many refunds that are decided together; each of them has events of its own."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, YUAN, choice, named
from refunds.states import BulkVerdict


class _Started(TypedDict):
    verdict: Annotated[str, choice(BulkVerdict)]
    refunds: Annotated[int, named(gettext_lazy("Refunds"), COUNT)]
    amount: Annotated[str, YUAN]


class _Stopped(TypedDict):
    refunds: Annotated[int, named(gettext_lazy("Refunds"), COUNT)]


DECISIONS_STARTED = EventType(
    "decisions.started",
    gettext_lazy("Bulk decision started"),
    "decisionjob",
    _Started,
    meaning=gettext_lazy("Somebody decides many refunds together; each has an event of its own once it is decided."),
)
DECISIONS_STOPPED = EventType(
    "decisions.stopped",
    gettext_lazy("Bulk decision stopped"),
    "decisionjob",
    _Stopped,
    EventTone.WARNING,
    meaning=gettext_lazy("Those refunds of a bulk decision that still waited are not decided by it."),
)
