"""What fakes hold, are asked and answer, and what can go wrong with a call."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl


class Mischief(StrEnum):
    """What goes wrong with a call."""

    CLOSED = "closed"  # no answer: the connection is closed, after `seconds` of silence
    BROKEN = "broken"  # the connection breaks in the middle of the answer
    FAULT = "fault"  # HTTP 500 with a page
    GARBAGE = "garbage"  # HTTP 200 with a page
    HALF = "half"  # a whole answer with half of its JSON
    EMPTY = "empty"  # HTTP 200 with nothing
    DRIP = "drip"  # byte by byte, over `seconds`
    THROTTLED = "throttled"  # for `seconds`, where the platform says so
    BUSY = "busy"  # the platform's own trouble
    TOKEN_EXPIRED = "token_expired"
    REVOKED = "revoked"  # the shop has let us go
    NO_PERMISSION = "no_permission"
    MOVES = "moves"  # `act` happens to `refund`, where it can, before the call, or after it when `done`


# Said in the platform's own words (`excuse`); the others happen at the wire.
SAID = {Mischief.THROTTLED, Mischief.BUSY, Mischief.TOKEN_EXPIRED, Mischief.REVOKED, Mischief.NO_PERMISSION}
# They spoil the answer of a call whose work was done.
SPOILS = {Mischief.MOVES, Mischief.DRIP, Mischief.HALF, Mischief.BROKEN}


@dataclass
class Misbehaviour:
    """A mischief that the next `times` calls of this name meet (any call when empty), after `skip` that go well.

    `shop` is whose calls, by its id at the platform, where the fake has several; empty for anybody's. `done` tells
    whether the call's work is done all the same: a decision that was carried out, its answer lost.
    """

    kind: Mischief
    call: str = ""
    shop: str = ""
    times: int = 1
    skip: int = 0
    done: bool = False
    seconds: int = 0
    act: str = ""
    refund: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass
class FakeRefund:
    """A refund's truth: `fields` in the platform's own names and units; `version` in milliseconds, always rising."""

    id: str
    fields: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    shop: str = ""  # whose it is, where an application has several; empty: the first one's
    history: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)

    def since(self, name: str) -> datetime:
        """Since when this field says what it says."""
        since = self.updated_at
        for at, fields in reversed(self.history):
            if fields.get(name) != self.fields[name]:
                break
            since = at
        return since


@dataclass
class FakeMessage:
    """News of a refund, as it was when it happened. `id` is given once; a repeated message has the same."""

    id: str
    refund_id: str
    at: datetime
    content: dict[str, Any]


@dataclass
class FakeRequest:
    """A request as it came, and what it got. `query` and `form` are decoded, in their order; `body` is raw."""

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    call: str = ""
    mischief: str = ""
    status: int = 0
    answer: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        """Of the address."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """Of a body that is application/x-www-form-urlencoded."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """What goes back."""

    body: bytes
    status: int = 200
    content_type: str = "application/json;charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def json(cls, value: Any, status: int = 200) -> "Reply":
        """A value as JSON, in UTF-8."""
        return cls(json.dumps(value, ensure_ascii=False).encode(), status)


@dataclass(frozen=True)
class Push:
    """A message on its way to a merchant's software: a POST with these."""

    body: bytes
    headers: Mapping[str, str]
    query: str = ""


class ImpossibleAct(ValueError):
    """What is to happen can't happen to a refund that stands as this one does."""


class FakeRefusal(Exception):
    """The call is refused, in the platform's words."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body)
        self.reply = reply
