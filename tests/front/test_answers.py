"""Every answer names its call, whoever gives it: Django, what stands before it, or the front alone."""

import threading

import pytest

from tests.front.conftest import stand_in
from tests.front.test_slow_clients import SLOW, closed

MINE = "call-0042.of_mine"


def head(path: str = "/api/v1/orders/", method: str = "GET", host: str = "localhost", *more: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"X-Request-ID: {MINE}", "Connection: close", *more, "", ""]
    return "\r\n".join(lines).encode("latin-1")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (head("/healthz"), 200),
        (head(), 401),
        (head("/nowhere"), 404),
        (head("/static/nothing.css"), 404),
        (head("/api/v1/orders"), 301),
        (head("/api/v1/orders/", "POST", "localhost", "Content-Length: 999999999"), 413),
        (head("/api/v1/orders/", "GET", "localhost", "Idempotency-Key: \xe9"), 400),
        (head(host="testserver"), 400),
        (head("/admin/login/", host="wanliu.example.evil"), 400),
        (SLOW.replace(b"\r\n\r\n", f"\r\nX-Request-ID: {MINE}\r\n\r\n".encode()), 408),
    ],
    ids=[
        "health",
        "no key",
        "no page",
        "no file",
        "no slash",
        "too large",
        "bad header",
        "host",
        "page's host",
        "slow",
    ],
)
def test_whoever_answers_names_the_call(web, sent, status):
    answer = closed(web.connect(sent)).decode("latin-1").lower()
    assert answer.split()[1] == str(status)
    assert f"\r\nx-request-id: {MINE}\r\n" in answer


def test_who_calls_too_often_is_told_which_call_it_was(web):
    for _ in range(61):
        status, headers, _body = web.ask("/i18n/setlang/", X_Request_ID=MINE)
    assert (status, headers["X-Request-ID"]) == (429, MINE)
    assert int(headers["Retry-After"]) > 0


def test_a_call_that_was_sent_away_is_named_and_so_is_one_that_named_itself_badly(tmp_path):
    with stand_in(tmp_path, THREADS="1") as web:
        busy = [threading.Thread(target=web.ask, args=("/sleep",)) for _ in range(2)]
        for thread in busy:
            thread.start()
        web.await_calls(1, 1)
        status, headers, _body = web.ask("/more", X_Request_ID=MINE)
        assert (status, headers["X-Request-ID"]) == (503, MINE)
        made = web.ask("/healthz", X_Request_ID="no good\tid")[1]["X-Request-ID"]
        web.wake()
        for thread in busy:
            thread.join()
    assert len(made) == 32
    assert MINE in web.log.read_text()
