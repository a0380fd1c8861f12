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

from common import clock, time_limits
from common.errors import Busy
from common.hint_server import client, hint_server

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
            raise busy
        try:
            time_limits.allow(time_limits.DEAR_MS)
            yield
        finally:
            hint_server.ask(partial(_give_back, owner, place), instead=None)


def _take(owner: str, place: str) -> bool:
    """Whether `place` is one of the owner's few."""
    name, now = f"dear:{owner}", clock.now().timestamp()
    asking = client().pipeline(transaction=True)
    asking.zremrangebyscore(name, "-inf", now).zadd(name, {place: now + LIVES_S}).zcard(name).expire(name, LIVES_S)
    if asking.execute()[2] <= MOST_OF_ONE:
        return True
    _give_back(owner, place)
    return False


def _give_back(owner: str, place: str) -> None:
    client().zrem(f"dear:{owner}", place)
