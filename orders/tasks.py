"""Beat looks after promises; workers ask the carriers."""

from uuid import UUID

from celery import shared_task

from orders import tracking
from orders.parcels import BATCH, sweep_due_parcels


@shared_task
def sweep_parcels() -> None:
    """Flag every promise that is late."""
    while sweep_due_parcels() == BATCH:
        pass


@shared_task
def ask_carriers_about(shipment_ids: list[str]) -> None:
    """Ask about these parcels now; whatever is lost of it the sweep below finds."""
    tracking.ask_carriers(ids=[UUID(shipment_id) for shipment_id in shipment_ids])


@shared_task
def ask_carriers() -> None:
    """Ask about every parcel of which something is wanted."""
    while tracking.ask_carriers() == tracking.BATCH:
        pass
