"""A client that is slow holds nothing but its own connection."""

import json
import time
from select import select

import pytest

from tests.front.conftest import PATIENCE_S

SLOW = (
    b"POST /gateways/sandbox/webhook/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 60000\r\n\r\n" + b"x" * 122
)
MANY = 24  # three times as many as there are threads


def closed(connection) -> bytes:
    """What the server says before it closes the connection."""
    connection.settimeout(PATIENCE_S)
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


@pytest.mark.parametrize(
    "path", ["/gateways/sandbox/webhook/", "/admin/login/", "/i18n/setlang/", "/b/x/", "/api/v1/orders/"]
)
def test_many_slow_bodies_keep_nobody_from_being_served(web, path):
    """On a busy machine a body's second may be over before the others are served: then it is tried again."""
    for _ in range(10):
        slow = [web.connect(SLOW.replace(b"/gateways/sandbox/webhook/", path.encode())) for _ in range(MANY)]
        try:
            assert web.ask("/healthz")[0] == 200
            assert web.ask("/admin/login/")[0] == 200
            assert web.ask("/api/v1/orders/")[0] == 401
            answered, _, _ = select(slow, [], [], 0)
            assert closed(slow[0]).startswith(b"HTTP/1.1 408")
        finally:
            for connection in slow:
                connection.close()
        if not answered:
            return
    pytest.fail("others are served only when the slow are done")


def test_a_body_in_drops_is_ended_too(web):
    connection = web.connect(SLOW)
    connection.settimeout(0.2)
    ends_at = time.monotonic() + PATIENCE_S
    answer = b""
    while not answer and time.monotonic() < ends_at:
        try:
            connection.sendall(b"x")
            answer = connection.recv(1000)
        except TimeoutError:
            continue
    assert answer.startswith(b"HTTP/1.1 408"), "a byte now and then doesn't count as arriving"


def test_a_head_that_does_not_end_is_closed(web):
    assert closed(web.connect(b"GET /admin/ HTTP/1.1\r\nHost: local")) == b""


def test_a_head_that_is_too_large_is_refused(web):
    head = b"GET /admin/ HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 300_000 + b"\r\n\r\n"
    assert closed(web.connect(head)).startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/gateways/sandbox/webhook/", 65_537),
        ("/i18n/setlang/", 65_537),
        ("/admin/login/", 65_537),
        ("/nowhere", 65_537),
    ],
)
def test_a_body_that_is_too_large_for_its_path_is_413(web, path, size):
    status, headers, body = web.ask(path, "POST", b"x" * size)
    assert status == 413
    if headers["Content-Type"] == "application/json":
        assert json.loads(body)["errors"][0]["code"] == "request_too_large"
    else:
        assert "too large" in body.decode()


def test_an_announced_body_that_is_too_large_is_refused_before_it_is_sent(web):
    head = b"POST /api/v1/orders/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n"
    answer = closed(web.connect(head))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"type": "client_error"' in answer


def test_a_chunked_body_is_counted_as_it_comes(web):
    head = b"POST /gateways/sandbox/webhook/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection = web.connect(head)
    try:
        for _ in range(9):
            connection.sendall(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
    except OSError:
        pass
    assert b" 413 " in closed(connection)[:20]


def test_a_header_beyond_ascii_is_refused_and_not_lost(web):
    head = b"GET /api/v1/orders/ HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: \xe9\r\nConnection: close\r\n\r\n"
    answer = closed(web.connect(head))
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"beyond ASCII" in answer


def test_a_body_that_says_that_it_isnt_utf8_is_refused_whatever_that_is(web):
    """Django would have read the query by it, and broken down at what is no text."""
    for charset in ("hex", "rot13", "zip", "undefined", "idna", "gbk", "utf-16", "nobody-knows", "x" * 3000, '"', ""):
        kind = f"application/json; charset={charset}"
        for path in ("/api/v1/orders/?q=%C3%A9", "/admin/login/?next=%C3%A9"):
            status, _headers, body = web.ask(path, "POST", b"{}", Content_Type=kind)
            assert (status, b"UTF-8" in body) == (415, True), (charset, path)
            assert web.ask(path, Content_Type=kind)[0] in (200, 401), "there is no body to be misread"
    for charset in ("utf-8", "UTF8", '"Utf-8"'):
        assert web.ask("/api/v1/orders/", "POST", b"{}", Content_Type=f"application/json; charset={charset}")[0] == 401
