"""A real Valkey that stands still or is gone: calls go on without it, at the cost of one short wait."""

import os
import signal
import tempfile
from pathlib import Path

import pytest
from celery import current_app
from django.test import Client, override_settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from common import heartbeats, hint_server, hints, rates
from common.hint_server import Courtesy
from config.embedded.paths import broker_url, redis_url
from config.embedded.scratch import running, wait_until_up
from config.embedded.valkey import Valkey
from tests.concurrency.harness import await_

LONG_S = 600.0  # longer than a test


class CountedCourtesy(Courtesy):
    """Counts how often somebody has waited in vain, for ANSWER_WITHIN_S each time."""

    waited = 0

    def ask(self, question, *, instead):
        """As ever."""

        def counted():
            try:
                return question()
            except (RedisError, OperationalError):
                self.waited += 1
                raise

        return super().ask(counted, instead=instead)


class Server:
    """The Valkey of this test, and the courtesy that is shown to it."""

    def __init__(self, process, courtesy):
        self.process, self.courtesy = process, courtesy

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
        courtesy = CountedCourtesy("hint server")
        monkeypatch.setattr(hint_server, "REST_S", LONG_S)
        for module, name in ((rates, "hint_server"), (heartbeats, "hint_server"), (hints, "broker")):
            monkeypatch.setattr(module, name, courtesy)
        connect = current_app.connection_for_write
        monkeypatch.setattr(
            current_app, "connection_for_write", lambda **options: connect(broker_url(url), **options), raising=False
        )
        hint_server.client.cache_clear()
        with running(service) as process, override_settings(REDIS_URL=url):
            wait_until_up(service, process)
            server = Server(process, courtesy)
            yield server
            server.go_on()
        hint_server.client.cache_clear()


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
    request()
    assert valkey.courtesy.waited == 1
    for _ in range(100):
        request()
    assert valkey.courtesy.waited == 1
    assert hint_server.client().connection_pool.connection_kwargs["socket_timeout"] == hint_server.ANSWER_WITHIN_S
    assert rates.over_rate("key", most=1, window_s=60) == 0, "no limit without a counter"


def test_a_broker_that_hangs_costs_one_short_wait(valkey):
    hints.tell("payments.tasks.process_notices")
    valkey.stand_still()
    for _ in range(100):
        hints.tell("payments.tasks.process_notices")
    assert valkey.courtesy.waited == 1


def test_a_server_that_comes_back_is_asked_again(valkey, monkeypatch):
    monkeypatch.setattr(hint_server, "REST_S", 0.2)
    valkey.stand_still()
    request()
    valkey.go_on()
    await_(lambda: rates.over_rate("other", most=0, window_s=60), "it to be asked again", glance=0.1)
    await_(lambda: request() or queued() >= 3, "workers to be told", glance=0.1)


@pytest.mark.django_db
def test_ready_says_that_the_broker_hangs_by_a_connection_of_its_own(valkey):
    heartbeats.note_worker("worker-1", ["celery"])
    assert Client().get("/readyz").status_code == 200
    valkey.stand_still()
    answer = Client().get("/readyz")  # while it stands still
    assert (answer.status_code, answer.json()["broker"], answer.json()["database"]) == (503, "failing", "ok")
    assert answer.json()["worker"] == "unknown"
