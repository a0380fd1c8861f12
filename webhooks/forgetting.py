"""The log of deliveries ends somewhere: what has come to an end is kept for thirty days."""

from datetime import timedelta

from common import clock
from common.actions import bookkeeping
from webhooks.models import Delivery
from webhooks.states import DeliveryStatus

KEPT_FOR = timedelta(days=30)
BATCH = 1000


@bookkeeping("The event that was told stays on record.", alone=True)
def forget_deliveries() -> int:
    """Delete up to BATCH deliveries that nobody looks at any more; returns how many."""
    old = Delivery.objects.exclude(status=DeliveryStatus.WAITING).filter(created_at__lt=clock.now() - KEPT_FOR)
    return Delivery.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).delete()[0]
