"""Beat ends offers that nobody answered and counts those that ended; workers send in bulk."""

from functools import partial
from uuid import UUID

from celery import shared_task

from common.workers import drain
from offers.bulk import send_waiting_rows
from offers.insights.rebuild import roll_everything
from offers.statistics import count_ended_offers
from offers.sweeps import BATCH, end_unkeepable_offers, sweep_due_offers


@shared_task
def sweep_offers() -> None:
    """Expire every offer whose time is over, and end those that can't be kept."""
    while sweep_due_offers() == BATCH:
        pass
    end_unkeepable_offers()


@shared_task
def count_offers() -> None:
    """Teach the recommendation what buyers answered."""
    drain(count_ended_offers)


@shared_task
def roll_up_insights() -> None:
    """Keep the daily figures of money kept and lost up to date."""
    roll_everything()


@shared_task
def run_bulk_jobs(ids: list[str]) -> None:
    """Send these jobs' offers."""
    drain(partial(send_waiting_rows, job_ids=[UUID(job_id) for job_id in ids]))


@shared_task
def resume_bulk_jobs() -> None:
    """Take up the jobs that were left behind."""
    drain(send_waiting_rows)
