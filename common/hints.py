"""Messages that tell workers there is something to do.

They are hints: whatever they ask for is also a due row, so a lost one delays and never loses.
"""

import inspect
import logging
from collections.abc import Sequence
from time import sleep

from celery import Task, current_app
from celery.exceptions import Ignore
from kombu import Connection
from kombu.pools import producers

from common.clock_check import seconds_off
from common.hint_server import ANSWER_WITHIN_S, broker, client, hint_server

log = logging.getLogger("wanliu.hints")

IDS_A_MESSAGE = 100
FILLS_UP_S = 0.2  # what becomes due meanwhile is done together
TOLD_FOR_MS = 5_000  # a message that nobody has begun by then is taken for lost


class PatientTask(Task):
    """The class of every task: it drops the keywords that it doesn't know, and goes by a right clock only.

    During a deployment the queue still holds messages of the other release: they may say too much, but never fail. A
    message that a worker with a wrong clock has taken is lost, as any may be: what it asks for is a due row.
    """

    abstract = True

    def __call__(self, *args, **kwargs):
        """Do it. Ignore, in a worker whose clock is wrong."""
        if not (self.request.called_directly or self.request.is_eager) and seconds_off():
            log.warning("%s is left to workers whose clock is right", self.name)
            raise Ignore
        known = inspect.signature(self.run).parameters
        return self.run(*args, **{name: value for name, value in kwargs.items() if name in known})


def tell(task: str, **keywords) -> None:
    """Have a worker do `task`. Without a broker the sweep does it a little later."""

    def send() -> None:
        with producers[brief_connection()].acquire(block=True, timeout=ANSWER_WITHIN_S) as producer:
            current_app.send_task(task, kwargs=keywords, producer=producer, retry=False)

    broker.ask(send, instead=None)


def tell_once(task: str) -> None:
    """Have a worker do `task`, unless one is told already and hasn't begun: it will see what has been committed by now.

    Only for a task that begins with `fill_up` and does all that is due.
    """
    if hint_server.ask(lambda: client().set(_told(task), 1, nx=True, px=TOLD_FOR_MS), instead=True):
        tell(task)


def fill_up(task: str) -> None:
    """Wait a moment for more of the same work. Whoever is told from now on sends a message of their own."""
    sleep(FILLS_UP_S)
    hint_server.ask(lambda: client().delete(_told(task)), instead=None)


def _told(task: str) -> str:
    return f"told:{task}"


def tell_of(task: str, ids: Sequence) -> None:
    """Have a worker do `task` for the rows with these `ids`, so many a message."""
    for start in range(0, len(ids), IDS_A_MESSAGE):
        tell(task, ids=[str(row_id) for row_id in ids[start : start + IDS_A_MESSAGE]])


def brief_connection() -> Connection:
    """A connection to the broker, not yet made, that waits for no answer longer than ANSWER_WITHIN_S.

    Workers themselves wait longer: they have nothing else to do.
    """
    names = ("socket_timeout", "socket_connect_timeout", "read_timeout", "write_timeout")  # Valkey's, RabbitMQ's
    limits = dict.fromkeys(names, ANSWER_WITHIN_S)
    return current_app.connection_for_write(connect_timeout=ANSWER_WITHIN_S, transport_options=limits)
