"""The RSGI application that granian serves (`--interface rsgi`)."""

import asyncio
import json
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from common.request_ids import HEADER, request_id_of
from config.front.body import TooLarge, TooSlow, most_bytes, read_body
from config.front.call import Answer, Call
from config.front.environ import REFUSAL, has_all, make_environ
from config.wsgi import application as django_application

log = logging.getLogger("wanliu.front")

THREADS = int(os.environ.get("WEB_THREADS", "4"))
MOST_WAITING = 200  # requests that have arrived and wait for a thread
OPENED_S = 30.0  # by then the server has opened an answer's file, which need no longer have a name
JSON = [("content-type", "application/json"), ("cache-control", "no-store")]
HEALTHY = json.dumps({"status": "ok"}).encode()
BUSY = json.dumps(
    {
        "type": "server_error",
        "errors": [{"code": "busy", "detail": "Too many calls are waiting; try again in a moment.", "attr": None}],
    }
).encode()


class Front:
    """Reads requests, has them answered by `wsgi` in a few threads, and sends the answers."""

    def __init__(self, wsgi: Callable[..., Any], *, threads: int, most_waiting: int) -> None:
        self.wsgi = wsgi
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self.most = threads + most_waiting
        self.under_way = 0

    async def __rsgi__(self, scope, proto) -> None:
        """One request."""
        if scope.proto != "http":
            return
        if scope.path == "/healthz" and scope.method in ("GET", "HEAD"):
            proto.response_bytes(200, [*JSON, _request_id(scope)], HEALTHY)
            return
        environ = await self._read(scope, proto)
        if self.under_way >= self.most:
            request_id = _request_id(scope)
            log.warning("call %s was refused: %d are waiting", request_id[1], self.under_way)
            proto.response_bytes(503, [*JSON, ("retry-after", "1"), request_id], BUSY)
            environ["wsgi.input"].close()
            return
        self.under_way += 1
        try:
            answer = await self._answer(Call(self.wsgi, environ), proto)
        finally:
            self.under_way -= 1
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
            return make_environ(scope, headers, BytesIO(), 0) | {REFUSAL: reason}
        return make_environ(scope, headers, body, length)

    async def _answer(self, call: Call, proto) -> Answer | None:
        """What Django says; None when the client didn't wait for it."""
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self.threads, call.run)
        left = asyncio.ensure_future(proto.client_disconnect())
        try:
            await asyncio.wait({answer, left}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            await loop.run_in_executor(None, call.abandon)
            await answer
            return None
        finally:
            left.cancel()


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


application = Front(django_application, threads=THREADS, most_waiting=MOST_WAITING)
