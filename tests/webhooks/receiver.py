"""A receiver: a plain server on the loopback that keeps the raw bytes of every call and answers as it is told.

Signatures are checked by code of its own, after the text of Standard Webhooks.
"""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Raw bytes of an answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Received:
    """One call as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict:
        """The body's JSON."""
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of its signatures is of this secret."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{wanted}" in self.headers["webhook-signature"].split(" ")


class Receiver:
    """Listens until it is closed. `behave(received, connection)` may send what it likes; else `answers` are given."""

    def __init__(self):
        self.received: list[Received] = []
        self.answers: list[bytes] = []
        self.behave: Callable[[Received, socket.socket], None] | None = None
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}/hook?x=1"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.listening.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reading:
            line = reading.readline().decode().strip()
            pairs = iter(lambda: reading.readline().decode().strip(), "")
            headers = {name.lower(): value for name, value in (pair.split(": ", 1) for pair in pairs)}
            call = Received(line, headers, reading.read(int(headers.get("content-length", 0))))
            self.received.append(call)
            try:
                if self.behave is not None:
                    self.behave(call, connection)
                else:
                    connection.sendall(self.answers.pop(0) if self.answers else OK)
            except OSError:
                return
