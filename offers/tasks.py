"""Beat sweeps unanswered offers."""

from uuid import UUID

from celery import shared_task

from offers.bulk import resume_jobs, run_job
from offers.insights.rebuild import roll_everything
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


@shared_task
def roll_up_insights() -> None:
    """Keep the daily figures of money kept and lost up to date."""
    roll_everything()


@shared_task
def run_bulk_job(job_id: str) -> None:
    """Send a job's offers."""
    run_job(UUID(job_id))


@shared_task
def resume_bulk_jobs() -> None:
    """Take up the jobs that were left behind."""
    resume_jobs()
