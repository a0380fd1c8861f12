"""Whether an event's data has the shapes that its type declares: asked of every event that a test records."""

import json
import re
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Annotated, NotRequired, get_args, get_origin, get_type_hints

from common.events import EventType
from common.facts import INSTANT, YUAN

_YUAN = re.compile(r"-?[0-9]+\.[0-9]{2}")


def misshapen(event: EventType, data: dict) -> list[str]:
    """What is wrong with `data`, a line per datum; it is looked at as PostgreSQL keeps it."""
    hints = _hints(event.data)
    kept = json.loads(json.dumps(data, default=str))
    return [f"{event}: {key} = {value!r}" for key, value in kept.items() if not _fits(value, hints[key])]


@cache
def _hints(data: type) -> dict:
    return get_type_hints(data, include_extras=True)


def _fits(value, hint) -> bool:
    if get_origin(hint) is NotRequired:
        [hint] = get_args(hint)
    assert get_origin(hint) is Annotated, hint
    kind, fact = get_args(hint)
    return _is(value, kind) and all(_reads(text, fact.shape) for text in _texts(value))


def _is(value, kind) -> bool:
    if get_origin(kind) is UnionType:
        return any(_is(value, one) for one in get_args(kind))
    if get_origin(kind) is list:
        return isinstance(value, list) and all(_is(item, *get_args(kind)) for item in value)
    if get_origin(kind) is dict:
        of_keys, of_values = get_args(kind)
        return isinstance(value, dict) and all(_is(k, of_keys) and _is(v, of_values) for k, v in value.items())
    return type(value) is kind  # true is not a number here


def _texts(value) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def _reads(text: str, shape: str) -> bool:
    if YUAN.shape in shape:
        return _YUAN.fullmatch(text) is not None
    if INSTANT.shape in shape:
        return datetime.fromisoformat(text).tzinfo is not None
    if (choices := re.search(r"one of ([a-z_, ]+?)(, or empty)?$", shape)) is not None:
        return text in choices[1].split(", ") or (choices[2] is not None and text == "")
    return True
