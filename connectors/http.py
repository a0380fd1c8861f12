"""How platforms are asked: one way out, with time limits, no redirects, no proxy of the environment, bounded answers.

What comes back is bytes and a status, or `Unreachable`. Neither addresses with their queries nor bodies are ever in an
error or a log line: they hold tokens.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ssl import create_default_context
from typing import Any
from urllib.parse import urlencode

from requests.certs import where
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TimedOut
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from common.metering.asking import asking
from common.sentences import sentence as _
from connectors import limits
from connectors.port import Unreachable

CONNECT_SECONDS, READ_SECONDS = 5, 15
WHOLE_SECONDS = 30.0  # a call, however slowly its answer drips
LONGEST_ANSWER = 16 * 1024 * 1024  # bytes
_local = threading.local()


@dataclass(frozen=True)
class Response:
    """What came back: the status, the content, and the type that it says it is."""

    status: int
    body: bytes
    content_type: str = ""


def send(
    method: str,
    url: str,
    *,
    call: str = "",
    query: Mapping[str, str] | None = None,
    body: bytes | None = None,
    form: Mapping[str, str] | None = None,
    files: Mapping[str, tuple[str, bytes]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Ask once. `body` goes out byte for byte as it was signed. Unreachable when no whole answer came back.

    `call` is the platform's name of what is asked, by which its limits count it (`Limit.call`). Throttled, without
    having asked, when the limits or a ban leave no room for it in the next seconds.
    """
    limits.wait_for_room(call)
    content, kind = _content(body, form, files)
    told = {"Accept-Encoding": "gzip, deflate", **({"Content-Type": kind} if kind else {}), **(headers or {})}
    address = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}" if query else url
    asked: dict[str, Any] = {"body": content, "headers": told, "timeout": Timeout(CONNECT_SECONDS, READ_SECONDS)}
    try:
        with (
            asking("marketplace", limits.platform_asked()) as asked_of,
            _deadline() as deadline,
            _Once(num_pools=1, ssl_context=_trusted) as once,
            closing(
                once.urlopen(method, address, **asked, redirect=False, retries=False, preload_content=False)
            ) as answer,
        ):
            found = answer.read(LONGEST_ANSWER + 1, decode_content=True)
            if deadline.has_passed:
                raise Unreachable(_("The answer took too long."))
            if len(found) > LONGEST_ANSWER:
                raise Unreachable(_("The answer is too long."))
            asked_of.outcome = f"{answer.status // 100}xx"
            return Response(answer.status, found, answer.headers.get("Content-Type", ""))
    except (HTTPError, OSError, ValueError) as error:
        raise Unreachable(_why_none(error, deadline.has_passed)) from None


def _why_none(error: Exception, is_too_late: bool) -> str:
    """Why no whole answer came, for people."""
    if isinstance(error, NewConnectionError):
        return _("Nobody answers at the marketplace's address.")
    if is_too_late or isinstance(error, TimeoutError | TimedOut):
        return _("The answer took too long.")
    if isinstance(error, SSLError):
        return _("The connection isn't safe: nothing shows that this is the marketplace.")
    return _("The connection broke off before the whole answer had come.")


def _content(
    body: bytes | None, form: Mapping[str, str] | None, files: Mapping[str, tuple[str, bytes]] | None
) -> tuple[bytes | None, str]:
    """What is sent, and its type, if that follows from it."""
    if files:
        parts: list[Any] = [*(form or {}).items()]
        for name, (file_name, data) in files.items():
            part = RequestField(name, data, filename=file_name)
            part.make_multipart()
            parts.append(part)
        return encode_multipart_formdata(parts)
    if body is None and form:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return body, ""


class _Deadline:
    """Shuts the connection of one call when its time is over, whatever the call is doing then."""

    def __init__(self) -> None:
        self.sock: socket.socket | None = None
        self.has_passed = False

    def pass_(self) -> None:
        self.has_passed = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _deadline() -> Iterator[_Deadline]:
    deadline = _local.deadline = _Deadline()
    timer = threading.Timer(WHOLE_SECONDS, deadline.pass_)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()


class _Watched:
    """A connection that tells the deadline of the call its socket."""

    def putrequest(self, *args, **kwargs):
        if self.sock is None:
            self.connect()
        _local.deadline.sock = self.sock
        return super().putrequest(*args, **kwargs)


class _WatchedConnection(_Watched, HTTPConnection):
    """Plain."""


class _WatchedTlsConnection(_Watched, HTTPSConnection):
    """With TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTlsConnection


class _Once(PoolManager):
    """A connection for one call: one that the platform closes while it is idle would fail the next.

    Nothing of the environment is asked, and no cookie kept.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


_trusted = create_default_context(cafile=where())  # whom to trust is read once
