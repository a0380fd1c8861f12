"""The server that carries hints: asked briefly, and left alone for some seconds once it hasn't answered.

Counters of rates, progress bars, heartbeats and, unless there is a broker of its own, the queue. None of it is the
truth, so nobody waits for it: a server that hangs costs one short wait, and then nothing until it is tried again.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import TypeVar

from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from common.sentinels import connect_hint_server

log = logging.getLogger("wanliu.hints")

ANSWER_WITHIN_S = 0.5
REST_S = 5.0

Answer = TypeVar("Answer")


class Courtesy:
    """A server that may be gone. After a failure nobody asks it for REST_S; then one caller tries."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._asked_again_at = 0.0
        self._lock = Lock()

    def ask(self, question: Callable[[], Answer], *, instead: Answer) -> Answer:
        """What `question` returns; `instead` while the server rests, or when it fails now."""
        if not self._may_be_asked():
            return instead
        try:
            answer = question()
        except (RedisError, OperationalError) as error:
            self._asked_again_at = monotonic() + REST_S
            log.warning("the %s does not answer (%r): left alone for %g s", self.name, error, REST_S)
            return instead
        self.forgive()
        return answer

    def forgive(self) -> None:
        """It may be asked again."""
        self._asked_again_at = 0.0

    def _may_be_asked(self) -> bool:
        if not self._asked_again_at:
            return True
        with self._lock:
            if monotonic() < self._asked_again_at:
                return False
            self._asked_again_at = monotonic() + REST_S  # for the others, until this one knows
            return True


hint_server = Courtesy("hint server")
broker = Courtesy("broker") if settings.BROKER_IS_APART else hint_server


@lru_cache
def client() -> Redis:
    """The hint server itself; it never waits for longer than ANSWER_WITHIN_S, and never tries twice.

    Of several that sentinels watch it is whoever leads; a sentinel that is gone costs a new connection as much again.
    """
    return connect_hint_server(
        settings.REDIS_URL,
        socket_timeout=ANSWER_WITHIN_S,
        socket_connect_timeout=ANSWER_WITHIN_S,
        retry=Retry(NoBackoff(), 0),
    )
