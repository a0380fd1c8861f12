"""What falls due in this room: offers that nobody answered in time, bulk sendings, and what is counted of both."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from common import clock
from common.actors import SYSTEM
from common.setbacks import sweep_apart, sweep_rows
from common.upkeep import Sweep
from offers.actions import end_if_unkeepable, expire_offers
from offers.bulk import send_waiting_rows
from offers.insights.rollup import roll_up
from offers.models import Offer
from offers.retention import BULK_JOBS
from offers.states import OUT
from offers.statistics import count_ended_offers

BATCH = 500


def sweep_due_offers(*, limit: int = BATCH) -> int:
    """Expire up to `limit` offers whose time is over; returns how many.

    The refund's own clock goes on (T7, T9).
    """
    now = clock.now()
    return sweep_rows(
        "offers",
        partial(_overdue, now),
        lambda offers: expire_offers(offers=offers, actor=SYSTEM, now=now),
        limit=limit,
    )


def _overdue(now: datetime) -> QuerySet[Offer]:
    offers = Offer.objects.out().filter(due_at__lte=now).select_related("refund").order_by("due_at")
    return offers.select_for_update(of=("self",), skip_locked=True, no_key=True)


def end_unkeepable_offers(*, limit: int = BATCH) -> int:
    """End pending offers that promise more than other refunds have left of their orders; returns how many (Q8).

    Only those in doubt are looked at: whoever holds more of an order says so (`doubt_offers`).
    """
    now = clock.now()
    ends = partial(_end_unkeepable, now=now)
    return sweep_apart("offers that can't be kept", partial(_unkeepable, now), ends, limit=limit)


def _unkeepable(now: datetime) -> QuerySet[Offer]:
    return Offer.objects.pending().filter(is_in_doubt=True, due_at__gt=now).order_by("id")


def _end_unkeepable(offers: Sequence[Offer], now: datetime) -> None:
    for offer in offers:  # each locks its order first
        end_if_unkeepable(store_id=offer.store_id, offer_id=offer.pk, actor=SYSTEM, now=now)


SWEEPS = (
    Sweep(
        gettext_noop("offers"),
        sweep_due_offers,
        "offers.tasks.sweep_offers",
        of_stores=True,
        due=((Offer, "due_at"),),
        undone=lambda: Offer.objects.filter(status__in=OUT),
    ),
    Sweep("offers that can't be kept", end_unkeepable_offers, "offers.tasks.sweep_offers", of_stores=True),
    Sweep("bulk offers", send_waiting_rows, "offers.tasks.resume_bulk_jobs", of_stores=True),
    Sweep("answers counted", count_ended_offers, "offers.tasks.count_offers"),
    Sweep("rolled up", roll_up, "offers.tasks.roll_up_insights"),
    Sweep(BULK_JOBS.name, BULK_JOBS.step, "common.tasks.forget_what_is_old"),
)
