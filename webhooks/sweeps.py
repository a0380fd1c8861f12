"""What falls due for endpoints, and of calls that failed."""

from common.upkeep import Sweep
from webhooks.delivering import call_endpoints
from webhooks.failed_calls.keeping import forget_failed_calls, write_down_failed_calls
from webhooks.forgetting import forget_deliveries
from webhooks.planning import plan_deliveries

SWEEPS = (
    Sweep("events owed to endpoints", plan_deliveries, "webhooks.tasks.deliver_webhooks"),
    Sweep("endpoints called", call_endpoints, "webhooks.tasks.deliver_webhooks"),
    Sweep("failed calls written down", write_down_failed_calls, "webhooks.tasks.keep_failed_calls"),
    Sweep("failed calls forgotten", forget_failed_calls, "webhooks.tasks.forget_failed_calls"),
    Sweep("deliveries forgotten", forget_deliveries, "webhooks.tasks.forget_webhook_deliveries"),
)
