"""What of this room goes after a while."""

from webhooks.failed_calls.keeping import FAILED_CALLS
from webhooks.forgetting import DELIVERIES

RETENTIONS = (DELIVERIES, FAILED_CALLS)
