"""What the fakes of open platforms share: a server on the loopback with a shop's truth, which misbehaves on demand.

A fake is an outside party. It knows nothing of our protocol code, checks what it is sent from the raw bytes with code
of its own, keeps the truth about a shop's refunds in the words and units of the platform, and remembers every request.
What each platform adds are the calls that it answers (`answer`), its words for trouble (`excuse`), and what happens to
a refund there (`acts`), at a deadline by itself (`falls_due`).
"""

import json
import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping, MutableSequence, Set
from datetime import datetime, timedelta
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer
from random import Random
from typing import Any, ClassVar
from urllib.parse import urlsplit

from common import clock
from common.registry import Registry
from connectors.fakes.handler import FakeHandler
from connectors.fakes.shapes import (
    FakeMessage,
    FakeRefund,
    FakeRefusal,
    FakeRequest,
    ImpossibleAct,
    Misbehaviour,
    Mischief,
    Push,
    Reply,
)

__all__ = [
    "FAKES",
    "PAYS_AFTER",
    "FakeMessage",
    "FakeRefund",
    "FakeRefusal",
    "FakeRequest",
    "FakeServer",
    "ImpossibleAct",
    "Misbehaviour",
    "Mischief",
    "Push",
    "Reply",
]

PAYS_AFTER = timedelta(seconds=5)  # between what makes the platform pay and the money

FAKES: Registry[type["FakeServer"]] = Registry()


