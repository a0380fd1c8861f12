"""What falls due of buyers' requests."""

from common.upkeep import Sweep
from privacy.erasing import do_buyer_requests

SWEEPS = (Sweep("buyers' data", do_buyer_requests, "privacy.tasks.resume_requests"),)
