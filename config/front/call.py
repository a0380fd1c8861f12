"""One request in a thread: Django's answer, complete, so that the thread is free before anybody reads it."""

import tempfile
import threading
from collections.abc import Callable, Iterable
from contextvars import Context
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Error

IN_MEMORY = 2**20
SAFE = {"GET", "HEAD"}
CANCEL_S = 2.0


@dataclass
class Answer:
    """What goes back to the client. A large body lies in a `file`, which whoever sends it removes."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    file: Path | None = None


class Call:
    """Runs once in a thread; `abandon` may be called meanwhile from another one, when the client has left."""

    def __init__(self, wsgi: Callable[..., Any], environ: dict[str, Any]) -> None:
        self._wsgi = wsgi
        self._environ = environ
        self._lock = threading.Lock()
        self._database: BaseDatabaseWrapper | None = None
        self._abandoned = False

    def run(self) -> Answer | None:
        """The answer; None when nobody waits for it any more. Nothing of the request stays in the thread."""
        if self._abandoned:
            return None
        return Context().run(self._answer)

    def abandon(self) -> None:
        """Don't begin; or, if it only reads, let PostgreSQL stop. A write goes on: the client may have wanted it."""
        with self._lock:
            self._abandoned = True
            raw = self._database.connection if self._database else None
            if raw is not None and self._environ["REQUEST_METHOD"] in SAFE:
                try:
                    raw.cancel_safe(timeout=CANCEL_S)
                except (
                    Error,
                    DatabaseError,
                ):  # it is over, or the server doesn't listen: the statement has its own limit
                    return

    def _answer(self) -> Answer:
        head: list[Any] = []
        with self._lock:
            self._database = connections["default"]
        try:
            response = self._wsgi(self._environ, lambda status, headers, exc_info=None: head.extend([status, headers]))
            try:
                body, file = _collect(response)
            finally:
                response.close()
        finally:
            with self._lock:  # a cancellation under way is finished first: the next request is another one's
                self._database = None
        return Answer(int(head[0].partition(" ")[0]), head[1], body, file)


def _collect(response) -> tuple[bytes, Path | None]:
    """The body, in a file if it is large."""
    if not response.streaming:
        return response.content, None
    small = BytesIO()
    for chunk in response:
        small.write(chunk)
        if small.tell() > IN_MEMORY:
            return b"", _keep(small.getvalue(), response)
    return small.getvalue(), None


def _keep(begun: bytes, rest: Iterable[bytes]) -> Path:
    """A file of what has come and what comes; none when that fails."""
    with tempfile.NamedTemporaryFile(prefix="wanliu-answer-", delete=False) as file:
        path = Path(file.name)
        try:
            file.write(begun)
            for chunk in rest:
                file.write(chunk)
        except BaseException:
            path.unlink()
            raise
    return path
