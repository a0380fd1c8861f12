"""What the fakes of open platforms share: a server on the loopback with a shop's truth, which misbehaves on demand.

A fake is an outside party. It knows nothing of our protocol code, checks what it is sent from the raw bytes with code
of its own, keeps the truth about a shop's refunds in the words and units of the platform, and remembers every request.
What each platform adds are the calls that it answers (`answer`), its words for trouble (`excuse`), and what happens to
a refund there (`acts`).
"""

import json
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from common import clock
from common.registry import Registry

FAKES: Registry[type["FakeServer"]] = Registry()
MILLISECOND = timedelta(milliseconds=1)


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
    MOVES = "moves"  # `act` happens to `refund` before the call, or after it when `done`


# Said in the platform's own words (`excuse`); the others happen at the wire.
SAID = {Mischief.THROTTLED, Mischief.BUSY, Mischief.TOKEN_EXPIRED, Mischief.REVOKED, Mischief.NO_PERMISSION}
# They spoil the answer of a call whose work was done.
SPOILS = {Mischief.MOVES, Mischief.DRIP, Mischief.HALF, Mischief.BROKEN}


@dataclass
class Misbehaviour:
    """A mischief that the next `times` calls of this name meet (any call when empty), after `skip` that go well.

    `done` tells whether the call's work is done all the same: a decision that was carried out, its answer lost.
    """

    kind: Mischief
    call: str = ""
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
    history: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)


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


class FakeRefusal(Exception):
    """The call is refused, in the platform's words."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body)
        self.reply = reply


class FakeServer(ThreadingHTTPServer):
    """A platform with one shop. Use as a context in tests; `now` is its clock, `clock_offset` how far it is off."""

    name: ClassVar[str]
    acts: ClassVar[Mapping[str, Mapping[str, Any]]]  # what can happen to a refund, and the fields that this sets
    settings: ClassVar[tuple[str, ...]] = ("push_to",)  # attributes that the control may set
    daemon_threads = True
    request_queue_size = 64

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make the fake known by its name."""
        super().__init_subclass__(**kwargs)
        FAKES.add(cls.name, cls)

    def __init__(self, port: int = 0, *, now: Callable[[], datetime] = clock.now) -> None:
        super().__init__(("127.0.0.1", port), FakeHandler)
        self.lock = threading.RLock()
        self.clock_offset = timedelta(0)
        self.refunds: dict[str, FakeRefund] = {}
        self.messages: list[FakeMessage] = []
        self.requests: list[FakeRequest] = []
        self.misbehaviours: list[Misbehaviour] = []
        self.push_to = ""  # where each message is pushed as it arises; empty: nowhere by itself
        self._now = now

    @abstractmethod
    def call_of(self, request: FakeRequest) -> str:
        """The name of the call, as the platform writes it; empty when it can't be told."""

    @abstractmethod
    def answer(self, request: FakeRequest) -> Reply:
        """Check the request as documented and do its work. FakeRefusal."""

    @abstractmethod
    def excuse(self, kind: Mischief, seconds: int) -> Reply:
        """The platform's own words for throttling, trouble, an expired token, a revoked authorisation, …"""

    @abstractmethod
    def blank(self, number: int) -> tuple[str, dict[str, Any]]:
        """The id and the fields of the shop's refund of this number (from 1), as a buyer has just asked for it."""

    @abstractmethod
    def stamp(self, refund: FakeRefund) -> None:
        """Write version and times into the refund's own fields."""

    @abstractmethod
    def content(self, refund: FakeRefund) -> dict[str, Any]:
        """What a message tells of the refund as it is now."""

    def push(self, message: FakeMessage, wrong: str = "") -> Push:
        """The message as it is pushed; `wrong` spoils it (`signature`, `key`, …), as the platform's fake says."""
        raise NotImplementedError(f"{self.name} pushes nothing")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def now(self) -> datetime:
        """The platform's clock."""
        return self._now() + self.clock_offset

    def add(self, *, at: datetime | None = None, **fields: Any) -> FakeRefund:
        """A buyer asks for a refund; `fields` in the platform's own names."""
        with self.lock:
            at = at or self.now()
            refund_id, blank = self.blank(len(self.refunds) + 1)
            refund = FakeRefund(refund_id, blank | fields, 0, at, at)
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
        """One of `acts` happens: the buyer withdraws, sends the goods back, … KeyError."""
        return self.change(refund_id, at=at, **{**self.acts[act], **fields})

    def _changed(self, refund: FakeRefund, at: datetime) -> None:
        """Date, count, remember and tell of the change."""
        refund.version = max(refund.version + 1, int(at.timestamp() * 1000))
        refund.updated_at = at
        self.stamp(refund)
        refund.history.append((at, json.loads(json.dumps(refund.fields))))
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
        wrong: str = "",
    ) -> list[tuple[int, bytes]]:
        """Push messages (all so far), each `repeated` times, in an order drawn from the seed `shuffled`.

        Returns status and body of each answer.
        """
        pushes = [message for message in (messages or list(self.messages)) for _ in range(repeated)]
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

    def next_misbehaviour(self, call: str) -> Misbehaviour | None:
        """What this call meets, counted down."""
        for misbehaviour in self.misbehaviours:
            if misbehaviour.call in ("", call) and misbehaviour.times:
                if misbehaviour.skip:
                    misbehaviour.skip -= 1
                    continue
                misbehaviour.times -= 1
                return misbehaviour
        return None

    def control(self, method: str, what: str, told: dict[str, Any]) -> Any:
        """What the demo asks under /_fake/: `log`, `refunds`, `act`, `misbehave`, `set`, `deliver`."""
        match method, what:
            case "GET", "log":
                return [
                    {"call": each.call, "mischief": each.mischief, "status": each.status, "at": each.at.isoformat()}
                    for each in self.calls()
                ]
            case "GET", "refunds":
                return [refund.fields for refund in self.refunds.values()]
            case "POST", "refunds":
                return self.add(**told).fields
            case "POST", "act":
                return self.act(told.pop("act"), told.pop("refund"), **told).fields
            case "POST", "misbehave":
                return vars(self.misbehave(told.pop("kind"), **told))
            case "POST", "set":
                self.clock_offset = timedelta(seconds=told.pop("clock_offset", self.clock_offset.total_seconds()))
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


