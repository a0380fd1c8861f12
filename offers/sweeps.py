"""What falls due in this room: offers that nobody answered in time, bulk sendings, and what is counted of both."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from common import clock
from common.actors import SYSTEM
from common.setbacks import sweep_rows
from common.upkeep import Sweep
from common.writes import WriteSet
from offers.actions import end_pending
from offers.bulk import send_waiting_rows
from offers.insights.rollup import roll_up
from offers.models import Offer
from offers.statistics import count_ended_offers

BATCH = 500


def sweep_due_offers(*, limit: int = BATCH) -> int:
    """Expire up to `limit` pending offers whose time is over; returns how many.

    The refund's own clock goes on (T7, T9).
    """
    now = clock.now()
    return sweep_rows("offers", partial(_overdue, now), partial(_end, now=now), limit=limit)


def _overdue(now: datetime) -> QuerySet[Offer]:
    offers = Offer.objects.pending().filter(due_at__lte=now).select_related("refund").order_by("due_at")
    return offers.select_for_update(of=("self",), skip_locked=True, no_key=True)


def _end(offers: Sequence[Offer], now: datetime) -> None:
    writes = WriteSet()
    end_pending(writes, offers, actor=SYSTEM, now=now)
    writes.flush()


SWEEPS = (
    Sweep("offers", sweep_due_offers, "offers.tasks.sweep_offers"),
    Sweep("bulk offers", send_waiting_rows, "offers.tasks.resume_bulk_jobs"),
    Sweep("answers counted", count_ended_offers, "offers.tasks.count_offers"),
    Sweep("rolled up", roll_up, "offers.tasks.roll_up_insights"),
)
