"""The RSGI application that granian serves (`--interface rsgi`)."""

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from django.conf import settings

from common.metering import noting
from common.request_ids import HEADER, request_id_of
from config.front.body import TooLarge, TooSlow, most_bytes, read_body
from config.front.call import Answer, Call
from config.front.environ import REFUSAL, has_all, make_environ
from config.front.turns import Callers, TooMany, Turns
from config.wsgi import application as django_application

log = logging.getLogger("wanliu.front")

MOST_WAITING = 200  # requests that have arrived and wait for a thread
OPENED_S = 30.0  # by then the server has opened an answer's file, which need no longer have a name
JSON = [("content-type", "application/json"), ("cache-control", "no-store")]
HEALTHY = json.dumps({"status": "ok"}).encode()


def _refusal(kind: str, code: str, detail: str) -> bytes:
    return json.dumps({"type": kind, "errors": [{"code": code, "detail": detail, "attr": None}]}).encode()


BUSY = 503, _refusal("server_error", "busy", "Too many calls are waiting; try again in a moment.")
TOO_MANY = 429, _refusal("client_error", "too_many_at_once", "Too many of your calls are waiting; send fewer at once.")


class Front:
    """Reads requests, has them answered by `wsgi` in a few threads, each caller in turn, and sends the answers."""

    def __init__(self, wsgi: Callable[..., Any], *, threads: int, most_waiting: int) -> None:
        self.wsgi = wsgi
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self.turns = Turns(threads, most_waiting=most_waiting)
        self.callers = Callers()

    async def __rsgi__(self, scope, proto) -> None:
        """One request."""
        if scope.proto != "http":
            return
        if scope.path == "/healthz" and scope.method in ("GET", "HEAD"):
            proto.response_bytes(200, [*JSON, _request_id(scope)], HEALTHY)
            return
        environ = await self._read(scope, proto)
        try:
            answer = await self._in_turn(environ, proto)
        except TooMany as refused:
            (status, body), request_id = TOO_MANY if refused.of_one else BUSY, _request_id(scope)
            log.warning("call %s was refused: too many are waiting", request_id[1])
            noting.limit_reached("caller" if refused.of_one else "front")
            proto.response_bytes(status, [*JSON, ("retry-after", "1"), request_id], body)
            return
        finally:
            environ["wsgi.input"].close()
        if answer is not None:
            _send(proto, answer)

    async def _read(self, scope, proto) -> dict[str, Any]:
        """The whole request, or why it wasn't taken; the words for that are Django's."""
        headers = scope.headers.items()
        if not has_all(scope.headers):
            return make_environ(scope, headers, BytesIO(), 0) | {REFUSAL: "bad_header"}
        announced = dict(headers).get("content-length")
        if announced is None and "transfer-encoding" not in scope.headers:
            return make_environ(scope, headers, BytesIO(), 0)
        try:
            body, length = await read_body(
                aiter(proto), announced=int(announced) if announced else None, most=most_bytes(scope.path)
            )
        except (TooLarge, TooSlow) as refusal:
            reason = "too_large" if isinstance(refusal, TooLarge) else "too_slow"
            noting.limit_reached("body")
            return make_environ(scope, headers, BytesIO(), 0) | {REFUSAL: reason}
        return make_environ(scope, headers, body, length)

    async def _in_turn(self, environ: dict[str, Any], proto) -> Answer | None:
        """What Django says, once it is the caller's turn; None when the client didn't wait for it. TooMany."""
        caller, key = self.callers.name_of(environ), environ.get("HTTP_AUTHORIZATION")
        place = None if self.turns.take_now(caller) else self.turns.queue(caller)
        left = asyncio.ensure_future(proto.client_disconnect())
        try:
            if place is not None:
                await self._wait({place, left})
        except BaseException:
            self._leave(caller, place)
            raise
        if place is not None and not place.done():
            self._leave(caller, place)
            return None
        try:
            return await self._answer(Call(self.wsgi, environ), left)
        finally:
            left.cancel()
            self.turns.give_back(caller)
            self.callers.remember(key, environ)

    async def _wait(self, either: set) -> None:
        """For the first of these."""
        noting.call_waits(1)
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            noting.call_waits(-1)

    def _leave(self, caller: str, place: asyncio.Future) -> None:
        """Whoever waited doesn't any more; a place that was handed out meanwhile is the next one's."""
        if place.done():
            self.turns.give_back(caller)
        place.cancel()

    async def _answer(self, call: Call, left: asyncio.Future) -> Answer | None:
        """What Django says; None when the client `left` before."""
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self.threads, call.run)
        await asyncio.wait({answer, left}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        await loop.run_in_executor(None, call.abandon)
        await answer
        return None


def _request_id(scope) -> tuple[str, str]:
    """The header that names the call, where nobody behind us answers it."""
    return HEADER.lower(), request_id_of(scope.headers.get(HEADER.lower()) or "")


def _send(proto, answer: Answer) -> None:
    """Hand the answer to the server, which sends a large one from its file, as fast as the client reads."""
    if answer.file is None:
        proto.response_bytes(answer.status, answer.headers, answer.body)
        return
    length = [("content-length", str(answer.file.stat().st_size))]
    headers = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
    proto.response_file(answer.status, headers + length, str(answer.file))
    asyncio.get_running_loop().call_later(OPENED_S, answer.file.unlink)


application = Front(django_application, threads=settings.WEB_THREADS, most_waiting=MOST_WAITING)
