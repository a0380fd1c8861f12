"""Calls under way.

They end when the service is stopped or their client leaves, and large answers hold nobody.
"""

import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse

from config.front.call import Call
from tests.concurrency.harness import await_
from tests.front.conftest import PATIENCE_S, stand_in

LARGE = 24 * 2**20  # bytes of the stand-in's large answer


@pytest.fixture
def one_thread(tmp_path):
    """A server with one process of one thread."""
    with stand_in(tmp_path, THREADS="1", TMPDIR=str(tmp_path), OPENED_S="1") as web:
        yield web
        web.wake()


@pytest.fixture
def in_background():
    """Starts what it is given in a thread of its own, and returns the future of its result."""
    with ThreadPoolExecutor() as threads:
        yield threads.submit


def test_a_stop_lets_the_calls_under_way_end(one_thread, in_background):
    silent = one_thread.connect()
    answer = in_background(one_thread.ask, "/sleep")
    one_thread.await_calls(1, 0)
    one_thread.process.send_signal(signal.SIGTERM)
    assert closed_unanswered(silent), "it is being stopped"
    one_thread.wake()
    one_thread.process.wait(PATIENCE_S)
    status, _, body = answer.result()
    assert (status, body) == (200, b"slept")


def test_a_stop_answers_what_it_has_begun_to_read_and_closes_what_nothing_came_on(one_thread):
    silent = one_thread.connect()
    assert one_thread.ask("/healthz")[0] == 200, "whoever came before is taken"
    head = b"POST /begun HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    begun = one_thread.connect(head)
    assert begun.recv(100).startswith(b"HTTP/1.1 100 "), "it asks for the body"
    one_thread.process.send_signal(signal.SIGTERM)
    assert closed_unanswered(silent)
    begun.sendall(b"ab")
    assert begun.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert one_thread.process.wait(60) == 0


def closed_unanswered(connection: socket.socket) -> bool:
    """Waits for the server's end of it."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_health_is_answered_while_every_thread_works_and_too_many_are_sent_away(one_thread, in_background):
    calls = [in_background(one_thread.ask, "/sleep") for _ in range(2)]  # one works, one waits
    one_thread.await_calls(1, 1)
    assert one_thread.ask("/healthz")[0] == 200
    status, headers, body = one_thread.ask("/more")
    assert not any(call.done() for call in calls)
    one_thread.wake()
    assert (status, headers["Retry-After"]) == (503, "1")
    assert b'"busy"' in body
    assert [call.result()[0] for call in calls] == [200, 200]


def test_who_reads_a_large_answer_slowly_holds_no_thread(one_thread, tmp_path):
    slow = one_thread.connect(b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    head = slow.recv(10)
    assert head == b"HTTP/1.1 2"
    assert one_thread.ask("/%E4%B8%AD")[2].decode() == "/中"
    wait_for(lambda: list(tmp_path.glob("wanliu-answer-*")) == [])
    received = 0
    while piece := slow.recv(2**20):
        received += len(piece)
    assert received > LARGE, "all of it came, and its head"


def queries(query: str = "SELECT pg_sleep(120)") -> int:
    """How many of these are under way; by default the stand-in's."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE query = %s AND state = 'active'"
    with connection.cursor() as cursor:
        return cursor.execute(sql, [query]).fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_a_query_ends_when_its_reader_has_left(one_thread):
    client = one_thread.connect(b"GET /query HTTP/1.1\r\nHost: localhost\r\n\r\n")
    wait_for(lambda: queries() == 1)
    client.close()
    wait_for(lambda: queries() == 0)
    assert one_thread.ask("/next")[0] == 200


def wait_for(condition):
    await_(condition, "it", PATIENCE_S, glance=0.1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("method", "seconds", "ends"), [("GET", 100, OperationalError), ("POST", 3, None)])
def test_only_reading_is_ended(method, seconds, ends):
    ended, query = [], f"SELECT pg_sleep({seconds})"

    def respond(environ, start):
        try:
            connection.cursor().execute(query)
        except OperationalError as error:
            ended.append(type(error))
        finally:
            connection.close()
        start("200 OK", [])
        return HttpResponse()

    call = Call(respond, {"REQUEST_METHOD": method})
    thread = threading.Thread(target=call.run)
    thread.start()
    wait_for(lambda: queries(query) or not thread.is_alive())
    call.abandon()
    thread.join(PATIENCE_S)
    assert ended == ([ends] if ends else [])


def test_a_call_that_nobody_waits_for_is_not_begun():
    call = Call(lambda environ, start: pytest.fail("begun"), {"REQUEST_METHOD": "POST"})
    call.abandon()
    assert call.run() is None
