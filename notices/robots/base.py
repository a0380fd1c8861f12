"""The port behind which group robots live: one file each, which writes the call and reads the answer.

A robot answers 200 to nearly everything; what became of a message is a code in the body.
"""

import json
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import new as keyed
from typing import ClassVar, TypeVar

from django.utils.functional import Promise
from django.utils.translation import ngettext

from common.registry import Registry
from notices.states import CopyError, RobotTrouble

# Each with the half that reads alike: what an order's number or a store's name holds never becomes a link or a mention.
_HARMLESS = str.maketrans(dict(zip("<>[]()*_`#~|\\@&!", "‹›［］（）∗＿ˋ＃∼∣＼＠＆！", strict=True)))


class RobotVerdict(StrEnum):
    """What is to be done about a message after the robot has answered."""

    TAKEN = "taken"
    LATER = "later"  # too many a minute: the same again, and nobody is to blame
    AGAIN = "again"  # the chat or the network fails: the same again, at growing intervals
    NEVER = "never"  # this message isn't taken, others may be
    STOP = "stop"  # nothing is taken before a person acts


@dataclass(frozen=True)
class RobotAnswer:
    """What a robot said: the verdict, what it means for people (a CopyError or a RobotTrouble), and its own words."""

    verdict: RobotVerdict
    means: str = ""
    said: str = ""


TAKEN = RobotAnswer(RobotVerdict.TAKEN)
SLOW_DOWN = RobotAnswer(RobotVerdict.LATER, CopyError.SLOW_DOWN)
BUSY = RobotAnswer(RobotVerdict.AGAIN, CopyError.BUSY)
NOT_TAKEN = RobotAnswer(RobotVerdict.NEVER, CopyError.NOT_TAKEN)
NOT_UNDERSTOOD = RobotAnswer(RobotVerdict.AGAIN, CopyError.NOT_UNDERSTOOD)


def stopped_by(trouble: RobotTrouble) -> RobotAnswer:
    """Nothing is taken before a person has set this right."""
    return RobotAnswer(RobotVerdict.STOP, trouble)


@dataclass(frozen=True)
class GroupLine:
    """One notice as a group reads it: what happened, about what, and where to look."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class GroupMessage:
    """What a group is told at once: a title, lines, and how many notices no line is left for.

    A robot that takes only messages with its `keyword` finds it in the heading, as its owner wrote it.
    """

    title: str
    lines: tuple[GroupLine, ...]
    left_out: int = 0
    keyword: str = ""

    @property
    def heading(self) -> str:
        """The title with the keyword before it."""
        return " · ".join([*([self.keyword] if self.keyword else []), harmless(self.title)])

    @property
    def rest(self) -> str:
        """`… and 14 more`, or nothing."""
        text = ngettext("… and %(count)d more", "… and %(count)d more", self.left_out) % {"count": self.left_out}
        return text if self.left_out else ""

    def shorter(self) -> "GroupMessage":
        """The same with one line less."""
        return replace(self, lines=self.lines[:-1], left_out=self.left_out + 1)


@dataclass(frozen=True)
class RobotCall:
    """What is posted, and where."""

    url: str
    body: bytes


class GroupRobot(ABC):
    """A kind of group robot. It knows no rows and no network: it writes calls and reads answers."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    hosts: ClassVar[frozenset[str]]  # where the robots of this chat are
    signs: ClassVar[bool]  # whether it can check a signature
    most_a_minute: ClassVar[int] = 20
    longest_body: ClassVar[int]  # bytes of a call's body

    def call(self, url: str, secret: str, message: GroupMessage, at: datetime) -> RobotCall:
        """What is posted at this instant: as many of the message's lines as the chat takes."""
        while True:
            content = self.content(message)
            signed_url, signature = self.signed(url, secret, at) if secret else (url, {})
            body = json.dumps({**signature, **content}, ensure_ascii=False, separators=(",", ":")).encode()
            if self._length(content, body) <= self.longest_body or len(message.lines) <= 1:
                return RobotCall(signed_url, body)
            message = message.shorter()

    def _length(self, content: Mapping, body: bytes) -> int:
        """What the chat's limit is about."""
        return len(body)

    @abstractmethod
    def content(self, message: GroupMessage) -> dict:
        """The body without its signature."""

    @abstractmethod
    def signed(self, url: str, secret: str, at: datetime) -> tuple[str, dict]:
        """The address with the signature in it, and what of the signature stands in the body."""

    def read(self, status: int, body: str) -> RobotAnswer:
        """What an answer over HTTP means."""
        answer = self._judge_status(status, body)
        return RobotAnswer(answer.verdict, answer.means, _words(body) or f"HTTP {status}")

    def _judge_status(self, status: int, body: str) -> RobotAnswer:
        code, said = _code_of(body, self.code_keys)
        if code is not None:
            return TAKEN if code == 0 else self.judge(code, said)
        if status == 429:
            return SLOW_DOWN
        if status >= 500:
            return BUSY
        return stopped_by(RobotTrouble.GONE) if 300 <= status < 500 else NOT_UNDERSTOOD

    code_keys: ClassVar[tuple[str, str]]  # in its answers: the code's key, and that of its words

    @abstractmethod
    def judge(self, code: int, said: str) -> RobotAnswer:
        """What a code other than 0 means; `said` are the robot's words in lower case."""


def harmless(text: str) -> str:
    """A text in which no chat finds a link, a mention or a form, in one line."""
    return " ".join(text.translate(_HARMLESS).split())


def hmac_sha256(key: str, text: str) -> str:
    """The signature in base64."""
    return b64encode(keyed(key.encode(), text.encode(), sha256).digest()).decode()


def markdown_of(message: GroupMessage, *, line_end: str = "\n") -> str:
    """A heading, and a line for each notice with a link to the desk."""
    lines = [f"[{harmless(line.title)}]({line.url}) {harmless(line.detail)}".rstrip() for line in message.lines]
    return line_end.join([f"**{message.heading}**", *lines, *([message.rest] if message.rest else [])])


def _code_of(body: str, keys: tuple[str, str]) -> tuple[int | None, str]:
    """The code of an answer and its words in lower case; no code where it isn't such an answer."""
    try:
        answer = json.loads(body)
        code, said = answer[keys[0]], answer.get(keys[1], "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, ""
    return (code, str(said).lower()) if type(code) is int else (None, "")


def _words(body: str) -> str:
    return " ".join(body.replace("\0", "\ufffd").split())[:200]


Kind = TypeVar("Kind", bound=type[GroupRobot])
ROBOTS: Registry[GroupRobot] = Registry()


def register(robot: Kind) -> Kind:
    """Make a kind of robot known: the decorator of every file's class."""
    ROBOTS.add(robot.name, robot())
    return robot
