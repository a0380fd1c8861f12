"""What can happen to a shop's connection, and to decisions that a person has to finish."""

from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, END, FLAG, INSTANT, TEXT, Data, Fact, changed, choice, hidden, named, said
from common.words import in_one_language
from connectors.platforms import PLATFORMS
from connectors.states import LookBack
from stores.events import EventArea


def _platform(name: str, data: Data) -> str:
    return in_one_language(PLATFORMS[name].label) if name in PLATFORMS else name


PLATFORM = Fact("name of an open platform", _platform, example=min(PLATFORMS))
_WORDS = said(gettext_lazy("The marketplace"))


NEW_SECRETS = Fact(
    "true: it has another secret or other tokens than before", lambda is_new, data: _("new keys"), example=True
)


class _Shop(TypedDict):
    platform: Annotated[str, PLATFORM]
    shop: Annotated[str, TEXT]


class _Made(_Shop):
    """What is left out is as it was: all of that where the store had no connection."""

    app_key: NotRequired[Annotated[list[str], named(gettext_lazy("App key"), changed(TEXT))]]
    shop_before: NotRequired[Annotated[str, named(gettext_lazy("It was"), TEXT)]]
    platform_before: NotRequired[Annotated[str, named(gettext_lazy("It was"), PLATFORM)]]
    base_url: NotRequired[Annotated[list[str], named(gettext_lazy("Address"), changed(TEXT))]]
    has_new_secrets: NotRequired[Annotated[bool, NEW_SECRETS]]


class _Authorised(_Shop):
    until: NotRequired[Annotated[str, named(gettext_lazy("Until"), END)]]


class _Stopped(_Shop):
    fault: Annotated[str, hidden(TEXT)]
    told: Annotated[str, _WORDS]


class _Warned(_Shop):
    days: Annotated[int, named(gettext_lazy("Days left"), COUNT)]
    until: Annotated[str, named(gettext_lazy("Until"), END)]


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


def _connection(name: str, title, data: type, tone: EventTone, *, meaning) -> EventType:
    return EventType(f"connection.{name}", title, "connection", data, tone, area=EventArea.CONNECTIONS, meaning=meaning)


CONNECTION_MADE = _connection(
    "made",
    gettext_lazy("Shop connected"),
    _Made,
    EventTone.GOOD,
    meaning=gettext_lazy(
        "The keys of a shop at an open platform were taken down, sealed; it can be followed once it is authorised."
    ),
)
CONNECTION_AUTHORISED = _connection(
    "authorised",
    gettext_lazy("Shop authorised"),
    _Authorised,
    EventTone.GOOD,
    meaning=gettext_lazy("The shop's owner has let Wanliu in at the open platform, until the instant named."),
)
CONNECTION_LINKED = _connection(
    "linked",
    gettext_lazy("Link to authorise the shop made"),
    _Shop,
    EventTone.NEUTRAL,
    meaning=gettext_lazy("Somebody made a link by which the shop's owner can let Wanliu in."),
)
CONNECTION_STOPPED = _connection(
    "stopped",
    gettext_lazy("The shop isn't followed any more: somebody has to act"),
    _Stopped,
    EventTone.BAD,
    meaning=gettext_lazy(
        "Calls for this shop fail in a way that only a person can set right, so they are not repeated."
    ),
)
CONNECTION_RESUMED = _connection(
    "resumed",
    gettext_lazy("The shop is followed again: what was wrong has been set right"),
    _Shop,
    EventTone.GOOD,
    meaning=gettext_lazy(
        "What kept the shop is set right, by somebody or by new tokens that came late; it is pulled again at once."
    ),
)
CONNECTION_WARNED = _connection(
    "warned",
    gettext_lazy("The shop's authorisation ends soon"),
    _Warned,
    EventTone.WARNING,
    meaning=gettext_lazy("Without a new authorisation the shop stands still in so many days."),
)
CONNECTION_ENDED = _connection(
    "ended",
    gettext_lazy("Shop disconnected"),
    _Shop,
    EventTone.WARNING,
    meaning=gettext_lazy("The shop is not followed any more, by somebody's wish; what was copied stays."),
)
LOOK_BACK_BEGUN = _connection(
    "past_asked",
    gettext_lazy("The past is fetched"),
    _LookBackBegun,
    EventTone.NOTE,
    meaning=gettext_lazy("Refunds that changed since then are fetched beside the daily work."),
)
LOOK_BACK_DONE = _connection(
    "past_done",
    gettext_lazy("The past was compared"),
    _LookBackDone,
    EventTone.GOOD,
    meaning=gettext_lazy(
        "All that the open platform lists for that time was compared with what is here; `missed` was unheard of."
    ),
)

TASK_OPENED = EventType(
    "task.opened",
    gettext_lazy("To be done by hand in the marketplace's back office"),
    "platformtask",
    _Task,
    EventTone.WARNING,
    meaning=gettext_lazy("The open platform can't do this: a person does it in the marketplace's back office."),
)
TASK_CLOSED = EventType(
    "task.closed",
    gettext_lazy("Done in the marketplace's back office"),
    "platformtask",
    _TaskDone,
    EventTone.GOOD,
    meaning=gettext_lazy("What had to be done by hand at the marketplace is done, or isn't needed any more."),
)
CODE_ASKED = EventType(
    "decision.code_asked",
    gettext_lazy("The marketplace has sent a code to the seller's phone: enter it"),
    "sentdecision",
    tone=EventTone.WARNING,
    meaning=gettext_lazy(
        "The marketplace wants a code from the seller's phone before it pays: without it the decision waits."
    ),
)
CODE_GIVEN = EventType(
    "decision.code_given",
    gettext_lazy("Code entered"),
    "sentdecision",
    meaning=gettext_lazy("Somebody entered the code, and the decision is sent with it."),
)
DECISION_STUCK = EventType(
    "decision.stuck",
    gettext_lazy("Nobody knows what became of the decision: look in the marketplace's back office"),
    "sentdecision",
    tone=EventTone.BAD,
    meaning=gettext_lazy(
        "The marketplace doesn't say whether it did what was decided: it isn't sent again before a person has looked."
    ),
)
DECISION_RESUMED = EventType(
    "decision.resumed",
    gettext_lazy("Sent again"),
    "sentdecision",
    tone=EventTone.NOTE,
    meaning=gettext_lazy("Somebody lets a decision be sent again that had got stuck."),
)
