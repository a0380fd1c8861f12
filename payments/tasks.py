"""Workers settle payments in batches, listen to the gateways, and begin each store's day."""

from celery import shared_task

from payments import reconciling, sweeps
from payments.inbox import BATCH as NOTICES
from payments.inbox import process_due_notices
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


@shared_task
def process_notices() -> None:
    """Do what gateways told us."""
    while process_due_notices() == NOTICES:
        pass


@shared_task
def open_allowances() -> None:
    """Open the day of every store in whose time zone it has begun (K10)."""
    sweeps.open_allowances()


@shared_task
def reconcile_yesterday() -> None:
    """Compare every gateway's statement of the day that is over with our books, once; hourly until there is one."""
    reconciling.reconcile_yesterday()
