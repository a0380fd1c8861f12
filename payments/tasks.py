"""Workers settle payments in batches, listen to the gateways, and begin each store's day."""

from celery import shared_task

from common.workers import drain
from payments import reconciling, sweeps
from payments.inbox import process_due_notices
from payments.settlement import settle_batch

# Few, so that a slow gateway's calls are spread over the workers.
TOGETHER = 10


@shared_task
def settle_some_payments(count: int) -> None:
    """Settle `count` (or TOGETHER) of the payments that are due, the longest due first.

    Not those whose reservation sent the message: when messages queue up, the first settle the payments of those behind.
    """
    settle_batch(limit=max(count, TOGETHER))


@shared_task
def settle_due_payments() -> None:
    """Settle every payment that is due, batch after batch."""
    drain(settle_batch)


@shared_task
def process_notices() -> None:
    """Process the gateways' notices that wait in the inbox."""
    drain(process_due_notices)


@shared_task
def open_allowances() -> None:
    """Open the day of every store in whose time zone it has begun (K10)."""
    sweeps.open_allowances()


@shared_task
def reconcile_yesterday() -> None:
    """Compare every gateway's statement of the day that is over with our books, once; hourly until there is one."""
    reconciling.reconcile_yesterday()
