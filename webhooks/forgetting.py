"""The log of deliveries ends somewhere: what has come to an end is kept for thirty days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet

from common import clock
from common.actions import bookkeeping
from common.setbacks import sweep_rows
from webhooks.models import Delivery
from webhooks.states import DeliveryStatus

KEPT_FOR = timedelta(days=30)
BATCH = 1000


def forget_deliveries() -> int:
    """Delete up to BATCH deliveries that nobody looks at any more; returns how many."""
    return sweep_rows("deliveries forgotten", partial(_old, clock.now()), _forget, limit=BATCH)


def _old(now: datetime) -> QuerySet[Delivery]:
    old = Delivery.objects.exclude(status=DeliveryStatus.WAITING).filter(created_at__lt=now - KEPT_FOR)
    return old.order_by("created_at").select_for_update(skip_locked=True)


@bookkeeping("The event that was told stays on record.")
def _forget(deliveries: Sequence[Delivery]) -> None:
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).delete()