class FakeHandler(BaseHTTPRequestHandler):
    """One connection to a fake."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeServer

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the server remembers its requests."""

    def do_GET(self) -> None:
        """Answer."""
        self._handle()

    def do_POST(self) -> None:
        """Answer."""
        self._handle()

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if parts.path.startswith("/_fake/"):
            self._send(self._controlled(parts.path.removeprefix("/_fake/").strip("/"), body))
            return
        server = self.server
        with server.lock:
            request = FakeRequest(self.command, parts.path, parts.query, dict(self.headers), body, server.now())
            request.call = server.call_of(request)
            server.requests.append(request)
            met = server.next_misbehaviour(request.call)
            request.mischief = met.kind if met else ""
            reply = self._reply(request, met)
            request.status, request.answer = reply.status, reply.body
        self._send_badly(reply, met)

    def _reply(self, request: FakeRequest, met: Misbehaviour | None) -> Reply:
        """Do the work, unless the mischief comes before it."""
        server = self.server
        if met and met.kind == Mischief.MOVES and not met.done:
            server.act(met.act, met.refund, **met.fields)
        reply = Reply(b"")
        if met is None or met.done or met.kind in SPOILS:
            try:
                reply = server.answer(request)
            except FakeRefusal as refusal:
                reply = refusal.reply
        if met and met.kind == Mischief.MOVES and met.done:
            server.act(met.act, met.refund, **met.fields)
        return server.excuse(met.kind, met.seconds) if met and met.kind in SAID else reply

    def _send_badly(self, reply: Reply, met: Misbehaviour | None) -> None:
        """Send the answer in the way that the mischief asks for."""
        page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
        match met.kind if met else None:
            case Mischief.CLOSED:
                time.sleep(met.seconds if met else 0)
                self.close_connection = True
            case Mischief.BROKEN:
                self._send(reply, stop_at=len(reply.body) // 2)
            case Mischief.FAULT:
                self._send(Reply(page, 500, "text/html"))
            case Mischief.GARBAGE:
                self._send(Reply(page, 200, "text/html"))
            case Mischief.HALF:
                self._send(Reply(reply.body[: len(reply.body) // 2], reply.status, reply.content_type))
            case Mischief.EMPTY:
                self._send(Reply(b""))
            case Mischief.DRIP:
                self._send(reply, pause=(met.seconds if met else 0) / max(len(reply.body), 1))
            case _:
                self._send(reply)

    def _send(self, reply: Reply, *, stop_at: int | None = None, pause: object = None) -> None:
        """Send a reply: up to a byte only, or with a pause (seconds) before each."""
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            if pause is None:
                self.wfile.write(reply.body[:stop_at])
            for byte in reply.body if pause is not None else b"":
                time.sleep(pause)
                self.wfile.write(bytes([byte]))
            self.close_connection = self.close_connection or stop_at is not None
        except OSError:
            self.close_connection = True

    def _controlled(self, what: str, body: bytes) -> Reply:
        try:
            told = json.loads(body or b"{}")
            with self.server.lock:
                return Reply.json(self.server.control(self.command, what, told))
        except (KeyError, ValueError, TypeError, NotImplementedError) as error:
            return Reply.json({"error": f"{type(error).__name__}: {error}"}, 400)
