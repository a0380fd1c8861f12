"""Endpoints are called by workers of their own queue: a receiver that is slow keeps nobody else waiting."""

from celery import shared_task

from common.workers import drain
from webhooks.delivering import call_endpoints
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
