"""What falls due for endpoints."""

from common.upkeep import Sweep
from webhooks.delivering import call_endpoints
from webhooks.forgetting import forget_deliveries
from webhooks.planning import plan_deliveries

SWEEPS = (
    Sweep("events owed to endpoints", plan_deliveries, "webhooks.tasks.deliver_webhooks"),
    Sweep("endpoints called", call_endpoints, "webhooks.tasks.deliver_webhooks"),
    Sweep("deliveries forgotten", forget_deliveries, "webhooks.tasks.forget_webhook_deliveries"),
)
