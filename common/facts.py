"""What one datum of an event holds, in words for the documents, and how people read it.

An event type declares its data as a `TypedDict` whose annotations carry a `Fact`:

    class Reserved(TypedDict):
        amount: Annotated[str, YUAN]
        account: Annotated[str, choice(AccountKind)]
        note: NotRequired[Annotated[str, said(gettext_lazy("Note"))]]

Keys are worded in the order of their declaration. `docs/events.md` and the API list each key with its shape.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.calendar import end_shown, shown
from common.money import yuan
from common.sentences import in_readers_words
from common.words import labelled

Data = Mapping[str, Any]
OR_NULL = ", or null"


@dataclass(frozen=True)
class Fact:
    """One datum. `shape` says what it holds and in which unit.

    `word(value, data)` makes the phrase (or several) that people read, given the event's whole data because some facts
    read only together; "" says nothing. A fact with a `label` is a text that somebody wrote or saw: it is shown word
    for word under the label ("" for none), or by its `word` where a machine wrote it. A fact with neither is kept for
    programs and not shown. What is empty says nothing, unless null has words of its own (`words_null`). `example` is
    one of what it may hold. What `is_personal` gives way to the mark once the buyer's data is erased. What
    `is_internal` is the store's own: no marketplace and no buyer reads it.
    """

    shape: str
    word: Callable[[Any, Data], str | list[str]] | None = None
    label: str | Promise | None = None
    words_null: bool = False
    example: Any = field(default="text", kw_only=True)
    is_personal: bool = field(default=False, kw_only=True)
    is_internal: bool = field(default=False, kw_only=True)


def personal(fact: Fact) -> Fact:
    """The same datum, about a person: it gives way to the mark when the buyer's data is erased."""
    return replace(fact, is_personal=True)


def choice(choices: type[models.TextChoices], *, optional: bool = False) -> Fact:
    """One of `choices`, shown by its label. A value that is no longer known is shown as it was recorded."""
    return Fact(
        f"one of {', '.join(choices.values)}" + (", or empty" if optional else ""),
        lambda value, data: str(choices(value).label) if value in choices.values else str(value),
        example=choices.values[0],
    )


def changed(fact: Fact) -> Fact:
    """A pair [before, after] of such facts: `before → after`, or the one value when both are the same."""

    def word(pair: list, data: Data) -> str:
        before, after = (fact.word(value, data) for value in pair)
        return before if before == after else f"{before} → {after}"

    shape, example = f"[before, after], each: {fact.shape}", [fact.example] * 2
    return Fact(shape, word if fact.word else None, example=example, is_personal=fact.is_personal)


def named(name: str | Promise, fact: Fact) -> Fact:
    """The same datum under its name, for events that hold several alike: `Time zone: Asia/Shanghai → UTC`."""
    return replace(fact, word=lambda value, data: labelled(name, fact.word(value, data)))


def optional(fact: Fact, nothing: str | Promise) -> Fact:
    """Such a datum, or null, which is shown as `nothing`."""
    return Fact(
        fact.shape + OR_NULL,
        lambda value, data: str(nothing) if value is None else fact.word(value, data),
        words_null=True,
        example=fact.example,
    )


def said(label: str | Promise) -> Fact:
    """A text that somebody wrote or saw, shown word for word under `label`."""
    return Fact("text, word for word", label=label, is_personal=True)


def worded(label: str | Promise) -> Fact:
    """A sentence that is kept as its code and data, shown under `label` in the reader's language."""
    return Fact(
        "a sentence in the reader's language (stored as its code and data)",
        lambda value, data: in_readers_words(value),
        label=label,
        example="Keep your order and receive ¥5.00.",
    )


def hidden(fact: Fact) -> Fact:
    """The same datum, kept for programs and not shown."""
    return replace(fact, word=None, label=None)


def internal(fact: Fact) -> Fact:
    """The same datum, kept for the store's own programs: not shown, and nothing that a marketplace reads."""
    return replace(hidden(fact), is_internal=True)


def _instant(text: str, data: Data) -> str:
    return shown(datetime.fromisoformat(text))


def _end(text: str, data: Data) -> str:
    return end_shown(datetime.fromisoformat(text))


_NOON = "2026-11-20T04:00:00+00:00"
YUAN = Fact("yuan with two decimals, as text", lambda value, data: yuan(value), example="12.30")
INSTANT = Fact("instant in ISO 8601 with its offset", _instant, example=_NOON)
END = Fact("instant in ISO 8601 with its offset, itself not included", _end, example=_NOON)
TEXT = Fact("text", lambda value, data: value)
COUNT = Fact("whole number", lambda value, data: str(value), example=2)
PERCENT = Fact("whole per cent", lambda value, data: f"{value} %", example=10)
SHARE = Fact("share of one as decimal text: 0.0312 is 3.12 %", example="0.0312")
FLAG = Fact("true or false", example=True)
SWITCH = Fact("true or false", lambda value, data: _("on") if value else _("off"), example=True)
DATE = Fact("date in ISO 8601", TEXT.word, example="2026-11-20")
REFERENCE = Fact("id of the row that the event speaks of, as text", example="01a21eef-29f1-73d2-9b6f-3507edd1613a")
