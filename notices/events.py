"""What can happen to robots and to how a store is told. Addresses of robots are secrets: events name their chat."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, TEXT, Fact, changed, choice, hidden, named
from notices.states import Gathering, NoticeCode, RobotTrouble
from stores.events import EventArea

KIND_LIST = Fact(
    "list of codes of kinds of notices, empty for all",
    lambda codes, data: ", ".join(str(dict(NoticeCode.choices).get(code, code)) for code in codes) or "*",
    example=["request"],
)
CLOCK = Fact("time of the day, empty for none", lambda value, data: value or "–", example="22:00")


class _Named(TypedDict):
    name: Annotated[str, TEXT]
    platform: Annotated[str, TEXT]


class _Added(_Named):
    kinds: Annotated[list[str], KIND_LIST]


class _Changed(TypedDict, total=False):
    name: Annotated[list[str], changed(TEXT)]
    host: Annotated[list[str], changed(TEXT)]
    kinds: Annotated[list[list[str]], changed(KIND_LIST)]
    keyword: Annotated[list[str], named(gettext_lazy("Keyword"), changed(TEXT))]
    has_new_secret: Annotated[bool, Fact("true: there is another address or secret", example=True)]


class _Paused(_Named):
    reason: Annotated[str, choice(RobotTrouble)]


class _Terms(TypedDict, total=False):
    chosen: Annotated[list, hidden(Fact("[before, after]: kind → channel → roles", example=[{}, {}]))]
    quiet_from: Annotated[list[str], named(gettext_lazy("Quiet from"), changed(CLOCK))]
    quiet_until: Annotated[list[str], named(gettext_lazy("Quiet until"), changed(CLOCK))]
    gathering: Annotated[list[str], changed(choice(Gathering))]
    hours_before: Annotated[list[int], named(gettext_lazy("Hours before a deadline"), changed(COUNT))]
    language: Annotated[list[str], named(gettext_lazy("Language"), changed(TEXT))]


def _robot(name: str, title, data: type, meaning, tone: EventTone = EventTone.NEUTRAL) -> EventType:
    return EventType(f"robot.{name}", title, "robot", data, tone, area=EventArea.NOTICES, meaning=meaning)


ROBOT_ADDED = _robot(
    "added",
    gettext_lazy("Group robot added"),
    _Added,
    gettext_lazy("From now on a group chat is told of what happens in the store, or of the kinds that it wants."),
    EventTone.GOOD,
)
ROBOT_CHANGED = _robot(
    "changed",
    gettext_lazy("Group robot changed"),
    _Changed,
    gettext_lazy("A robot has another name, address or keyword, or tells of other things."),
)
ROBOT_PAUSED = _robot(
    "paused",
    gettext_lazy("Group robot isn't called any more"),
    _Paused,
    gettext_lazy("The group is told nothing before somebody sets right what is wrong and has the robot called again."),
    EventTone.WARNING,
)
ROBOT_RESUMED = _robot(
    "resumed",
    gettext_lazy("Group robot is called again"),
    _Named,
    gettext_lazy("The group is told what has waited for it for less than a day, and then what is new."),
    EventTone.GOOD,
)
ROBOT_TESTED = _robot(
    "tested",
    gettext_lazy("Group robot sent a test message"),
    _Named,
    gettext_lazy("Somebody tries whether a group can be reached."),
)
ROBOT_DELETED = _robot(
    "deleted",
    gettext_lazy("Group robot deleted"),
    _Named,
    gettext_lazy("The group is told nothing more; the robot's address and secret are forgotten."),
    EventTone.NOTE,
)
NOTICE_TERMS_SET = EventType(
    "notice_terms.set",
    gettext_lazy("Settings of notices changed"),
    "noticeterms",
    _Terms,
    area=EventArea.NOTICES,
    meaning=gettext_lazy("Other people than before are told of what happens, or at other hours."),
)
