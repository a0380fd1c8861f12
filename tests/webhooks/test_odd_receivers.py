"""Receivers that answer oddly, at the wire: the log says what they said, and nobody is called in vain."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event as Signal

import pytest

from common import clock as clocks
from tests.webhooks.receiver import answer
from tests.webhooks.test_delivering import deliveries, names, shown
from tests.world import wait
from webhooks import wire
from webhooks.models import Endpoint

HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BRIEF_S = 0.5


def late(call, there):
    Signal().wait(BRIEF_S * 2)
    there.sendall(answer(200))


def then_slow(head: bytes):
    """Somebody whose head comes at once, and whose body never ends."""

    def behave(call, there):
        there.sendall(head)
        while True:
            there.sendall(b"x")
            Signal().wait(0.05)

    return behave


# What is answered → (the log's status, its error, how the answer's text begins). A delivery without an error arrived.
ODD = {
    "early hints": (HINT + answer(200, b"ok"), (200, "", "ok")),
    "several before it": (HINT * 3 + b"HTTP/1.1 100 C\r\n\r\n" + HINT + answer(201), (201, "", "")),
    "hints and then no": (HINT + answer(500, b"broken"), (500, "refused", "broken")),
    "hints and no more": (HINT, (None, "not_http", "")),
    "switching protocols": (b"HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n", (101, "refused", "")),
    "no content with content": (b"HTTP/1.1 204 N\r\nContent-Length: 5\r\n\r\nhello", (204, "", "")),
    "trailers": (CHUNKED + b"2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n", (200, "", "ok")),
    "a chunk that breaks off": (CHUNKED + b"9\r\npart", (200, "", "part")),
    "a chunk of no size": (CHUNKED + b"zz\r\npart", (200, "", "")),
    "less than was promised": (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart", (200, "", "part")),
    "no headers": (b"HTTP/1.1 200 OK\r\n\r\n", (200, "", "")),
    "a status alone": (b"HTTP/1.1 200\r\n\r\n", (200, "", "")),
    "an older HTTP": (b"HTTP/1.0 200 OK\r\n\r\nhello", (200, "", "hello")),
    "the oldest HTTP": (b"<html>hello</html>", (None, "not_http", "")),
    "a newer HTTP": (b"HTTP/2 200\r\n\r\n", (None, "not_http", "")),
    "no number": (b"HTTP/1.1 OK 200\r\n\r\n", (None, "not_http", "")),
    "a header without a colon": (b"HTTP/1.1 200 OK\r\nhello\r\n\r\n", (200, "", "")),
    "a length that is none": (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello", (200, "", "hello")),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-", (200, "", "")),
    "a redirect inside": (answer(307, Location="http://169.254.169.254/latest"), (307, "refused", "")),
    "not modified": (answer(304), (304, "refused", "")),
    "too late": (late, (None, "took_too_long", "")),
    "a body without an end": (then_slow(b"HTTP/1.1 200 OK\r\n\r\n"), (200, "", "x")),
    "a no without an end": (then_slow(b"HTTP/1.1 500 E\r\n\r\n"), (500, "refused", "x")),
    "bytes of no text": (answer(200, b"\xff\x00\x1f\x8b"), (200, "", "\ufffd\ufffd\x1f\ufffd")),
}


def test_the_log_says_what_each_of_them_answered(shop, endpoint, receiver, work, monkeypatch):
    work()
    monkeypatch.setattr(wire, "WHOLE_SECONDS", BRIEF_S)
    for name, (said, (status, error, text)) in ODD.items():
        receiver.answers, receiver.behave = ([], said) if callable(said) else ([said], None)
        shop.merchant.post(f"webhook-endpoints/{endpoint['id']}/test/")
        calls = len(receiver.received)
        work()
        row = deliveries(shop)[0]
        assert (row["response_status"], row["last_error"], row["status"]) == (
            *(status, error),
            "failed" if error else "delivered",
        ), name
        assert row["response"][: max(1, len(text))] == text, name
        assert row["attempts"] == len(receiver.received) - calls == 1, name
        shop.merchant.patch(f"webhook-endpoints/{endpoint['id']}/", {"status": "active"})
    receiver.answers, receiver.behave = [HINT + answer(410)], None
    shop.merchant.post(f"webhook-endpoints/{endpoint['id']}/test/")
    work()
    assert shown(shop, endpoint)["paused_for"] == "gone"


ASKED = {
    "40": 40,
    "0": 0,
    "-5": 0,
    "1e3": 0,
    "soon": 0,
    "": 0,
    "4000": 3600,
    "9" * 400: 3600,
    "in a minute": 0,
    "date": 120,
    "a date of the past": 0,
    "Fri, 31 Dec 9999 23:59:59 GMT": 3600,
    "Fri, 99 Dec 9999 23:59:59 GMT": 0,
    "１２０": 0,
}


@pytest.mark.parametrize("status", [429, 503])
def test_whoever_says_when_to_come_back_is_left_alone_until_then_within_an_hour(
    shop, endpoint, receiver, work, clock, status
):
    now = clocks.now().astimezone(UTC)
    dates = {"date": now + timedelta(seconds=120), "a date of the past": now - timedelta(days=1)}
    work()
    for asked, seconds in ASKED.items():
        header = format_datetime(dates[asked], usegmt=True) if asked in dates else asked
        if not header.isascii():
            header = header.encode().decode("latin-1")
        receiver.answers = [answer(status, **{"Retry-After": header})]
        told = len(receiver.received)
        shop.refund()
        work()
        row = next(each for each in deliveries(shop, status="waiting") if each["attempts"])
        until, since = (datetime.fromisoformat(row[name]) for name in ("next_attempt_at", "updated_at"))
        assert timedelta(seconds=-2) < until - since - timedelta(seconds=max(5, seconds)) < timedelta(seconds=2), asked
        shop.refund()  # of another history, and held back as well
        pause = max(5, seconds)
        wait(seconds=pause - 2)
        work()
        assert len(receiver.received) == told + 1, asked
        wait(seconds=3)
        work()
        assert len(receiver.received) > told + 1, asked
        wait(seconds=120)
        work()
        assert {row["status"] for row in deliveries(shop)} == {"delivered"}, asked
    receiver.answers = [answer(500, **{"Retry-After": "3000"})]
    shop.refund()
    work()
    wait(seconds=61)
    work()
    assert {row["status"] for row in deliveries(shop)} == {"delivered"}, "only these two may ask for it"
    with shop.scope():
        assert Endpoint.objects.get().failures == 0
    assert "refund.requested" in names(receiver)
