"""Worker, broker and database are killed; what was promised is paid, once."""

from contextlib import contextmanager
from time import sleep

import psycopg
import pytest

from common.obligations import LEASE
from config.schedule import SCHEDULE
from tests.durability.desk import await_

pytestmark = pytest.mark.rule("T5", "T10")

PATIENCE_S = 240  # the machine may be busy: how soon all is well on a quiet one, docs/reliability.md measures
SOON_ENOUGH = 60  # seconds in which whatever a dead worker held must be done


@contextmanager
def gateway_hangs_at(desk, key: str):
    """An open transaction holds the gateway's row of this key: whoever pays it stands still amid its batch."""
    with psycopg.connect(desk.environ["DATABASE_URL"]) as connection:
        connection.execute(
            "INSERT INTO payments_sandboxtransfer (key, buyer_id, amount, outcome, calls) VALUES (%s, '', 1, '', 0)",
            [key],
        )
        yield
        connection.rollback()


def pending(desk, place: int) -> str:
    """The key of the payment that is settled at this place, counted from 1."""
    rows = desk.rows("SELECT id FROM payments_payment WHERE status = 'pending' ORDER BY next_attempt_at, id")
    return str(rows[place - 1][0])


def somebody_waits(desk) -> bool:
    """Whether a backend waits for another's transaction."""
    return desk.rows("SELECT 1 FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0") != []


def test_what_a_dead_worker_held_is_free_and_asked_for_within_a_minute():
    """By the figures that workers and beat go by: its lease is over, and beat has asked for payments once more."""
    assert LEASE.total_seconds() + 2 * SCHEDULE["settle-payments"]["schedule"] < SOON_ENOUGH


def test_a_killed_worker_and_an_emptied_broker_delay_payments_and_lose_none(desk):
    desk.start_beat()
    desk.start_worker()
    desk.offer("told", 1)
    desk.accept_all(told=True)
    await_(lambda: desk.payments() == {"succeeded": 1}, "the worker that was told")

    desk.offer("deaf", 30)
    desk.kill("worker")
    desk.accept_all()
    assert desk.payments() == {"succeeded": 1, "pending": 30}, "accepted without worker and broker"
    with gateway_hangs_at(desk, pending(desk, 15)):
        desk.start_worker()
        await_(lambda: somebody_waits(desk), "the worker in the middle of its batch", PATIENCE_S)
        desk.kill("worker")
    assert desk.payments() == {"succeeded": 1, "processing": 30}
    [(paid,)] = desk.rows("SELECT count(*) FROM payments_sandboxtransfer")
    assert paid in (15, 16), "fourteen paid, perhaps the one that was asked for too, and none of them booked"

    desk.redis().flushall()
    desk.start_worker()
    await_(lambda: desk.payments() == {"succeeded": 31}, "the payments of the dead worker", PATIENCE_S)
    desk.assert_all_paid_once(31)
    assert desk.rows("SELECT max(calls) FROM payments_sandboxtransfer") == [(1,)], "looked up, not paid again"


def test_what_a_killed_child_of_a_worker_held_is_paid(desk):
    """Celery hears of its death and redelivers the message at once; what it held is free when its lease is over."""
    desk.offer("store", 5)
    desk.accept_all()
    with gateway_hangs_at(desk, pending(desk, 3)):
        desk.start_worker()
        desk.start_beat()
        await_(lambda: somebody_waits(desk), "the worker in the middle of its batch", PATIENCE_S)
        desk.kill_child("worker")
    await_(lambda: desk.payments() == {"succeeded": 5}, "the payments of the dead child", PATIENCE_S)
    desk.assert_all_paid_once(5)
    assert desk.servers["worker"].poll() is None, "it is still the first worker"


def test_a_worker_outlives_its_broker_whatever_it_was_doing(desk):
    """The broker dies while a task is on, then the worker's children do, and the connection is lost again and again."""
    desk.offer("store", 3)
    desk.accept_all()
    desk.start_beat()
    with gateway_hangs_at(desk, pending(desk, 2)):
        desk.start_worker()
        await_(lambda: somebody_waits(desk), "the worker in the middle of its batch", PATIENCE_S)
        desk.kill("valkey")
        desk.kill_child("worker")
        sleep(5)  # the worker looks for its broker in vain
        desk.start_service(desk.valkey)
    await_(lambda: desk.payments() == {"succeeded": 3}, "the payments of the dead child", PATIENCE_S)
    for _ in range(3):
        desk.redis().client_kill_filter(_type="normal", skipme=True)
        sleep(2)
    desk.offer("more", 2)
    desk.accept_all(told=True)
    await_(lambda: desk.payments() == {"succeeded": 5}, "the worker that has lost its connection", PATIENCE_S)
    assert desk.servers["worker"].poll() is None, "it is still the first worker"
    desk.assert_all_paid_once(5)


def test_what_was_accepted_is_paid_after_postgresql_was_killed(durable_desk):
    desk = durable_desk
    desk.start_worker()
    desk.start_beat()
    desk.offer("store", 3)
    desk.accept_all()
    desk.kill("postgres")
    desk.redis().flushall()

    desk.start_service(desk.postgres)

    assert desk.rows("SELECT status, count(*) FROM offers_offer GROUP BY status") == [("accepted", 3)]
    await_(lambda: desk.payments() == {"succeeded": 3}, "the worker that lost its connection", PATIENCE_S)
    desk.assert_all_paid_once(3)
    assert desk.servers["worker"].poll() is None, "it is still the first worker"
