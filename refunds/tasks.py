"""Beat sweeps the deadlines, and keeps the quality figures and what follows from them; workers decide in bulk."""

from functools import partial
from uuid import UUID

from celery import shared_task

from common import clock
from common.workers import drain
from refunds.deciding import decide_waiting_rows
from refunds.quality.restrictions import review_all, review_one
from refunds.quality.rollup import BATCH as STORES_AT_ONCE
from refunds.quality.rollup import roll_up_days
from refunds.sweeps import BATCH, name_missing_addresses, sweep_due_refunds
from refunds.team.assigning import share_out_refunds
from refunds.unclaimed.matching import match_announced_parcels
from refunds.unclaimed.recording import note_overdue_parcels


@shared_task
def sweep_refunds() -> None:
    """Do what every passed deadline brings, tell returns without an address where to go, and share out new requests.

    Parcels that nobody had announced go to the refunds that have by now, and those whose time has passed are noted.
    """
    while sweep_due_refunds() == BATCH:
        pass
    while name_missing_addresses() == BATCH:
        pass
    while share_out_refunds() == BATCH:
        pass
    while match_announced_parcels() == BATCH:
        pass
    while note_overdue_parcels() == BATCH:
        pass


@shared_task
def review_quality_of(store_id: int) -> None:
    """Look at a store's figures because a refund of it was counted (P7)."""
    review_one(store_id, clock.now())


@shared_task
def review_quality() -> None:
    """Look at the figures of every store that they may concern: the window moves on, orders come in (P7)."""
    review_all()


@shared_task
def roll_up_quality() -> None:
    """Roll up the days that are over."""
    while roll_up_days() == STORES_AT_ONCE:
        pass


@shared_task
def run_decision_jobs(ids: list[str]) -> None:
    """Decide what these jobs have that isn't held."""
    drain(partial(decide_waiting_rows, job_ids=[UUID(job_id) for job_id in ids]))


@shared_task
def resume_decision_jobs() -> None:
    """Take up what was held for its moment, and what was left behind."""
    drain(decide_waiting_rows)
