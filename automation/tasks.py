"""Beat has the rules look at what was asked for."""

from celery import shared_task

from automation import sweeps
from common.workers import drain


@shared_task
def run_rules() -> None:
    """Rule on every refund that is due."""
    drain(sweeps.run_rules)
