"""Sentences that are kept: as a code and its data, and worded for whoever reads them.

A room whose sentences are kept imports `sentence as _`: what it says reads as before, and knows what it was made of.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext

from common.words import joined

KEYS = {"text", "data"}


class Sentence(str):
    """A text in the language of this moment that remembers its code (as gettext knows it, `msgid`) and its data."""

    msgid: str
    filled: Mapping[str, Any]

    def __new__(cls, msgid: str, data: Mapping[str, Any] | None = None):
        """With the data filled in, a list of them as one phrase."""
        text = gettext(msgid)
        if data is not None:
            text %= {name: joined(value) if isinstance(value, list) else value for name, value in data.items()}
        made = super().__new__(cls, text)
        made.msgid, made.filled = msgid, data or {}
        return made

    def __mod__(self, data):
        return Sentence(self.msgid, data)


def sentence(text: str) -> Sentence:
    """The text in the current language, as `gettext` gives it; `%` fills data in, and both are remembered."""
    return Sentence(text)


def paragraph(sentences: list[str]) -> Sentence:
    """One sentence after another, as one text."""
    data = {str(place): each for place, each in enumerate(sentences)}
    return Sentence(" ".join(f"%({place})s" for place in data), data)


def kept(said: Any) -> Any:
    """What was said as JSON keeps it: `{"text": code, "data": {…}}`; words that know no code stay as they are."""
    if isinstance(said, Sentence):
        return {"text": said.msgid, "data": {name: kept(value) for name, value in said.filled.items()}}
    if isinstance(said, Promise):
        with translation.override("en"):  # the language of the code
            return {"text": str(said), "data": {}}
    if isinstance(said, list):
        return [kept(each) for each in said]
    return said if said is None or isinstance(said, int | str) else kept(str(said))


def in_readers_words(keeps: Any) -> Any:
    """What was kept, in the current language; what stands in lists and mappings is worded where it stands."""
    if isinstance(keeps, list):
        return [in_readers_words(each) for each in keeps]
    if not isinstance(keeps, Mapping):
        return keeps
    if keeps.keys() == KEYS:
        data = {name: in_readers_words(value) for name, value in keeps["data"].items()}
        return Sentence(keeps["text"], data or None)
    return {name: in_readers_words(value) for name, value in keeps.items()}
