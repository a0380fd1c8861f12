"""The upkeep that knows no domain."""

from common import clock, idempotency
from common.upkeep import Sweep


def forget_answers() -> int:
    """Drop the answers that were kept for repeated requests, a day later; returns how many."""
    return idempotency.forget(now=clock.now())


SWEEPS = (Sweep("idempotent answers forgotten", forget_answers, "common.tasks.forget_idempotent_answers"),)
