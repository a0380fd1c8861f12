"""The upkeep that knows no domain."""

from common.idempotency import forget_answers
from common.upkeep import Sweep

SWEEPS = (Sweep("idempotent answers forgotten", forget_answers, "common.tasks.forget_idempotent_answers"),)
