"""What can happen to robots and to how a store is told. Addresses of robots are secrets: events name their chat."""

from typing import Annotated, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, TEXT, Data, Fact, changed, choice, named
from common.words import labelled, listed
from notices.robots import ROBOTS
from notices.states import Gathering, NoticeCode, RobotTrouble
from stores.events import EventArea
from stores.states import MemberRole

KIND_LIST = Fact(
    "list of codes of kinds of notices, empty for all",
    lambda codes, data: ", ".join(str(dict(NoticeCode.choices).get(code, code)) for code in codes) or "*",
    example=["request"],
)
CHANNELS_SHOWN = {"bell": gettext_lazy("In the desk"), "email": gettext_lazy("By e-mail")}


def _chosen(pair: list, data: Data) -> list[str]:
    """Each kind and way of telling that is another now: `Refund requests, In the desk: as usual → Owner`."""
    before, after = pair
    kinds = dict(NoticeCode.choices)
    return [
        labelled(
            listed([kinds.get(code, code), CHANNELS_SHOWN.get(channel, channel)]),
            f"{_told(before, code, channel)} → {_told(after, code, channel)}",
        )
        for code in {**before, **after}
        for channel in {**before.get(code, {}), **after.get(code, {})}
        if before.get(code, {}).get(channel) != after.get(code, {}).get(channel)
    ]


def _told(chosen: dict, code: str, channel: str) -> str:
    if code not in chosen:
        return _("as usual")
    roles = chosen[code].get(channel, ())
    return listed(MemberRole(role).label for role in roles) if roles else _("nobody")


CHOSEN = Fact("[before, after]: kind → channel → roles", _chosen, example=[{}, {}])
NEW_SECRET = Fact(
    "true: there is another address or secret", lambda is_new, data: _("new address or secret"), example=True
)
CLOCK = Fact("time of the day, empty for none", lambda value, data: value or "–", example="22:00")


CHAT = Fact(
    f"one of {', '.join(sorted(ROBOTS))}",
    lambda name, data: str(ROBOTS[name].label) if name in ROBOTS else name,
    example="dingtalk",
)


class _Named(TypedDict):
    name: Annotated[str, TEXT]
    platform: Annotated[str, CHAT]


class _Added(_Named):
    kinds: Annotated[list[str], KIND_LIST]


class _Changed(TypedDict, total=False):
    name: Annotated[list[str], changed(TEXT)]
    host: Annotated[list[str], changed(TEXT)]
    kinds: Annotated[list[list[str]], changed(KIND_LIST)]
    keyword: Annotated[list[str], named(gettext_lazy("Keyword"), changed(TEXT))]
    has_new_secret: Annotated[bool, NEW_SECRET]


class _Paused(_Named):
    reason: Annotated[str, choice(RobotTrouble)]


class _Terms(TypedDict, total=False):
    chosen: Annotated[list, CHOSEN]
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
