"""Endpoints are called by workers of their own queue: a receiver that is slow keeps nobody else waiting.

Failed calls are kept by any worker.
"""

from celery import shared_task

from common.workers import drain
from webhooks.delivering import call_endpoints
from webhooks.failed_calls import keeping
from webhooks.forgetting import forget_deliveries
from webhooks.planning import plan_deliveries


@shared_task
def deliver_webhooks() -> None:
    """Owe endpoints what is new, and call those that are due."""
    drain(plan_deliveries)
    drain(call_endpoints)


@shared_task
def forget_webhook_deliveries() -> None:
    """Delete what nobody looks at any more."""
    drain(forget_deliveries)


@shared_task
def keep_failed_calls() -> None:
    """Write down what was counted. Once: a program that goes on failing is written down again next time."""
    keeping.write_down_failed_calls()


@shared_task
def forget_failed_calls() -> None:
    """Delete what is older than it is kept."""
    drain(keeping.forget_failed_calls)
