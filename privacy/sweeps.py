"""What falls due of buyers' requests."""

from common.upkeep import Sweep
from privacy.erasing import do_buyer_requests
from privacy.retention import ENDED_ORDERS, EXPORTS, LOOKS, STRAY_EXPORTS

SWEEPS = (
    Sweep("buyers' data", do_buyer_requests, "privacy.tasks.resume_requests"),
    Sweep(ENDED_ORDERS.name, ENDED_ORDERS.step, "common.tasks.forget_what_is_old"),
    Sweep(EXPORTS.name, EXPORTS.step, "common.tasks.forget_what_is_old"),
    Sweep(STRAY_EXPORTS.name, STRAY_EXPORTS.step, "common.tasks.forget_what_is_old"),
    Sweep(LOOKS.name, LOOKS.step, "common.tasks.forget_what_is_old"),
)
