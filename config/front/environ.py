"""A request in RSGI's words as one in WSGI's."""

import codecs
import sys
from collections.abc import Sequence
from email.message import Message
from typing import IO, Any

BASE: dict[str, Any] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
OF_THE_BODY = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}
# What Django finds instead of a body that wasn't taken, and what `common.web.refusals` answers.
REFUSAL = "wanliu.refusal"


def is_utf8(content_type: str) -> bool:
    """Whether a body of this type is UTF-8, or doesn't say what it is.

    Django decodes the query by what the body says it is, and breaks where that is no text (`charset=hex`).
    """
    if "charset" not in content_type.lower():
        return True
    charset = Message()
    charset["content-type"] = content_type
    try:
        return codecs.lookup(str(charset.get_param("charset", "utf-8"))).name == "utf-8"
    except (LookupError, ValueError):
        return False


def has_all(headers) -> bool:
    """Whether every header could be read: one with bytes beyond ASCII has a name and no value."""
    return len(headers.keys()) == len(set(dict(headers.items())))


def make_environ(scope, headers: Sequence[tuple[str, str]], body: IO[bytes], length: int) -> dict[str, Any]:
    """The environment of a request whose body is complete. Names with an underscore could pass for others: left out."""
    host, _, port = scope.server.rpartition(":")
    environ = {
        **BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
    }
    for name, value in headers:
        if "_" in name:
            continue
        key = OF_THE_BODY.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        if key in environ:
            value = f"{environ[key]}{'; ' if name == 'cookie' else ', '}{value}"
        environ[key] = value
    environ["CONTENT_LENGTH"] = str(length)
    if not is_utf8(environ.get("CONTENT_TYPE", "")):
        environ["CONTENT_TYPE"] = ""
        if length:
            environ[REFUSAL] = "not_utf8"
    return environ