class FakeServer(ThreadingHTTPServer):
    """A platform with one shop. Use as a context in tests; `now` is its clock, `clock_offset` how far it is off.

    At an instant of `stands_at` its clock stands, until it is told another one.
    """

    name: ClassVar[str]
    acts: ClassVar[Mapping[str, Mapping[str, Any]]]  # what can happen to a refund, and the fields that this sets
    begins: ClassVar[Mapping[str, Mapping[str, Set[Any]]]] = {}  # the fields' values with which an act can happen
    settings: ClassVar[tuple[str, ...]] = ("push_to",)  # attributes that the control may set
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make the fake known by its name; what has none is a part of one."""
        super().__init_subclass__(**kwargs)
        if "name" in vars(cls):
            FAKES.add(cls.name, cls)

    def __init__(self, port: int = 0, *, now: Callable[[], datetime] = clock.now) -> None:
        super().__init__(("127.0.0.1", port), FakeHandler)
        self.lock = threading.RLock()
        self.requests: MutableSequence[FakeRequest] = []
        self._now = now
        self.asked = ""  # the shop whose token came with the call that is being worked on, as `FakeRefund.shop`
        self.answering = ""  # the call that is being worked on
        self.keep: Callable[[], None] = lambda: None  # see keeping
        self._plumbing = {*vars(self), "_plumbing"}
        self.clock_offset = timedelta(0)
        self.stands_at: datetime | None = None
        self.refunds: dict[str, FakeRefund] = {}
        self.messages: list[FakeMessage] = []
        self.decided: list[tuple[str, str]] = []  # what was done at a merchant's word: the refund, the call
        self.misbehaviours: list[Misbehaviour] = []
        self.push_to = ""  # where each message is pushed as it arises; empty: nowhere by itself
        self.lives = False  # whether what falls due at the platform happens by itself: paying out, deadlines

    def knowledge(self) -> dict[str, Any]:
        """All that it would have to be told to be the same fake in another process."""
        return {name: value for name, value in vars(self).items() if name not in self._plumbing}

    @abstractmethod
    def call_of(self, request: FakeRequest) -> str:
        """The name of the call, as the platform writes it; empty when it can't be told."""

    @abstractmethod
    def answer(self, request: FakeRequest) -> Reply:
        """Check the request as documented and do its work. FakeRefusal."""

    @abstractmethod
    def excuse(self, kind: Mischief, seconds: int) -> Reply:
        """The platform's own words for throttling, trouble, an expired token, a revoked authorisation, …"""

    def shop_of(self, request: FakeRequest) -> str:
        """The id of the shop whose token came with a call; empty when it can't be told."""
        return ""

    @abstractmethod
    def blank(self, number: int) -> tuple[str, dict[str, Any]]:
        """The id and the fields of the shop's refund of this number (from 1), as a buyer has just asked for it."""

    @abstractmethod
    def stamp(self, refund: FakeRefund) -> None:
        """Write version and times into the refund's own fields."""

    @abstractmethod
    def content(self, refund: FakeRefund) -> dict[str, Any]:
        """What a message tells of the refund as it is now."""

    @property
    @abstractmethod
    def keys(self) -> dict[str, str]:
        """What a merchant pastes to connect the shop: `app_key`, the tokens, and secrets by their names."""

    @abstractmethod
    def falls_due(self, refund: FakeRefund) -> tuple[datetime, str] | None:
        """What the platform does next about a refund by itself, one of its `acts`, and when; None for nothing."""

    def push(self, message: FakeMessage, wrong: str = "") -> Push:
        """The message as it is pushed; `wrong` spoils it (`signature`, `key`, …), as the platform's fake says."""
        raise NotImplementedError(f"{self.name} pushes nothing")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def now(self) -> datetime:
        """The platform's clock."""
        return (self.stands_at or self._now()) + self.clock_offset

    def add(self, *, at: datetime | None = None, shop: str = "", **fields: Any) -> FakeRefund:
        """A buyer asks for a refund of the first shop, or another one; `fields` in the platform's own names."""
        with self.lock:
            at = at or self.now()
            refund_id, blank = self.blank(len(self.refunds) + 1)
            refund = FakeRefund(refund_id, blank | fields, 0, at, at, shop)
            self.refunds[refund.id] = refund
            self._changed(refund, at)
            return refund

    def change(self, refund_id: str, *, at: datetime | None = None, **fields: Any) -> FakeRefund:
        """Something happens to a refund: these fields change, its version rises, a message arises. KeyError."""
        with self.lock:
            refund = self.refunds[refund_id]
            refund.fields.update(fields)
            self._changed(refund, at or self.now())
            return refund

    def act(self, act: str, refund_id: str, *, at: datetime | None = None, **fields: Any) -> FakeRefund:
        """One of `acts` happens: the buyer withdraws, sends the goods back, … KeyError, ImpossibleAct."""
        with self.lock:
            refund = self.refunds[refund_id]
            if not self.may_happen(act, refund):
                stands = {name: refund.fields.get(name) for name in self.begins.get(act, {})}
                raise ImpossibleAct(f"{act} can't happen to a refund with {stands}")
            return self.change(refund_id, at=at, **{**self.brings(act, refund), **fields})

    def may_happen(self, act: str, refund: FakeRefund) -> bool:
        """Whether this can happen to the refund as it stands; what isn't one of `acts` never does."""
        needed = self.begins.get(act, {})
        return act in self.acts and all(refund.fields.get(name) in values for name, values in needed.items())

    def brings(self, act: str, refund: FakeRefund) -> Mapping[str, Any]:
        """The fields that one of `acts` sets on this refund."""
        return self.acts[act]

    def possible_acts(self, refund_id: str) -> list[str]:
        """What can happen to the refund as it stands. KeyError."""
        return [act for act in sorted(self.acts) if self.may_happen(act, self.refunds[refund_id])]

    def theirs(self) -> list[FakeRefund]:
        """The refunds of the shop that asks."""
        return [refund for refund in self.refunds.values() if refund.shop == self.asked]

    def live(self) -> None:
        """Let happen whatever has fallen due by now, if it `lives`."""
        with self.lock:
            now = self.now()
            for refund in list(self.refunds.values()) if self.lives else ():
                due = self.falls_due(refund)
                if due is not None and due[0] <= now and self.may_happen(due[1], refund):
                    self.act(due[1], refund.id)

    def _changed(self, refund: FakeRefund, at: datetime) -> None:
        """Date, count, remember and tell of the change."""
        refund.version = max(refund.version + 1, int(at.timestamp() * 1000))
        refund.updated_at = at
        self.stamp(refund)
        refund.history.append((at, json.loads(json.dumps(refund.fields))))
        if self.answering:
            self.decided.append((refund.id, self.answering))
        message = FakeMessage(f"{self.server_port}{len(self.messages) + 1:06}", refund.id, at, self.content(refund))
        self.messages.append(message)
        if self.push_to:
            threading.Thread(target=self._post, args=(self.push_to, self.push(message)), daemon=True).start()

    def misbehave(self, kind: Mischief, call: str = "", **how: Any) -> Misbehaviour:
        """Let the next calls of this name meet a mischief (see `Misbehaviour`)."""
        misbehaviour = Misbehaviour(Mischief(kind), call, **how)
        with self.lock:
            self.misbehaviours.append(misbehaviour)
        return misbehaviour

    def calls(self, name: str = "") -> list[FakeRequest]:
        """The requests of this name, in their order; all when empty."""
        with self.lock:
            return [request for request in self.requests if not name or request.call == name]

    def deliver(
        self,
        url: str,
        *,
        messages: list[FakeMessage] | None = None,
        repeated: int = 1,
        shuffled: int | None = None,
        newest: int = 0,
        wrong: str = "",
    ) -> list[tuple[int, bytes]]:
        """Push messages (all, or the `newest`), each `repeated` times, in an order drawn from the seed `shuffled`.

        Returns status and body of each answer.
        """
        pushes = [message for message in (messages or self.messages[-newest:]) for _ in range(repeated)]
        if shuffled is not None:
            Random(shuffled).shuffle(pushes)
        return [self._post(url, self.push(message, wrong)) for message in pushes]

    def _post(self, url: str, push: Push) -> tuple[int, bytes]:
        parts = urlsplit(url)
        connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=5)
        try:
            query = "&".join(each for each in (parts.query, push.query) if each)
            path = f"{parts.path or '/'}{'?' + query if query else ''}"
            connection.request("POST", path, push.body, dict(push.headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError as error:
            return 0, type(error).__name__.encode()
        finally:
            connection.close()

    def next_misbehaviour(self, call: str, shop: str = "") -> Misbehaviour | None:
        """What this call of this shop meets, counted down."""
        for misbehaviour in self.misbehaviours:
            if misbehaviour.call in ("", call) and misbehaviour.shop in ("", shop) and misbehaviour.times:
                if misbehaviour.skip:
                    misbehaviour.skip -= 1
                    continue
                misbehaviour.times -= 1
                return misbehaviour
        return None

    def control(self, method: str, what: str, told: dict[str, Any]) -> Any:
        """What is asked under /_fake/: the cases below. `at` is an instant in ISO 8601.

        `acts` tells what can happen to each refund, `decided` what was done at a merchant's word; `behave` ends all
        misbehaviour; `set` with `at` stops the clock there.
        """
        if "at" in told:
            told["at"] = datetime.fromisoformat(told["at"])
        match method, what:
            case "GET", "keys":
                return self.keys
            case "GET", "log":
                return [
                    {"call": each.call, "mischief": each.mischief, "status": each.status, "at": each.at.isoformat()}
                    for each in self.calls()
                ]
            case "GET", "acts":
                return {refund_id: self.possible_acts(refund_id) for refund_id in self.refunds}
            case "GET", "decided":
                return self.decided
            case "GET", "refunds":
                return [refund.fields for refund in self.refunds.values()]
            case "GET", "ids":
                return [*self.refunds]
            case "POST", "refunds":
                return self.add(**told).fields
            case "POST", "act":
                return self.act(told.pop("act"), told.pop("refund"), **told).fields
            case "POST", "change":
                return self.change(told.pop("refund"), **told).fields
            case "POST", "behave":
                self.misbehaviours.clear()
                return []
            case "POST", "misbehave":
                return vars(self.misbehave(told.pop("kind"), **told))
            case "POST", "set":
                self.clock_offset = timedelta(seconds=told.pop("clock_offset", self.clock_offset.total_seconds()))
                self.stands_at = told.pop("at", self.stands_at)
                self.lives = told.pop("lives", self.lives)
                for name in told:
                    setattr(self, self.settings[self.settings.index(name)], told[name])
                return {name: getattr(self, name) for name in self.settings}
            case "POST", "deliver":
                return [[status, body.decode("utf-8", "replace")] for status, body in self.deliver(**told)]
        raise KeyError(what)

    def __enter__(self) -> "FakeServer":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()
