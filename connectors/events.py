"""What can happen to a shop's connection, and to decisions that a person has to finish."""

from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, FLAG, INSTANT, TEXT, Data, Fact, choice, hidden, named, said
from common.words import in_one_language
from connectors.platforms import PLATFORMS
from connectors.states import LookBack
from stores.events import EventArea


def _platform(name: str, data: Data) -> str:
    return in_one_language(PLATFORMS[name].label) if name in PLATFORMS else name


PLATFORM = Fact("name of an open platform", _platform)
_WORDS = said(gettext_lazy("The marketplace"))


class _Shop(TypedDict):
    platform: Annotated[str, PLATFORM]
    shop: Annotated[str, TEXT]


class _Authorised(_Shop):
    until: NotRequired[Annotated[str, named(gettext_lazy("Until"), INSTANT)]]


class _Stopped(_Shop):
    fault: Annotated[str, hidden(TEXT)]
    told: Annotated[str, _WORDS]


class _Warned(_Shop):
    days: Annotated[int, named(gettext_lazy("Days left"), COUNT)]
    until: Annotated[str, named(gettext_lazy("Until"), INSTANT)]


class _LookBackBegun(_Shop):
    since: Annotated[str, named(gettext_lazy("Since"), INSTANT)]


class _LookBackDone(_Shop):
    kind: Annotated[str, choice(LookBack)]
    missed: Annotated[int, named(gettext_lazy("Found that had been missed"), COUNT)]


class _Task(TypedDict):
    verb: Annotated[str, hidden(TEXT)]
    text: Annotated[str, said("")]


class _TaskDone(_Task):
    by_itself: Annotated[bool, FLAG]


def _connection(name: str, title, data: type, tone: EventTone) -> EventType:
    return EventType(f"connection.{name}", title, "connection", data, tone, area=EventArea.CONNECTIONS)


CONNECTION_MADE = _connection("made", gettext_lazy("Shop connected"), _Shop, EventTone.GOOD)
CONNECTION_AUTHORISED = _connection("authorised", gettext_lazy("Shop authorised"), _Authorised, EventTone.GOOD)
CONNECTION_LINKED = _connection("linked", gettext_lazy("Link to authorise the shop made"), _Shop, EventTone.NEUTRAL)
CONNECTION_STOPPED = _connection(
    "stopped", gettext_lazy("The shop isn't followed any more: somebody has to act"), _Stopped, EventTone.BAD
)
CONNECTION_RESUMED = _connection(
    "resumed", gettext_lazy("The shop is followed again: what was wrong has been set right"), _Shop, EventTone.GOOD
)
CONNECTION_WARNED = _connection(
    "warned", gettext_lazy("The shop's authorisation ends soon"), _Warned, EventTone.WARNING
)
CONNECTION_ENDED = _connection("ended", gettext_lazy("Shop disconnected"), _Shop, EventTone.WARNING)
LOOK_BACK_BEGUN = _connection("past_asked", gettext_lazy("The past is fetched"), _LookBackBegun, EventTone.NOTE)
LOOK_BACK_DONE = _connection("past_done", gettext_lazy("The past was compared"), _LookBackDone, EventTone.GOOD)

TASK_OPENED = EventType(
    "task.opened",
    gettext_lazy("To be done by hand in the marketplace's back office"),
    "platformtask",
    _Task,
    EventTone.WARNING,
)
TASK_CLOSED = EventType(
    "task.closed", gettext_lazy("Done in the marketplace's back office"), "platformtask", _TaskDone, EventTone.GOOD
)
CODE_ASKED = EventType(
    "decision.code_asked",
    gettext_lazy("The marketplace has sent a code to the seller's phone: enter it"),
    "sentdecision",
    tone=EventTone.WARNING,
)
CODE_GIVEN = EventType("decision.code_given", gettext_lazy("Code entered"), "sentdecision")
DECISION_STUCK = EventType(
    "decision.stuck",
    gettext_lazy("Nobody knows what became of the decision: look in the marketplace's back office"),
    "sentdecision",
    tone=EventTone.BAD,
)
DECISION_RESUMED = EventType("decision.resumed", gettext_lazy("Sent again"), "sentdecision", tone=EventTone.NOTE)
