"""Beat sweeps unanswered offers."""

from celery import shared_task

from offers.statistics import BATCH as COUNTED_AT_ONCE
from offers.statistics import count_ended_offers
from offers.sweeps import BATCH, sweep_due_offers


@shared_task
def sweep_offers() -> None:
    """Expire every offer whose time is over."""
    while sweep_due_offers() == BATCH:
        pass


@shared_task
def count_offers() -> None:
    """Teach the recommendation what buyers answered."""
    while count_ended_offers() == COUNTED_AT_ONCE:
        pass
