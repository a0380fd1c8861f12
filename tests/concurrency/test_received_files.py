"""A file that a worker reads: whatever kills the worker, the file is read once, and whole (K2)."""

import io
import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection

from common.models import Event
from common.obligations import FIRST_RETRY_AFTER, LEASE, MAX_ATTEMPTS
from common.tenancy import system_scope
from orders.erp import reading, receiving
from orders.erp.receiving import read_files, receive_file
from orders.erp.running import run_imports
from orders.models import FilePart, ImportRow, ShipmentImport
from tests.concurrency.crash import Moment, around_commits, crash_at, every_crash
from tests.concurrency.harness import await_, together
from tests.concurrency.process import KILLED, ROOT
from tests.concurrency.test_crash_processes import nobody_else_is_connected
from tests.world import MERCHANT, NOON, wait

pytestmark = pytest.mark.rule("K2")
HEADER = "order_number,carrier,tracking_number\n"
ORDERS = 3


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch, broker_tasks):
    """A file in several pieces, and no worker but the test's own."""
    monkeypatch.setattr(receiving, "PART_BYTES", 50)


@pytest.fixture
def received(shop, clock):
    """Makes files that wait to be read: `received()`, of orders that wait to be shipped."""

    def receive(content: str | None = None, **more) -> ShipmentImport:
        orders = [] if content else [shop.order(shipped=False) for _ in range(ORDERS)]
        content = content or HEADER + "".join(f"{order.number},SF,T{at}\n" for at, order in enumerate(orders))
        with shop.scope():
            file = io.BytesIO(content.encode())
            return receive_file(store=shop.store, file=file, name="a.csv", actor=MERCHANT, now=NOON, **more)

    return receive


def kept(job) -> tuple[int, int, int]:
    """(pieces of the file, its rows, events that it has been read)."""
    with system_scope():
        read = Event.objects.filter(subject_id=job.pk, name="shipment_file.uploaded").count()
        return FilePart.objects.filter(job=job).count(), ImportRow.objects.filter(job=job).count(), read


def test_a_process_that_is_killed_around_every_commit_loses_nothing(received, other_process, shop):
    job = received()
    pieces = kept(job)[0]
    assert pieces > 1
    with crash_at(None) as steps:
        assert read_files() == 1
    assert kept(job) == (0, ORDERS, 1)
    for step, moment in around_commits(steps):
        job = received()
        assert other_process.run("files", step=step, moment=moment, at=NOON) == KILLED
        await_(nobody_else_is_connected, "the end of the dead process's connection")
        is_read = shop.reload(job).status == "checked"
        assert kept(job) == ((0, ORDERS, 1) if is_read else (pieces, 0, 0)), (step, moment)
        assert is_read == (step == steps.commits()[-1] and moment == Moment.AFTER)
        wait(seconds=LEASE.total_seconds())
        read_files()
        assert (shop.reload(job).status, kept(job)) == ("checked", (0, ORDERS, 1))


def test_a_connection_that_breaks_at_any_statement_loses_nothing(received, shop):
    job = received()
    with crash_at(None) as steps:
        read_files()
    for step, moment in every_crash(len(steps)):
        job = received()
        with crash_at(step, moment) as broken, suppress(DatabaseError):
            read_files()
        assert broken.crashed
        wait(seconds=FIRST_RETRY_AFTER.total_seconds())  # more than a lease
        read_files()
        assert (shop.reload(job).status, kept(job)) == ("checked", (0, ORDERS, 1)), (step, moment)


# A worker that reads all that has come, and says so before each file is read.
WORKER = """
import sys, time, django
django.setup()
from orders.erp import receiving
read = receiving.read_rows

def slowly(file, **more):
    print("reading", flush=True)
    time.sleep(60)
    return read(file, **more)

receiving.read_rows = slowly
receiving.read_files()
"""


def test_a_worker_that_is_killed_while_it_reads_is_followed_by_another(received, shop):
    job = received(ships_at_once=True)
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    environ = {"DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}"}
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=ROOT,
        env={**os.environ, **environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert worker.stdout.readline().strip() == b"reading"
        assert read_files() == 0, "it is held"
        assert shop.reload(job).leased_until is not None
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(60)
        worker.stdout.close()
    await_(nobody_else_is_connected, "the end of the dead worker's connection")
    assert read_files() == 0, "not before its lease is over"
    wait(seconds=LEASE.total_seconds())
    assert (read_files(), run_imports()) == (1, 1)
    job = shop.reload(job)
    assert (job.status, job.total, kept(job)) == ("done", ORDERS, (0, 0, 1))


def test_two_workers_read_a_file_once(received, shop):
    job = received()
    results = together(read_files, read_files)
    assert sorted(result.value for result in results) == [0, 1]
    assert (shop.reload(job).status, kept(job)) == ("checked", (0, ORDERS, 1))


def test_who_finds_all_places_taken_tries_again_later(received, shop, monkeypatch):
    job = received()
    with monkeypatch.context() as full:
        full.setattr(reading, "READERS", 0)
        full.setattr(receiving, "BY_A_WORKER", reading.Patience(wait_s=0, read_s=9))
        assert read_files() == 1
    left = shop.reload(job)
    assert (left.status, left.attempts, left.leased_until) == ("reading", 1, None)
    assert left.last_error
    assert read_files() == 0, "not before its time"
    wait(seconds=FIRST_RETRY_AFTER.total_seconds())
    assert read_files() == 1
    assert (shop.reload(job).status, shop.reload(job).last_error) == ("checked", "")


def test_what_kills_every_worker_is_left_to_a_person(received, shop):
    job = received()
    with system_scope():
        ShipmentImport.objects.filter(pk=job.pk).update(attempts=MAX_ATTEMPTS)
    read_files()
    job = shop.reload(job)
    assert (job.status, job.needs_attention, job.next_attempt_at) == ("unreadable", True, None)
    assert job.unreadable["code"] == "given_up"
    assert (read_files(), run_imports()) == (0, 0)


def test_a_file_that_cannot_be_read_is_no_failure_of_the_worker(received, shop):
    job = received("a,b\n1,2\n")
    assert read_files() == 1
    job = shop.reload(job)
    assert (job.status, job.next_attempt_at, job.last_error, job.needs_attention) == ("unreadable", None, "", False)
    assert job.unreadable["code"] == "columns_missing"
    assert kept(job) == (0, 0, 0)
