"""Workers settle payments in batches."""

from celery import shared_task

from payments.settlement import BATCH, settle_batch

# Few, so that a slow gateway's calls are spread over the workers.
TOGETHER = 10


@shared_task
def settle_payments(payment_ids: list[str]) -> None:
    """Settle these payments now; whatever is lost of it the sweep below finds.

    What else is due goes with them: when messages queue up, the first settle the payments of those behind.
    """
    settle_batch(limit=max(len(payment_ids), TOGETHER))


@shared_task
def settle_due_payments() -> None:
    """Settle whatever is due."""
    while settle_batch() == BATCH:
        pass
