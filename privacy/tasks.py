"""Workers export and erase; beat takes up what was left behind, and drops files that have ended."""

from uuid import UUID

from celery import shared_task

from common.workers import drain
from privacy.erasing import do_buyer_requests


@shared_task
def do_requests(ids: list[str]) -> None:
    """Do these requests."""
    do_buyer_requests(ids=[UUID(request_id) for request_id in ids], limit=len(ids))


@shared_task
def resume_requests() -> None:
    """Do what nobody was told of, or who was told died, and what is left of long ones."""
    drain(do_buyer_requests)
