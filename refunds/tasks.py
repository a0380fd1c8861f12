"""Beat sweeps the deadlines."""

from celery import shared_task

from refunds.sweeps import BATCH, sweep_due_refunds


@shared_task
def sweep_refunds() -> None:
    """Do what every passed deadline brings."""
    while sweep_due_refunds() == BATCH:
        pass
