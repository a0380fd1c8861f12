"""The Celery application some minutes later: every lease of a worker that died is over.

celery -A tests.durability.later worker
"""

from common import clock
from config.celery import app

__all__ = ["app"]

_now = clock.now


def now():
    """The present and a lease."""
    from payments.actions import ATTEMPT_LEASE  # Django is ready only now

    return _now() + ATTEMPT_LEASE


clock.now = now
