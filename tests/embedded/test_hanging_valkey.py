"""A real Valkey that stands still or is gone: calls go on without it, at the cost of one short wait."""

import os
import signal
import tempfile
from pathlib import Path
from time import monotonic

import pytest
from celery import current_app
from django.test import Client, override_settings

from common import heartbeats, hint_server, hints, rates
from common.hint_server import Courtesy
from config.embedded.paths import broker_url, redis_url
from config.embedded.scratch import running, wait_until_up
from config.embedded.valkey import Valkey

SHORT_S = 2.5  # one wait of half a second, on a busy machine


class Server:
    """The Valkey of this test."""

    def __init__(self, process):
        self.process = process

    def stand_still(self):
        os.killpg(self.process.pid, signal.SIGSTOP)

    def go_on(self):
        os.killpg(self.process.pid, signal.SIGCONT)


@pytest.fixture
def valkey(monkeypatch):
    """A Valkey of its own, for counters, heartbeats and the queue; nobody has been left alone yet."""
    with tempfile.TemporaryDirectory(prefix="wanliu-v") as directory:
        service = Valkey(Path(directory))
        url = redis_url(Path(directory))
        courtesy = Courtesy("hint server")
        for module, name in ((rates, "hint_server"), (heartbeats, "hint_server"), (hints, "broker")):
            monkeypatch.setattr(module, name, courtesy)
        connect = current_app.connection_for_write
        monkeypatch.setattr(
            current_app, "connection_for_write", lambda **options: connect(broker_url(url), **options), raising=False
        )
        hint_server.client.cache_clear()
        with running(service) as process, override_settings(REDIS_URL=url):
            wait_until_up(service, process)
            server = Server(process)
            yield server
            server.go_on()
        hint_server.client.cache_clear()


def took(call) -> float:
    """Seconds."""
    began = monotonic()
    call()
    return monotonic() - began


def request() -> None:
    """What a request asks of the server: two rates, and three workers to be told."""
    rates.over_rate("key", most=10, window_s=60)
    rates.over_rate("buyer", most=10, window_s=60)
    for task in ("payments.tasks.process_notices", "payments.tasks.settle_due_payments", "orders.tasks.ask_carriers"):
        hints.tell(task)


def queued() -> int:
    return sum(hint_server.client().llen(queue) for queue in ("celery", "money"))


def test_a_server_that_hangs_costs_a_request_one_short_wait_and_the_next_ones_none(valkey):
    request()
    assert (queued(), rates.over_rate("key", most=1, window_s=60) > 0) == (3, True)
    valkey.stand_still()
    assert took(request) < SHORT_S
    assert took(lambda: [request() for _ in range(100)]) < SHORT_S
    assert rates.over_rate("key", most=1, window_s=60) == 0, "no limit without a counter"


def test_a_broker_that_hangs_costs_one_short_wait(valkey):
    hints.tell("payments.tasks.process_notices")
    valkey.stand_still()
    assert took(lambda: [hints.tell("payments.tasks.process_notices") for _ in range(100)]) < SHORT_S


def test_a_server_that_comes_back_is_asked_again(valkey, monkeypatch):
    monkeypatch.setattr(hint_server, "REST_S", 0.2)
    valkey.stand_still()
    request()
    valkey.go_on()
    deadline = monotonic() + 10
    while not rates.over_rate("other", most=0, window_s=60):
        assert monotonic() < deadline
    request()
    assert queued() >= 3


@pytest.mark.django_db
def test_ready_says_that_the_broker_hangs_by_a_connection_of_its_own(valkey):
    heartbeats.note_worker("worker-1", ["celery"])
    assert Client().get("/readyz").status_code == 200
    valkey.stand_still()
    began = monotonic()
    answer = Client().get("/readyz")
    assert monotonic() - began < 2 * SHORT_S
    assert (answer.status_code, answer.json()["broker"], answer.json()["database"]) == (503, "failing", "ok")
    assert answer.json()["worker"] == "unknown"
