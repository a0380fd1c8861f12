"""Workers settle payments in batches, listen to the gateways, and begin each store's day."""

import logging

from celery import shared_task

from common import clock
from common.tenancy import system_scope
from payments.allowances import open_day_allowances
from payments.gateways import usable_gateways
from payments.gateways.base import NoStatement
from payments.inbox import BATCH as NOTICES
from payments.inbox import process_due_notices
from payments.reconciling import is_reconciled, reconcile, yesterday
from payments.settlement import BATCH, settle_batch

log = logging.getLogger("wanliu.payments")

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
    with system_scope():
        open_day_allowances(now=clock.now())


@shared_task
def reconcile_yesterday() -> None:
    """Compare every gateway's statement of the day that is over in China with our books, once; hourly until there is one."""
    now = clock.now()
    day = yesterday(now)
    for name in usable_gateways():
        if is_reconciled(name=name, day=day):
            continue
        try:
            reconcile(name=name, day=day, now=now)
        except NoStatement as reason:
            log.warning("no statement of %s yet: %s", name, reason)
