"""Workers settle payments in batches, listen to the gateways, and begin each store's day."""

from celery import shared_task

from common.hints import fill_up
from common.workers import drain
from payments import reconciling, sweeps
from payments.actions import SETTLE
from payments.inbox import PROCESS_NOTICES, process_due_notices
from payments.settlement import settle_batch


@shared_task
def settle_due_payments() -> None:
    """Settle every payment that is due, batch after batch, those that become due in this moment with them."""
    fill_up(SETTLE)
    drain(settle_batch)


@shared_task
def settle_some_payments() -> None:
    """What the release before tells."""
    settle_due_payments()


@shared_task
def process_notices() -> None:
    """Process the gateways' notices that wait in the inbox, those that arrive in this moment with them."""
    fill_up(PROCESS_NOTICES)
    drain(process_due_notices)


@shared_task
def open_allowances() -> None:
    """Open the day of every store in whose time zone it has begun (K10)."""
    sweeps.open_allowances()


@shared_task
def reconcile_yesterday() -> None:
    """Compare every gateway's statement of the day that is over with our books, once; hourly until there is one."""
    reconciling.reconcile_yesterday()
