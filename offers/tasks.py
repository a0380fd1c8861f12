"""Beat sweeps unanswered offers."""

from celery import shared_task

from offers.sweeps import BATCH, sweep_due_offers


@shared_task
def sweep_offers() -> None:
    """Expire every offer whose time is over."""
    while sweep_due_offers() == BATCH:
        pass
