"""What falls due at connected shops."""

from common.tenancy import system_scope
from common.upkeep import Sweep
from connectors.hinting import forget_hints
from connectors.waking import wake_shops
from connectors.working import work_on_shops


def sweep_shops() -> int:
    """Give one shop that is due its turn; returns how many there were."""
    with system_scope():
        wake_shops()
    return work_on_shops()


SWEEPS = (
    Sweep("shops followed", sweep_shops, "connectors.tasks.work_on_due_shops"),
    Sweep("hints forgotten", forget_hints, "connectors.tasks.forget_refund_hints"),
)
