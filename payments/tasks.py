"""Workers settle payments in batches."""

from uuid import UUID

from celery import shared_task

from payments.settlement import BATCH, settle_batch


@shared_task
def settle_payments(payment_ids: list[str]) -> None:
    """Settle these payments now; whatever is lost of it the sweep below finds."""
    settle_batch(ids=[UUID(payment_id) for payment_id in payment_ids], limit=len(payment_ids))


@shared_task
def settle_due_payments() -> None:
    """Settle whatever is due."""
    while settle_batch() == BATCH:
        pass
