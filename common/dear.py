"""Work that costs much (exports, imports, pictures, a year's figures): few at once, and more time for each.

Without a bound one store's ten downloads would be everybody's wait. Places are counted in the cache for the whole
installation, per owner, and in each process for all of them together.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from uuid import uuid4

from django.utils.translation import gettext as _

from common import time_limits
from common.errors import Busy
from common.hint_server import client, hint_server
from common.metering import noting

MOST_OF_ONE = 3
MOST_IN_PROCESS = 2
MOST_LONG = 3  # of a process's four threads: the last one is everybody else's
LIVES_S = 300  # a place whose holder died is free again by then
WAIT_S = 5

_in_process = threading.BoundedSemaphore(MOST_IN_PROCESS)
_long = threading.BoundedSemaphore(MOST_LONG)


@contextmanager
def within_place(places: threading.Semaphore, busy: Busy) -> Iterator[None]:
    """Hold one of these places, or raise `busy` at once."""
    if not places.acquire(blocking=False):
        noting.limit_reached("dear")
        raise busy
    try:
        yield
    finally:
        places.release()


def long_work(busy: Busy) -> AbstractContextManager[None]:
    """A place for whatever keeps a thread for seconds, waiting included."""
    return within_place(_long, busy)


@contextmanager
def dear(owner: str) -> Iterator[None]:
    """Hold a place of `owner` (a store, a user) while the work is done. Busy when there is none."""
    busy = Busy(_("Too many large tasks are running; try again when one of them is done."), wait_s=WAIT_S)
    with long_work(busy), within_place(_in_process, busy):
        place = uuid4().hex
        # A server that is down lets everything pass: the process has its own bound.
        if not hint_server.ask(partial(_take, owner, place), instead=True):
            noting.limit_reached("dear")
            raise busy
        try:
            time_limits.allow(time_limits.DEAR_MS)
            yield
        finally:
            hint_server.ask(partial(_give_back, owner, place), instead=None)


# Takes a place where one of the few is free, by the server's own clock: one that is ahead would free everybody's.
_TAKE = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


def _take(owner: str, place: str) -> bool:
    """Whether `place` is one of the owner's few."""
    return bool(client().eval(_TAKE, 1, f"dear:{owner}", place, MOST_OF_ONE, LIVES_S))


def _give_back(owner: str, place: str) -> None:
    client().zrem(f"dear:{owner}", place)
