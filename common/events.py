"""The catalogue of events: what can happen is declared once, by the room in which it happens.

Each room's `events.py` declares its `EventType`s; `WriteSet.event` records these and nothing else. The name is part of
the public surface (timeline, API, statistics): a declared name never changes its meaning.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import NoneType
from typing import Annotated, Any, NotRequired, TypedDict, get_args, get_origin, get_type_hints

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from common.facts import COUNT, OR_NULL, TEXT, Fact

MOST_CHARACTERS = 50
_NAME = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
# What `WriteSet.event` takes itself cannot be a datum.
_RESERVED = {"topic", "at", "actor", "states", "rule"}


class EventTone(StrEnum):
    """How an event is to be taken by those who read it."""

    NEUTRAL = "neutral"
    GOOD = "good"
    NOTE = "note"
    WARNING = "warning"
    BAD = "bad"


class NoData(TypedDict):
    """The event's name, subject and actor say it all."""


@dataclass(frozen=True, eq=False)
class EventType:
    """Something that can happen.

    `name` is `subject.past_participle`; `subject` names the model that it happens to (its `model_name`). `data` is a
    TypedDict whose annotations carry a `common.facts.Fact` each; keys that need not be there are `NotRequired`.
    `title` is what a timeline shows, `meaning` a sentence for those who have to know what is so from then on.
    `area` is which part of the set-up it changes (see the room that names the areas), empty for everything else. What
    `is_internal` no marketplace and no buyer reads, whoever asks for the history; nor is it news for who decides.
    Declaring a type registers it. ValueError for a second one of the same name, a name or a key that cannot be.
    """

    name: str
    title: str | Promise
    subject: str
    data: type = NoData
    tone: EventTone = EventTone.NEUTRAL
    area: str = ""
    meaning: str | Promise = field(default="", kw_only=True)
    is_internal: bool = field(default=False, kw_only=True)
    _keys: frozenset[str] = field(init=False)
    _required: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > MOST_CHARACTERS:
            raise ValueError(f"{self.name!r} is no name of an event: write subject.past_participle in lower case.")
        if self.name in _types:
            raise ValueError(f"The event {self.name!r} is declared twice.")
        if taken := _RESERVED & self.data.__annotations__.keys():
            raise ValueError(f"{self.name}: {sorted(taken)} are arguments of WriteSet.event; call the data otherwise.")
        object.__setattr__(self, "_required", self.data.__required_keys__)
        object.__setattr__(self, "_keys", self.data.__required_keys__ | self.data.__optional_keys__)
        _types[self.name] = self

    def check(self, subject: models.Model, data: Mapping) -> None:
        """TypeError when this can't happen to `subject`, or when `data` has other keys than those declared."""
        if subject._meta.model_name != self.subject:
            raise TypeError(f"{self.name} happens to a {self.subject}, not to a {subject._meta.model_name}.")
        keys = data.keys()
        if not self._required <= keys <= self._keys:
            undeclared, missing = sorted(keys - self._keys), sorted(self._required - keys)
            raise TypeError(f"{self.name}: undeclared data {undeclared}, missing data {missing}.")

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Each key of the data → what it holds, in the order of declaration."""
        hints = get_type_hints(self.data, include_extras=True)
        return {key: _fact(hint) for key, hint in hints.items()}

    @property
    def example(self) -> dict[str, Any]:
        """What the data of such an event may be: every key that it may carry."""
        return {key: fact.example for key, fact in self.facts.items()}

    def phrases(self, data: Mapping) -> list[str]:
        """What `data` tells people, in the order of declaration; what is empty is left out."""
        phrases = []
        for fact, value in self._told(data):
            if fact.word is not None and fact.label is None:
                words = fact.word(value, data)
                phrases += [words] if isinstance(words, str) else words
        return [phrase for phrase in phrases if phrase]

    def texts(self, data: Mapping) -> list[tuple[str, str]]:
        """(label, text) of what somebody wrote or saw."""
        labelled = [(fact, value) for fact, value in self._told(data) if fact.label is not None]
        return [(str(fact.label), fact.word(value, data) if fact.word else value) for fact, value in labelled]

    def _told(self, data: Mapping) -> list[tuple[Fact, object]]:
        facts = [(fact, data[key]) for key, fact in self.facts.items() if key in data]
        return [(fact, value) for fact, value in facts if value or (value is None and fact.words_null)]

    def __str__(self) -> str:
        return self.name


_types: dict[str, EventType] = {}


def _fact(hint) -> Fact:
    """The fact of an annotation; its shape says whether the datum may be null or left out."""
    left_out = get_origin(hint) is NotRequired
    held, fact = get_args(get_args(hint)[0] if left_out else hint)
    shape = fact.shape.removesuffix(OR_NULL) + OR_NULL * (NoneType in get_args(held))
    return replace(fact, shape=shape + "; not always there" * left_out)


def event_types() -> list[EventType]:
    """Every declared type, by name."""
    return [_types[name] for name in sorted(_types)]


def internal_names() -> list[str]:
    """What the people of a store, and its rules, do among themselves: nobody else reads it, and it decides nothing."""
    return [event.name for event in event_types() if event.is_internal]


def event_type(name: str) -> EventType:
    """The type of this name, for those who read the events of a room that they can't import. LookupError for none."""
    try:
        return _types[name]
    except KeyError:
        raise LookupError(f"No room declares the event {name!r}.") from None


def told_outside(name: str, data: Mapping) -> dict[str, Any]:
    """Of an event's data what a marketplace may read, which acts for the buyer."""
    facts = _types[name].facts if name in _types else {}
    return {key: value for key, value in data.items() if key not in facts or not facts[key].is_internal}


class _Resumed(TypedDict):
    sweep: Annotated[str, TEXT]
    key: Annotated[str, TEXT]
    attempts: Annotated[int, COUNT]
    error: Annotated[str, TEXT]


# The area is one of those that the room of stores names: it is the platform's.
SETBACK_RESUMED = EventType(
    "setback.resumed",
    gettext_lazy("What was left aside is tried again"),
    "setback",
    _Resumed,
    EventTone.NOTE,
    area="work",
    meaning=gettext_lazy("A person lets a sweep try again at what it had failed at again and again."),
)
