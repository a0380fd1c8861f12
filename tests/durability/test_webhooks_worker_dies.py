"""A real worker of webhooks is killed while it calls: everything arrives, and what comes twice bears the same id."""

import threading
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet

from tests.concurrency.process import DONE, NO_BROKER, processes
from tests.durability.desk import await_
from tests.webhooks.receiver import OK, Receiver

SOON_ENOUGH = 240  # seconds: the dead worker's lease of 20 s, and beat's next look, on a busy machine
EVENTS = 6


@pytest.fixture
def receiver():
    there = Receiver()
    yield there
    there.close()


def test_a_worker_that_is_killed_while_it_calls_loses_nothing_and_repeats_are_told_by_their_id(
    desk, receiver, monkeypatch
):
    monkeypatch.setenv("WEBHOOKS_ALLOW_LOOPBACK", "1")
    monkeypatch.setenv("CONNECTOR_KEYS", Fernet.generate_key().decode())
    reached, stay = threading.Event(), threading.Event()

    def hang_at_the_third(call, connection):
        if len(receiver.received) == 3:
            reached.set()
            stay.wait(SOON_ENOUGH)  # it has the message, and whoever sent it never hears so
        connection.sendall(OK)

    receiver.behave = hang_at_the_third
    with processes(**{**desk.environ, "REDIS_URL": NO_BROKER}) as jobs:  # which know the keys, and tell nobody
        ended = jobs.run("listen", step=None, at=datetime.now(UTC), code="store", url=receiver.url)
    assert ended == DONE
    desk.start_webhooks_worker()
    desk.start_beat()
    assert reached.wait(SOON_ENOUGH), "the worker is in the middle of its calls"
    desk.kill("webhooks")
    stay.set()
    assert desk.rows("SELECT count(*) FROM webhooks_delivery WHERE status = 'delivered'") == [(2,)]

    desk.start_webhooks_worker()
    waiting = "SELECT count(*) FROM webhooks_delivery WHERE status <> 'delivered'"
    await_(lambda: desk.rows(waiting) == [(0,)], "what the dead worker had not delivered", SOON_ENOUGH)
    owed = desk.rows("SELECT id FROM webhooks_delivery ORDER BY event")
    assert len(owed) == EVENTS
    heard = [call.headers["webhook-id"] for call in receiver.received]
    assert set(heard) == {str(delivery) for (delivery,) in owed}
    again = [call for call in receiver.received if heard.count(call.headers["webhook-id"]) > 1]
    assert len(again) == 2, "the one that it was killed at came once more"
    assert again[0].headers["webhook-id"] == again[1].headers["webhook-id"]
    assert again[0].body == again[1].body
