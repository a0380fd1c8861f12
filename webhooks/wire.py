"""One call to an endpoint: to the address that was looked at, within one time limit, reading a bounded answer.

No redirects, no proxy of the environment, no cookies, no connection that is kept: what a receiver does, however slow or
endless or huge, ends with the call. The status is the answer: once its head is there, a body that breaks off or takes
too long changes nothing.
"""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse, parse_headers
from time import monotonic

from common.metering.asking import asking
from webhooks.addresses import Forbidden, Target, addresses_of, target_of
from webhooks.states import CallError

WHOLE_SECONDS = 15.0  # of a call, the resolving of the name aside
CONNECT_SECONDS = 5.0
BYTES_READ = 16 * 1024  # of an answer; nobody needs the rest
SWITCHING_PROTOCOLS = 101  # the one answer of its kind after which no other comes


@dataclass(frozen=True)
class CallAnswer:
    """What came of a call: a status and the beginning of the answer, or an `error` in a word.

    `retry_after` is that header, whatever it says.
    """

    status: int | None = None
    body: str = ""
    error: str = ""
    took_ms: int = 0
    retry_after: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


class _FinalResponse(HTTPResponse):
    """The answer itself: what a receiver says before it (`103 Early Hints`) is passed over."""

    def _read_status(self):
        version, status, reason = super()._read_status()
        while 100 <= status < 200 and status != SWITCHING_PROTOCOLS:
            parse_headers(self.fp)
            version, status, reason = super()._read_status()
        return version, status, reason


class _Connection(HTTPConnection):
    response_class = _FinalResponse


class _Deadline:
    """Shuts the connection when the call's time is over, whatever it does then."""

    def __init__(self) -> None:
        self.sock: socket.socket | None = None
        self.has_passed = False

    def watch(self, sock: socket.socket) -> None:
        """This connection is the call's."""
        self.sock = sock
        if self.has_passed:
            self.pass_()

    def pass_(self) -> None:
        """The time is over."""
        self.has_passed = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _deadline() -> Iterator[_Deadline]:
    deadline = _Deadline()
    timer = threading.Timer(WHOLE_SECONDS, deadline.pass_)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> CallAnswer:
    """Send once. Never raises for what the receiver, the network or the name does."""
    began = monotonic()
    try:
        target = target_of(url)
        addresses = addresses_of(target)
    except Forbidden:
        return CallAnswer(error=CallError.ADDRESS_NOT_ALLOWED)
    with asking("endpoint") as asked, _deadline() as deadline:
        try:
            answer = _exchange(target, addresses, body, headers, deadline)
        except (OSError, HTTPException, ValueError) as failure:
            late = deadline.has_passed or isinstance(failure, TimeoutError)
            answer = CallAnswer(error=CallError.TOOK_TOO_LONG if late else _word(failure))
        asked.outcome = str(answer.error) if answer.status is None else f"{answer.status // 100}xx"
    return replace(answer, took_ms=int((monotonic() - began) * 1000))


def _word(failure: Exception) -> str:
    if isinstance(failure, ssl.SSLError):
        return CallError.TLS_FAILED
    return CallError.NOT_HTTP if isinstance(failure, HTTPException | ValueError) else CallError.NOT_REACHED


def _exchange(target: Target, addresses, body: bytes, headers, deadline: _Deadline) -> CallAnswer:
    with _connect(target, addresses, deadline) as sock:
        connection = _Connection(target.host, target.port)
        connection.sock = sock
        connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": target.authority, "Content-Length": str(len(body)), **headers}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        told = _beginning(answer).decode("utf-8", "replace")
        return CallAnswer(answer.status, told, retry_after=answer.getheader("Retry-After", ""))


def _beginning(answer: HTTPResponse) -> bytes:
    """Up to BYTES_READ bytes of the body; those there were, of one that breaks off or doesn't end in time."""
    read = b""
    with suppress(OSError, HTTPException, ValueError):
        while len(read) < BYTES_READ and (more := answer.read1(BYTES_READ - len(read))):
            read += more
    return read


def _connect(target: Target, addresses: list[str], deadline: _Deadline) -> socket.socket:
    """To the first of these addresses that answers: no name is looked up any more."""
    sock = _reach(target, addresses)
    if target.scheme == "https":
        context = ssl.create_default_context()
        sock = context.wrap_socket(sock, server_hostname=target.host, do_handshake_on_connect=False)
    deadline.watch(sock)
    if isinstance(sock, ssl.SSLSocket):
        try:
            sock.do_handshake()
        except BaseException:
            sock.close()
            raise
    return sock


def _reach(target: Target, addresses: list[str]) -> socket.socket:
    failure: OSError = OSError("no address")
    for address in addresses[:2]:
        try:
            sock = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
        except OSError as error:
            failure = error
        else:
            sock.settimeout(WHOLE_SECONDS)
            return sock
    raise failure
