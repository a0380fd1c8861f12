"""What all fakes share: a truth, a log, and every mischief at the wire."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from threading import Thread

import pytest

from common.registry import Registry
from connectors.fakes import base
from connectors.fakes.base import FakeServer, ImpossibleAct, Misbehaviour, Mischief, Push, Reply
from connectors.http import send
from connectors.port import Unreachable


@pytest.fixture
def fake(monkeypatch):
    """A platform that lists its refunds and counts the times that it did."""
    monkeypatch.setattr(base, "FAKES", Registry())

    class FakeList(FakeServer):
        name = "list"
        acts = {"withdraw": {"status": "CLOSED"}, "ask_again": {"status": "ASKED"}}
        begins = {"withdraw": {"status": {"ASKED", "NEW"}}}
        done = 0

        def call_of(self, request):
            return request.path.strip("/")

        def answer(self, request):
            self.done += 1
            return Reply.json([refund.fields for refund in self.refunds.values()])

        def excuse(self, kind, seconds):
            return Reply.json({"error": kind, "seconds": seconds})

        def blank(self, number):
            return f"R{number}", {"id": f"R{number}", "status": "ASKED"}

        def stamp(self, refund):
            refund.fields["version"] = refund.version

        def falls_due(self, refund):
            return (refund.updated_at + timedelta(hours=1), "withdraw") if refund.fields["status"] == "ASKED" else None

        def content(self, refund):
            return {"id": refund.id, "status": refund.fields["status"]}

        def push(self, message, wrong=""):
            return Push(json.dumps(message.content).encode(), {"X-Wrong": wrong})

    with FakeList() as server:
        yield server


def test_a_refund_has_a_history_and_versions_that_rise(fake):
    refund = fake.add()
    at = refund.updated_at
    fake.act("withdraw", refund.id, at=at)
    fake.change(refund.id, at=at - timedelta(hours=1), status="ASKED")
    assert [fields["status"] for _at, fields in refund.history] == ["ASKED", "CLOSED", "ASKED"]
    versions = [fields["version"] for _at, fields in refund.history]
    assert versions == [versions[0], versions[0] + 1, versions[0] + 2], "although its clock stood still"
    assert [message.content["status"] for message in fake.messages] == ["ASKED", "CLOSED", "ASKED"]


def test_nothing_happens_to_a_refund_that_stands_elsewhere(fake):
    refund = fake.add()
    assert fake.possible_acts(refund.id) == ["ask_again", "withdraw"]
    fake.act("withdraw", refund.id)
    with pytest.raises(ImpossibleAct, match="CLOSED"):
        fake.act("withdraw", refund.id)
    told = send("POST", f"{fake.url}/_fake/act", body=json.dumps({"act": "withdraw", "refund": refund.id}).encode())
    assert (told.status, "CLOSED" in json.loads(told.body)["error"]) == (400, True)
    fake.misbehave(Mischief.MOVES, "list", act="withdraw", refund=refund.id)
    assert send("GET", f"{fake.url}/list").status == 200, "what was to move under the call has moved before"
    assert len(refund.history) == 2
    assert json.loads(send("GET", f"{fake.url}/_fake/acts").body) == {refund.id: ["ask_again"]}


@pytest.mark.parametrize(
    ("kind", "how", "brings", "done"),
    [
        (Mischief.CLOSED, {}, None, 0),
        (Mischief.CLOSED, {"done": True}, None, 1),
        (Mischief.BROKEN, {}, None, 1),
        (Mischief.FAULT, {}, (500, b"<html>"), 0),
        (Mischief.FAULT, {"done": True}, (500, b"<html>"), 1),
        (Mischief.GARBAGE, {}, (200, b"<html>"), 0),
        (Mischief.HALF, {}, (200, b'[{"id": "R1", "stat'), 1),
        (Mischief.EMPTY, {}, (200, b""), 0),
        (Mischief.DRIP, {}, (200, b'[{"id": "R1", "status": "ASKED"'), 1),
        (Mischief.THROTTLED, {"seconds": 7}, (200, b'{"error": "throttled", "seconds": 7}'), 0),
        (Mischief.MOVES, {"act": "withdraw", "refund": "R1"}, (200, b'[{"id": "R1", "status": "CLOSED"'), 1),
        (Mischief.MOVES, {"act": "withdraw", "refund": "R1", "done": True}, (200, b'[{"id": "R1", "status": "A'), 1),
    ],
)
def test_a_call_meets_a_mischief_once(fake, kind, how, brings, done):
    fake.add()
    fake.misbehave(kind, "list", skip=1, **how)
    assert send("GET", f"{fake.url}/list").status == 200
    if brings is None:
        with pytest.raises(Unreachable):
            send("GET", f"{fake.url}/list")
    else:
        answer = send("GET", f"{fake.url}/list")
        assert (answer.status, answer.body[: len(brings[1])]) == brings
    assert fake.done == 1 + done
    assert json.loads(send("GET", f"{fake.url}/list").body)[0]["id"] == "R1"
    assert [request.mischief for request in fake.calls("list")] == ["", kind, ""]


def test_the_clock_can_be_off(fake):
    right = fake.now()
    fake.clock_offset = timedelta(minutes=-11)
    assert timedelta(minutes=10) < right - fake.now() < timedelta(minutes=12)


def test_messages_are_pushed_repeated_shuffled_and_spoilt(fake):
    got = []

    class Merchant(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers["X-Wrong"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Silence."""

    refunds = [fake.add() for _ in range(5)]
    with ThreadingHTTPServer(("127.0.0.1", 0), Merchant) as merchant:
        Thread(target=merchant.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        url = f"http://127.0.0.1:{merchant.server_port}/"
        assert fake.deliver(url, repeated=2, shuffled=3, wrong="key") == [(200, b"")] * 10
        merchant.shutdown()
    ids = [json.loads(body)["id"] for body, _wrong in got]
    assert sorted(ids) == sorted(2 * [refund.id for refund in refunds]) != ids
    assert {wrong for _body, wrong in got} == {"key"}
    assert fake.deliver(url, messages=fake.messages[:1])[0][0] == 0, "nobody is there any more"


@pytest.mark.parametrize("platform", ["taobao", "kuaishou"])
def test_a_fake_runs_as_a_process(platform):
    command = [sys.executable, "-m", "connectors.fakes", platform, "--refunds", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        assert len(json.loads(send("GET", f"{url}/_fake/refunds").body)) == 2
        process.terminate()
        assert process.wait(60) == 0


@contextmanager
def kept_fakes(directory):
    """A process that keeps two fakes in a directory; their addresses."""
    command = [sys.executable, "-m", "connectors.fakes", "taobao", "pinduoduo", "--keep", str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        urls = [process.stdout.readline().strip() for _ in range(2)]
        assert process.stdout.readline() == "ready\n"
        assert json.loads((directory / "addresses.json").read_text()) == dict(
            zip(("taobao", "pinduoduo"), urls, strict=True)
        )
        yield urls
        process.kill()


def test_a_process_that_is_killed_and_started_anew_knows_what_it_knew(tmp_path):
    def refunds(url):
        return json.loads(send("GET", f"{url}/_fake/refunds").body)

    with kept_fakes(tmp_path) as first:
        for url in first:
            assert send("POST", f"{url}/_fake/refunds", body=b"{}").status == 200
        assert send("POST", f"{first[0]}/_fake/act", body=b'{"act": "withdraw", "refund": "90000000001"}').status == 200
        known = [refunds(url) for url in first]
        assert known[0][0]["status"] == "CLOSED"
    (tmp_path / "pinduoduo.state").write_bytes(b"of another version")
    with socket.create_server(("127.0.0.1", int(first[0].rpartition(":")[2]))), kept_fakes(tmp_path) as second:
        assert second[0] != first[0], "its port is taken"
        assert [refunds(url) for url in second] == [known[0], []]
    with kept_fakes(tmp_path) as third:
        assert third == second, "its port is free again"


def test_the_control_of_the_demo(fake):
    def control(what, **told):
        answer = send("POST", f"{fake.url}/_fake/{what}", body=json.dumps(told).encode())
        return answer.status, json.loads(answer.body)

    assert control("refunds", status="NEW")[1]["status"] == "NEW"
    assert control("act", act="withdraw", refund="R1")[1]["status"] == "CLOSED"
    assert control("act", act="unheard of", refund="R1")[0] == 400
    assert control("change", refund="R1", status="ASKED", at="2026-11-20T10:00:00+08:00")[1]["status"] == "ASKED"
    assert fake.refunds["R1"].updated_at == datetime.fromisoformat("2026-11-20T02:00:00+00:00")
    assert control("change", refund="R1", at="yesterday")[0] == 400
    assert control("misbehave", kind="fault", call="list")[0] == 200
    assert fake.misbehaviours == [Misbehaviour(Mischief.FAULT, "list")]
    assert control("set", clock_offset=600)[1] == {"push_to": ""}
    assert fake.clock_offset == timedelta(minutes=10)
    for _ in range(2):
        control("set", clock_offset=0, at="2026-11-20T10:00:00+08:00")
        assert fake.now() == datetime.fromisoformat("2026-11-20T02:00:00+00:00"), "there its clock stands"
    assert control("set", refunds={})[0] == 400, "only settings"
    send("GET", f"{fake.url}/list")
    assert json.loads(send("GET", f"{fake.url}/_fake/log").body)[0]["mischief"] == "fault"
    assert json.loads(send("GET", f"{fake.url}/_fake/refunds").body)[0]["id"] == "R1"
    assert json.loads(send("GET", f"{fake.url}/_fake/ids").body) == ["R1"]


def test_what_falls_due_happens_by_itself_once_it_lives(fake):
    refund = fake.add()
    fake.clock_offset = timedelta(hours=2)
    send("GET", f"{fake.url}/list")
    assert refund.fields["status"] == "ASKED"
    fake.control("POST", "set", {"lives": True})
    send("GET", f"{fake.url}/list")
    assert (refund.fields["status"], len(refund.history)) == ("CLOSED", 2)


@pytest.mark.parametrize(
    ("name", "agreed", "paid"),
    [
        ("taobao", {"status": "SUCCESS"}, {"status": "SUCCESS"}),
        ("kuaishou", {"status": 50}, {"status": 60}),
        ("pinduoduo", {"after_sales_status": 5}, {"after_sales_status": 10}),
        ("wechat_shop", {"status": "MERCHANT_OVERDUE_REFUND"}, {"status": "MERCHANT_REFUND_SUCCESS"}),
        ("douyin", {"status": 12, "refund_status": 2}, {"status": 12, "refund_status": 3, "real_refund_amount": 1990}),
    ],
)
def test_a_fake_agrees_at_the_deadline_and_pays_a_little_later(name, agreed, paid):
    import_module(f"connectors.fakes.{name}")
    server = base.FAKES[name]()
    server.lives = True
    refund = server.add()
    began = dict(refund.fields)
    for offset, then in ((timedelta(hours=47), {}), (timedelta(hours=49), agreed), (timedelta(hours=50), paid)):
        server.clock_offset = offset
        server.live()
        assert {key: refund.fields[key] for key in then} == then, offset
        if not then:
            assert refund.fields == began
    server.live()
    assert len(refund.history) == (2 if agreed == paid else 3), "and that is the end of it"
    server.server_close()
