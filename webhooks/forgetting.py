"""The log of deliveries ends somewhere; the events that were told stay on record."""

from django.utils.translation import gettext_lazy

from common.retention import Retention
from webhooks.models import Delivery
from webhooks.states import DeliveryStatus

DELIVERIES = Retention(
    "deliveries forgotten",
    gettext_lazy("Webhook deliveries that have ended"),
    Delivery,
    "created_at",
    "KEEP_DELIVERIES_DAYS",
    which=lambda rows: rows.exclude(status=DeliveryStatus.WAITING),
)


def forget_deliveries() -> int:
    """Delete a batch of deliveries that nobody looks at any more; returns how many."""
    return DELIVERIES.step()
