"""One way out to the platforms, against a server that is slow, long, rude or gone."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors import http
from connectors.port import Unreachable


class Wire:
    """A server that says these bytes, piece by piece, to each that connects; it keeps what it was asked."""

    def __init__(self, *pieces: bytes, pause_s: float = 0.0, hangs: bool = False):
        self.pieces, self.pause_s, self.hangs = pieces, pause_s, hangs
        self.asked: list[bytes] = []
        self.said = 0  # pieces
        self.is_over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/router"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += connection.recv(65536)
            self.asked.append(asked)
            for piece in self.pieces:
                try:
                    connection.sendall(piece)
                except OSError:
                    return
                self.said += 1
                self.is_over.wait(self.pause_s)
            if self.hangs:
                self.is_over.wait()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.is_over.set()
        self.listener.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
SLOW_HEAD = b"HTTP/1.1 200 OK\r\n" + b"X-Padding: x\r\n" * 90


def test_what_was_signed_goes_out_byte_for_byte_and_what_came_back_is_told():
    with Wire(OK) as wire:
        answer = http.send("POST", wire.url, body=b'{"a":"\xe4\xb8\xad"}', headers={"Content-Type": "application/json"})
    assert (answer.status, answer.body, answer.content_type) == (200, b"{}", "application/json")
    [asked] = wire.asked
    assert asked.startswith(b"POST /router HTTP/1.1\r\n")


def test_calls_side_by_side_do_not_touch_each_other(caplog):
    with Wire(OK) as wire, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: http.send("GET", wire.url), range(200)))
    assert {(answer.status, answer.body) for answer in answers} == {(200, b"{}")}
    assert len(wire.asked) == 200
    assert not caplog.records, "nobody's connection is thrown away by another's end"


@pytest.mark.parametrize(
    "wire",
    [
        {"pieces": (ENDLESS, *[b"x"] * 999), "pause_s": 0.1},
        {"pieces": [bytes([byte]) for byte in SLOW_HEAD], "pause_s": 0.1},
        {"pieces": (ENDLESS,), "hangs": True},
        {"pieces": (), "hangs": True},
    ],
    ids=["body drips", "head drips", "body hangs", "says nothing"],
)
def test_a_call_ends_at_its_deadline_whatever_the_server_does(wire, monkeypatch):
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.3)
    pieces = wire.pop("pieces")
    with Wire(*pieces, **wire) as server:
        with pytest.raises(Unreachable, match="took too long"):
            http.send("GET", server.url)
        assert "hangs" in wire or server.said < len(pieces), "the server would have gone on for longer"


def test_the_next_call_of_the_thread_is_not_hurt_by_a_deadline_before_it(monkeypatch):
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.2)
    with Wire(hangs=True) as slow, pytest.raises(Unreachable):
        http.send("GET", slow.url)
    monkeypatch.setattr(http, "WHOLE_SECONDS", 30)
    with Wire(OK) as wire:
        assert [http.send("GET", wire.url).status for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",),
        (b"not http at all\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",),
        (),
    ],
    ids=["cut short", "rude", "no gzip", "hangs up"],
)
def test_what_is_no_whole_answer_is_unreachable(pieces):
    with Wire(*pieces) as wire, pytest.raises(Unreachable):
        http.send("GET", wire.url)


def test_an_answer_longer_than_anything_is_not_kept(monkeypatch):
    monkeypatch.setattr(http, "LONGEST_ANSWER", 100)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"
    with Wire(head + b"x" * 101) as wire, pytest.raises(Unreachable, match="too long"):
        http.send("GET", wire.url)


def test_nobody_listens_and_no_secret_is_told():
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(Unreachable) as caught:
        http.send("POST", f"http://127.0.0.1:{port}/", query={"access_token": "s3cret"}, body=b"s3cret")
    assert "s3cret" not in str(caught.value)


def test_no_redirect_is_followed_and_no_proxy_of_the_environment_asked(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Wire(OK) as other:
        moved = f"HTTP/1.1 302 Found\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n".encode()
        with Wire(moved) as wire:
            assert http.send("GET", wire.url).status == 302
    assert other.asked == []
