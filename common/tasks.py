"""Housekeeping that knows no domain."""

from celery import shared_task
from celery.signals import worker_ready
from django.core.cache import cache

from common import clock
from common.sweeps import forget_answers

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_LIVES_S = 30


@shared_task
def heartbeat() -> None:
    """Tell /readyz that beat schedules and a worker works."""
    cache.set(HEARTBEAT_KEY, clock.now().isoformat(), HEARTBEAT_LIVES_S)


@worker_ready.connect
def first_heartbeat(**kwargs) -> None:
    """A worker that has just started is ready at once."""
    heartbeat()


@shared_task
def forget_idempotent_answers() -> None:
    """Drop kept answers older than a day."""
    while forget_answers():
        pass
