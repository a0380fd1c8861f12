"""A server that may be gone: one short wait, and then nobody waits until it has had its rest."""

import pytest
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError, TimeoutError

from common import hint_server
from common.hint_server import REST_S, Courtesy


class Clock:
    """Stands until it is moved."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(hint_server, "monotonic", clock)
    return clock


class Server:
    """Answers 7, or raises what it is told to raise; counts how often it was asked."""

    error, asked = None, 0

    def __call__(self):
        self.asked += 1
        if self.error is not None:
            raise self.error
        return 7


@pytest.fixture
def server():
    return Server()


@pytest.mark.parametrize("error", [ConnectionError("refused"), TimeoutError("hangs"), OperationalError("no broker")])
def test_a_server_that_fails_is_left_alone_and_then_tried_again(clock, server, error):
    courtesy = Courtesy("cache")
    assert courtesy.ask(server, instead=0) == 7
    server.error = error
    assert [courtesy.ask(server, instead=0) for _ in range(50)] == [0] * 50
    assert server.asked == 2, "once well, once badly"
    clock.now += REST_S - 0.1
    assert (courtesy.ask(server, instead=0), server.asked) == (0, 2)
    clock.now += 0.1
    assert (courtesy.ask(server, instead=0), server.asked) == (0, 3)
    clock.now += REST_S
    server.error = None
    assert [courtesy.ask(server, instead=0) for _ in range(3)] == [7] * 3


def test_while_one_tries_again_the_others_do_not_wait(clock, server):
    courtesy = Courtesy("cache")
    server.error = TimeoutError("hangs")
    courtesy.ask(server, instead=0)
    clock.now += REST_S
    server.error = None

    def slow():
        assert courtesy.ask(server, instead=0) == 0, "another thread, meanwhile"
        return server()

    assert courtesy.ask(slow, instead=0) == 7
    assert server.asked == 2


def test_a_fault_of_ours_is_not_taken_for_the_server_s(clock, server):
    courtesy = Courtesy("cache")
    server.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        courtesy.ask(server, instead=0)
    server.error = None
    assert courtesy.ask(server, instead=0) == 7
