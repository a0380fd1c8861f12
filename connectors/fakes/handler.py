"""One connection to a fake: what it is asked, and the answer as the mischief spoils it."""

import json
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from connectors.fakes.shapes import (
    SAID,
    SPOILS,
    FakeRefusal,
    FakeRequest,
    ImpossibleAct,
    Misbehaviour,
    Mischief,
    Reply,
)


class FakeHandler(BaseHTTPRequestHandler):
    """One connection to a fake."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any

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
            server.live()
            request = FakeRequest(self.command, parts.path, parts.query, dict(self.headers), body, server.now())
            request.call = server.call_of(request)
            server.requests.append(request)
            met = server.next_misbehaviour(request.call, server.shop_of(request))
            request.mischief = met.kind if met else ""
            reply = self._reply(request, met)
            request.status, request.answer = reply.status, reply.body
            server.keep()
        self._send_badly(reply, met)

    def _reply(self, request: FakeRequest, met: Misbehaviour | None) -> Reply:
        """Do the work, unless the mischief comes before it."""
        server = self.server
        if met and met.kind == Mischief.MOVES and not met.done:
            self._move(met)
        reply = Reply(b"")
        if met is None or met.done or met.kind in SPOILS:
            server.answering = request.call
            try:
                reply = server.answer(request)
            except FakeRefusal as refusal:
                reply = refusal.reply
            finally:
                server.answering = ""
        if met and met.kind == Mischief.MOVES and met.done:
            self._move(met)
        return server.excuse(met.kind, met.seconds) if met and met.kind in SAID else reply

    def _move(self, met: Misbehaviour) -> None:
        """What was to happen by now, unless something else has happened before."""
        with suppress(ImpossibleAct):
            self.server.act(met.act, met.refund, **met.fields)

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
                reply = Reply.json(self.server.control(self.command, what, told))
                self.server.keep()
                return reply
        except (KeyError, ValueError, TypeError, NotImplementedError) as error:
            return Reply.json({"error": f"{type(error).__name__}: {error}"}, 400)
