"""Beat looks after promises."""

from celery import shared_task

from orders.parcels import BATCH, sweep_due_parcels


@shared_task
def sweep_parcels() -> None:
    """Flag every promise that is late."""
    while sweep_due_parcels() == BATCH:
        pass
