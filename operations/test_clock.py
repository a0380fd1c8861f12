"""A sandbox's own clock: moved on step by step, and what falls due by it done at each step (docs/adr/0048)."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min

from common import clock
from common.calendar import day_of, end_of_day
from common.errors import told_safely
from common.obligations import bring_forward
from common.tenancy import alone_with, system_scope, tenant_scope
from operations.collecting import all_sweeps
from stores.actions import set_clock
from stores.models import Store

MOST_ROUNDS = 1000  # of batches at the same instant

log = logging.getLogger("wanliu.test_clock")


def let_time_pass(store_id: int, until: datetime) -> None:
    """Move a sandbox's clock on `until` then, from one instant at which something is due to the next.

    Each step is committed, so that a process that dies leaves a clock that stands somewhere before and goes on from
    there. Nothing of another store is seen or done.
    """
    for instant in _steps(store_id, until):
        set_clock(store_id, instant)
        do_what_is_due(store_id, instant)


def do_what_is_due(store_id: int, instant: datetime) -> None:
    """Do everything of this store that is due at this instant of its clock."""
    with alone_with(store_id), clock.at(instant):
        bring_forward(until=instant)
        for _ in range(MOST_ROUNDS):
            done = [sweep.step() for sweep in all_sweeps() if sweep.of_stores]
            if not any(done):
                return
    log.error("store %s still has work at %s after %d rounds", store_id, instant, MOST_ROUNDS)


def follow_clocks() -> int:
    """Do what is due in each sandbox whose clock is ahead; returns how many there are.

    The sweeps by everybody's clock leave their work to this one.
    """
    with system_scope():
        stores = list(Store.objects.filter(clock_ahead__gt=timedelta()).order_by("pk"))
    for store in stores:
        try:
            do_what_is_due(store.pk, store.on_its_clock(clock.now()))
        except Exception as error:  # the others' time goes on
            log.error("what is due in sandbox %s failed with %s", store.pk, told_safely(error))
    return len(stores)


def _steps(store_id: int, until: datetime) -> Iterator[datetime]:
    """The instants at which something is due, each asked for when the one before is done; `until` is the last."""
    with tenant_scope(store_id):
        store = Store.objects.get(pk=store_id)
    instant = store.on_its_clock(clock.wall())
    while instant < until:
        midnight = end_of_day(day_of(instant, store.time_zone), store.time_zone)
        instant = min([until, midnight, *_due(store_id, instant, until)])
        yield instant


def _due(store_id: int, after: datetime, until: datetime) -> Iterator[datetime]:
    with tenant_scope(store_id):
        for model, column in (each for sweep in all_sweeps() for each in sweep.due):
            within = {f"{column}__gt": after, f"{column}__lte": until}
            rows = model._default_manager.filter(store_id=store_id, **within)
            if (first := rows.aggregate(first=Min(column))["first"]) is not None:
                yield first
