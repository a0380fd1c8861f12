"""Workers give each shop its turn, some side by side; beat looks for those that are due, and for what was forgotten."""

from functools import partial
from uuid import UUID

from celery import shared_task

from common.tenancy import system_scope
from common.workers import drain
from connectors import working
from connectors.hinting import BATCH, forget_hints
from connectors.waking import wake_shops


@shared_task
def work_on_these_shops(ids: list[str]) -> None:
    """Give these shops a turn now; whatever is lost of it the sweep below finds."""
    wanted = [UUID(connection_id) for connection_id in ids]
    drain(partial(working.work_on_shops, ids=wanted), at_once=working.shops_due(ids=wanted))


@shared_task
def work_on_due_shops() -> None:
    """Give every shop that is due its turn."""
    with system_scope():
        wake_shops()
    drain(working.work_on_shops, at_once=working.shops_due())


@shared_task
def forget_refund_hints() -> None:
    """Delete what no platform repeats any more."""
    while forget_hints() == BATCH:
        pass
