"""What can happen to rules, and by them."""

from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automation.states import RuleAct
from automation.wording import difference_words
from common.events import EventTone, EventType
from common.facts import COUNT, TEXT, Fact, changed, choice, named, worded
from stores.events import EventArea

VERSION = Fact("version of the rule", lambda number, data: _("version %(number)s") % {"number": number}, example=3)

SAYS = Fact(
    "field of the rule → [before, after], for those that are others now and those read together with them",
    lambda found, data: difference_words(found),
    example={"held_out": [10, 20], "most_a_day": [50, 50], "most_yuan_a_day": ["500.00", "500.00"]},
)


class _Named(TypedDict):
    name: Annotated[str, TEXT]


class _TurnedOff(_Named):
    version: NotRequired[Annotated[int, VERSION]]


class _Changed(_Named, total=False):
    renamed: Annotated[list[str], changed(TEXT)]
    place: Annotated[list[int], named(gettext_lazy("Place"), changed(COUNT))]
    says: Annotated[dict[str, list], SAYS]


class _Published(_Named):
    version: Annotated[int, VERSION]
    act: Annotated[str, choice(RuleAct)]
    most_a_day: Annotated[int, named(gettext_lazy("At most a day"), COUNT)]
    held_out: Annotated[int, named(gettext_lazy("Held out, %"), COUNT)]
    says: NotRequired[Annotated[dict[str, list], SAYS]]


class _ByRule(_Named):
    version: Annotated[int, VERSION]
    act: Annotated[str, choice(RuleAct)]


class _Stopped(_ByRule):
    why: Annotated[dict | list | str, worded(gettext_lazy("Why"))]


class _Told(TypedDict):
    text: Annotated[str, TEXT]


def _rule(name: str, title, data: type, meaning, tone: EventTone = EventTone.NEUTRAL) -> EventType:
    return EventType(f"rule.{name}", title, "storerule", data, tone, area=EventArea.AUTOMATION, meaning=meaning)


RULE_DRAFTED = _rule(
    "drafted",
    gettext_lazy("Automatic rule drafted"),
    _Named,
    gettext_lazy("An owner has written down what the store could do by itself; nothing happens by it yet."),
)
RULE_CHANGED = _rule(
    "changed",
    gettext_lazy("Automatic rule changed"),
    _Changed,
    gettext_lazy("A rule's draft, name or place is another; the published version acts as before."),
)
RULE_PUBLISHED = _rule(
    "published",
    gettext_lazy("Automatic rule published"),
    _Published,
    gettext_lazy("From now on this version acts on refunds that buyers ask for."),
    EventTone.NOTE,
)
RULE_TURNED_OFF = _rule(
    "turned_off",
    gettext_lazy("Automatic rule turned off"),
    _TurnedOff,
    gettext_lazy("The rule does nothing any more until somebody publishes it again."),
    EventTone.WARNING,
)

RULE_ACTED = EventType(
    "rule.acted",
    gettext_lazy("An automatic rule acted"),
    "ruling",
    _ByRule,
    EventTone.NOTE,
    meaning=gettext_lazy("A rule of the store was about this refund and did what it says; the act has its own event."),
    is_internal=True,
)
RULE_HELD_OUT = EventType(
    "rule.held_out",
    gettext_lazy("Held out of an automatic rule"),
    "ruling",
    _ByRule,
    meaning=gettext_lazy("A rule could have acted and didn't, by lot: a person decides, and both ways are compared."),
    is_internal=True,
)
RULE_STOPPED = EventType(
    "rule.stopped",
    gettext_lazy("An automatic rule could not act"),
    "ruling",
    _Stopped,
    EventTone.WARNING,
    meaning=gettext_lazy("A rule was about this refund, but what it says isn't possible or its day is full."),
    is_internal=True,
)
RULE_TOLD = EventType(
    "rule.told",
    gettext_lazy("An automatic rule tells colleagues"),
    "refund",
    _Told,
    EventTone.NOTE,
    meaning=gettext_lazy("A rule of the store was about this refund and tells its people of it in these words."),
    is_internal=True,
)
