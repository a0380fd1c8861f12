"""How platforms are asked: one way out, with time limits, no redirects, no proxy of the environment, bounded answers.

What comes back is bytes and a status, or `Unreachable`. Neither addresses with their queries nor bodies are ever in an
error or a log line: they hold tokens.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from connectors.port import Unreachable

CONNECT_SECONDS, READ_SECONDS = 5, 15
LONGEST_ANSWER = 16 * 1024 * 1024  # bytes
_local = threading.local()


@dataclass(frozen=True)
class Response:
    """What came back: the status, the content, and the type that it claims to be."""

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
    """Ask once. `body` goes out byte for byte as it was signed. Unreachable when no whole answer came back."""
    arguments: dict[str, Any] = {"params": query, "data": body if body is not None else form, "files": files}
    try:
        with _session().request(
            method,
            url,
            **arguments,
            headers=headers,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as answer:
            content = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
            if len(content) > LONGEST_ANSWER:
                raise Unreachable("The answer is too long.")
            return Response(answer.status_code, content, answer.headers.get("Content-Type", ""))
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise Unreachable(type(error).__name__) from None


def _session() -> requests.Session:
    """This thread's connections; cookies aren't kept."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
        _local.session.trust_env = False
    _local.session.cookies.clear()
    return _local.session
