"""/readyz: what a request needs, who does its work, and what is only told of."""

import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.test import Client

from common import heartbeats
from common.hint_server import client

pytestmark = pytest.mark.django_db


def ready() -> tuple[int, dict]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


def long_ago(name: str, queue: str = "celery") -> None:
    """The worker's last heartbeat is older than it may be."""
    client().zadd(f"workers:{queue}", {name: client().time()[0] - heartbeats.LIVES_S})


def test_everything_answers():
    heartbeats.note_worker("a@one", ["celery"])
    heartbeats.note_beat_of("one")
    assert ready() == (
        200,
        {
            "status": "ok",
            "database": "ok",
            "broker": "ok",
            "clock": "ok",
            "worker": "ok",
            "workers": {"celery": 1},
            "beat": "ok",
        },
    )


def test_without_any_worker_it_is_not_ready_and_says_so():
    status, told = ready()
    assert (status, told["status"], told["worker"], told["workers"]) == (503, "failing", "failing", {})


def test_one_dead_worker_of_two_is_seen_and_takes_no_web_process_out_of_service():
    for name in ("a@one", "b@two"):
        heartbeats.note_worker(name, ["celery", "slow"])
    long_ago("b@two")
    status, told = ready()
    assert (status, told["worker"], told["workers"]) == (200, "ok", {"celery": 1, "slow": 2})
    for name in ("a@one", "b@two"):
        long_ago(name, "slow")
    status, told = ready()
    assert (status, told["worker"], told["workers"]) == (200, "ok", {"celery": 1, "slow": 0})


def test_workers_of_another_queue_dont_stand_for_those_of_the_main_one():
    heartbeats.note_worker("a@one", ["celery"])
    heartbeats.note_worker("w@one", ["webhooks"])
    long_ago("a@one")
    status, told = ready()
    assert (status, told["worker"], told["workers"]) == (503, "failing", {"celery": 0, "webhooks": 1})


def test_the_broker_is_asked_and_not_the_cache(monkeypatch):
    heartbeats.note_worker("a@one", ["celery"])
    connect = current_app.connection_for_write
    nowhere = "redis+socket:///nowhere/valkey.sock?virtual_host=0"
    monkeypatch.setattr(
        current_app, "connection_for_write", lambda **options: connect(nowhere, **options), raising=False
    )
    status, told = ready()
    assert (status, told["broker"], told["worker"]) == (503, "failing", "ok")


def test_the_database_is_asked(monkeypatch):
    heartbeats.note_worker("a@one", ["celery"])

    def refuse(*args, **kwargs):
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr(connection, "cursor", refuse)
    status, told = ready()
    assert (status, told["database"], told["broker"]) == (503, "failing", "ok")
    assert "shutting down" not in str(told)


def test_a_silent_beat_is_told_of_and_nothing_more():
    heartbeats.note_worker("a@one", ["celery"])
    status, told = ready()
    assert (status, told["beat"]) == (200, "silent")


def test_a_worker_s_own_heartbeat_notes_it_every_few_seconds(monkeypatch):
    class Heart:
        class eventer:
            hostname = "c@three"

    monkeypatch.setattr(heartbeats, "_last_told", {})
    for _ in range(3):
        heartbeats.tell_heartbeat(sender=Heart)
    assert heartbeats.live_workers() == {"celery": 1}
    assert client().zscore("workers:celery", "c@three") is not None
