"""Offers that nobody answered in time."""

from common import clock
from common.actors import SYSTEM
from common.tenancy import system_scope
from common.writes import WriteSet
from offers.actions import end_pending
from offers.models import Offer

BATCH = 500


def sweep_due_offers(*, limit: int = BATCH) -> int:
    """Expire up to `limit` pending offers whose time is over; returns how many. The refund's own clock goes on (T7, T9)."""
    now = clock.now()
    with system_scope():
        offers = list(
            Offer.objects.pending()
            .filter(due_at__lte=now)
            .select_related("refund")
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
            .order_by("due_at")[:limit]
        )
        writes = WriteSet()
        end_pending(writes, offers, actor=SYSTEM, now=now)
        writes.flush()
    return len(offers)
