"""Making the roll-ups anew from raw rows."""

from functools import partial

from django.db import connection

from common.actions import bookkeeping
from common.snapshots import in_one_snapshot
from offers.insights.rollup import BATCH, FOLLOWS, lock_insights, roll_some, roll_up
from offers.insights.sql import LOSS_KEY, LOSSES, MEASURES, RETENTION_KEY
from stores.models import Store

# What a client can see of a roll-up; rows that came to nothing are left out.
_DAYS = f"""
    SELECT {", ".join(RETENTION_KEY)}, {", ".join(MEASURES)} FROM offers_dailyretention
    WHERE store_id = %(store)s AND offers <> 0
"""
_LOSSES = f"""
    SELECT {", ".join(LOSS_KEY)}, {", ".join(LOSSES)} FROM offers_dailyloss
    WHERE store_id = %(store)s AND refunds <> 0
"""
_FORGET = (
    "DELETE FROM offers_dailyretention WHERE store_id = %(store)s",
    "DELETE FROM offers_dailyloss WHERE store_id = %(store)s",
    "DELETE FROM offers_outcome WHERE store_id = %(store)s",
    "UPDATE offers_offer SET is_rolled = false WHERE store_id = %(store)s AND is_rolled",
    "UPDATE refunds_refund SET is_loss_counted = false WHERE store_id = %(store)s AND is_loss_counted",
)


def roll_everything() -> int:
    """Roll up until nothing is left; returns how many offers and refunds that were."""
    total = 0
    while count := roll_up():
        total += count
    return total


def rebuild(store: Store) -> int:
    """Make a store's roll-ups anew; returns how many of their rows changed by it: 0 when all was well.

    In one snapshot, whatever happens meanwhile: what changes by it was off, and readers see the old or the new.
    """
    return in_one_snapshot(partial(_rebuild, store))


@bookkeeping(FOLLOWS, alone=True)
def _rebuild(store: Store) -> int:
    lock_insights()
    _roll_all_of(store)
    before = _rolled(store)
    with connection.cursor() as cursor:
        for statement in _FORGET:
            cursor.execute(statement, {"store": store.pk})
    _roll_all_of(store)
    return len(before ^ _rolled(store))


def _roll_all_of(store: Store) -> None:
    while roll_some(BATCH, only=store.pk):
        pass


def _rolled(store: Store) -> set[tuple]:
    rows = set()
    with connection.cursor() as cursor:
        for statement in (_DAYS, _LOSSES):
            cursor.execute(statement, {"store": store.pk})
            rows |= set(cursor.fetchall())
    return rows
