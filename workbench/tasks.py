"""Workers make the evidence packs; beat takes up what was left behind and drops what is old."""

from uuid import UUID

from celery import shared_task

from common.workers import drain
from refunds.platform.packs import forget_packs
from workbench.cases.packs import make_due_packs


@shared_task
def make_evidence_packs(ids: list[str]) -> None:
    """Make these packs."""
    make_due_packs(ids=[UUID(pack_id) for pack_id in ids], limit=len(ids))


@shared_task
def resume_evidence_packs() -> None:
    """Make what nobody was told of, or who was told died."""
    drain(make_due_packs)


@shared_task
def forget_evidence_packs() -> None:
    """Drop the packs that were asked for a day ago."""
    while forget_packs():
        pass
