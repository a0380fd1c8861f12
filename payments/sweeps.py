"""What falls due in this room: payments, what gateways told, each store's day, the comparison of the day before."""

from common import clock
from common.setbacks import sweep_together
from common.tenancy import system_scope
from common.upkeep import Sweep
from payments.allowances import open_day_allowances
from payments.inbox import process_due_notices
from payments.reconciling import reconcile_yesterday
from payments.retention import NOTICES
from payments.settlement import settle_batch
from stores.models import Store


def open_allowances() -> int:
    """Open the day of every store in whose time zone it has begun; returns how many (K10)."""
    now = clock.now()

    def open_(**stores) -> int:
        with system_scope():
            return open_day_allowances(now=now, **stores)

    return sweep_together(
        "allowances opened", lambda without: open_(without=without), lambda store_id: open_(only=store_id), _store_ids
    )


def _store_ids() -> list[int]:
    with system_scope():
        return list(Store.objects.order_by("pk").values_list("pk", flat=True))


SWEEPS = (
    Sweep("settlements", settle_batch, "payments.tasks.settle_due_payments", of_stores=True),
    Sweep("notices", process_due_notices, "payments.tasks.process_notices"),
    Sweep("allowances opened", open_allowances, "payments.tasks.open_allowances", of_stores=True),
    Sweep("statements compared", reconcile_yesterday, "payments.tasks.reconcile_yesterday"),
    Sweep(NOTICES.name, NOTICES.step, "common.tasks.forget_what_is_old"),
)
