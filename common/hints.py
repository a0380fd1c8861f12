"""Messages that tell workers there is something to do.

They are hints: whatever they ask for is also a due row, so a lost one delays and never loses.
"""

import inspect
from collections.abc import Sequence

from celery import Task, current_app
from kombu import Connection
from kombu.pools import producers

from common.hint_server import ANSWER_WITHIN_S, broker

IDS_A_MESSAGE = 100


class PatientTask(Task):
    """The class of every task: it drops the keywords that it doesn't know.

    During a deployment the queue still holds messages of the other release: they may say too much, but never fail.
    """

    abstract = True

    def __call__(self, *args, **kwargs):
        """Do it."""
        known = inspect.signature(self.run).parameters
        return self.run(*args, **{name: value for name, value in kwargs.items() if name in known})


def tell(task: str, **keywords) -> None:
    """Have a worker do `task`. Without a broker the sweep does it a little later."""

    def send() -> None:
        with producers[brief_connection()].acquire(block=True, timeout=ANSWER_WITHIN_S) as producer:
            current_app.send_task(task, kwargs=keywords, producer=producer, retry=False)

    broker.ask(send, instead=None)


def tell_of(task: str, ids: Sequence) -> None:
    """Have a worker do `task` for the rows with these `ids`, so many a message."""
    for start in range(0, len(ids), IDS_A_MESSAGE):
        tell(task, ids=[str(row_id) for row_id in ids[start : start + IDS_A_MESSAGE]])


def brief_connection() -> Connection:
    """A connection to the broker, not yet made, that waits for no answer longer than ANSWER_WITHIN_S.

    Workers themselves wait longer: they have nothing else to do.
    """
    limits = {"socket_timeout": ANSWER_WITHIN_S, "socket_connect_timeout": ANSWER_WITHIN_S}
    return current_app.connection_for_write(connect_timeout=ANSWER_WITHIN_S, transport_options=limits)
