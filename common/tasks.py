"""Housekeeping that knows no domain."""

from celery import shared_task

from common import heartbeats
from common.idempotency import forget_answers
from common.retention import all_retentions
from common.workers import drain


@shared_task
def heartbeat() -> None:
    """Tell whoever looks after the platform that what beat asks for reaches a worker that does it."""
    heartbeats.note_beat()


@shared_task
def forget_idempotent_answers() -> None:
    """Drop kept answers older than a day, until none is left."""
    drain(forget_answers)


@shared_task
def forget_what_is_old() -> None:
    """Let go of every kind of rows that is kept for a while only."""
    for kind in all_retentions():
        drain(kind.step)
