"""Making the roll-ups anew from raw rows; losses from what each refund was counted with (docs/adr/0109)."""

from functools import partial

from django.db import connection

from common.actions import bookkeeping
from common.snapshots import in_one_snapshot
from offers.insights.rollup import BATCH, FOLLOWS, lock_insights, roll_some, roll_up
from offers.insights.sql import LOSS_KEY, LOSSES, PARTS, RETENTION_KEY
from offers.models.totals import MEASURES, TOTAL_KEY
from stores.models import Store

# What a client can see of a roll-up; rows that came to nothing are left out.
_DAYS = f"""
    SELECT {", ".join(RETENTION_KEY)}, {", ".join(MEASURES)} FROM offers_dailyretention
    WHERE store_id = %(store)s AND offers <> 0
"""
_TOTALS = f"""
    SELECT {", ".join(TOTAL_KEY)}, {", ".join(MEASURES)} FROM offers_retentiontotal
    WHERE store_id = %(store)s AND offers <> 0
"""
_LOSSES = f"""
    SELECT {", ".join(LOSS_KEY)}, {", ".join(LOSSES)} FROM offers_dailyloss
    WHERE store_id = %(store)s AND refunds <> 0
"""
_DAY = "store_id, date, reason"
_SUMS = f"""
    SELECT {", ".join(f"b.{name}" for name in LOSS_KEY)}, count(*) AS refunds,
           {", ".join(f"sum(b.{name}) AS {name}" for name in PARTS)}
    FROM refunds_refund r JOIN offers_lossoutcome b ON b.refund_id = r.id
    WHERE r.store_id = %(store)s AND r.is_loss_counted
    GROUP BY {", ".join(f"b.{name}" for name in LOSS_KEY)}
"""
# Rows of losses that aren't counted, and counted losses without one: an older release beside this one leaves them.
_STRAY_LOSSES = (
    """DELETE FROM offers_lossoutcome b USING refunds_refund r
       WHERE r.store_id = %(store)s AND NOT r.is_loss_counted AND b.refund_id = r.id""",
    """UPDATE refunds_refund r SET is_loss_counted = false WHERE store_id = %(store)s AND is_loss_counted
       AND NOT EXISTS (SELECT FROM offers_lossoutcome b WHERE b.refund_id = r.id)""",
)
_FORGET = (
    "DELETE FROM offers_dailyretention WHERE store_id = %(store)s",
    "DELETE FROM offers_retentiontotal WHERE store_id = %(store)s",
    "DELETE FROM offers_outcome WHERE store_id = %(store)s",
    "UPDATE offers_offer SET is_rolled = false WHERE store_id = %(store)s AND is_rolled",
    # Days are written where they stand, and not made anew: who takes a loss out meanwhile waits for the row of its day.
    f"SELECT FROM offers_dailyloss WHERE store_id = %(store)s ORDER BY {_DAY} FOR NO KEY UPDATE",
    f"""UPDATE offers_dailyloss d SET {", ".join(f"{name} = coalesce(s.{name}, 0)" for name in LOSSES)}
        FROM offers_dailyloss was LEFT JOIN ({_SUMS}) s USING ({_DAY})
        WHERE was.store_id = %(store)s AND d.id = was.id""",
    f"""INSERT INTO offers_dailyloss ({", ".join(LOSS_KEY)}, {", ".join(LOSSES)}) {_SUMS}
        ON CONFLICT ({_DAY}) DO NOTHING""",
)


def roll_everything() -> int:
    """Roll up until nothing is left; returns how many offers and refunds that were."""
    total = 0
    while count := roll_up():
        total += count
    return total


def rebuild(store: Store) -> int:
    """Make a store's roll-ups anew; returns how many of their rows changed by it: 0 when all was well.

    In one snapshot, whatever happens meanwhile: what changes by it was off, and readers see the old or the new. A loss
    that had no row of its own, or a row that isn't of one, counts as well: days may be right without.
    """
    return in_one_snapshot(partial(_rebuild, store))


@bookkeeping(FOLLOWS, alone=True)
def _rebuild(store: Store) -> int:
    lock_insights()
    _roll_all_of(store)
    before = _rolled(store)
    stray = 0
    with connection.cursor() as cursor:
        for statement in _STRAY_LOSSES:
            cursor.execute(statement, {"store": store.pk})
            stray += cursor.rowcount
        for statement in _FORGET:
            cursor.execute(statement, {"store": store.pk})
    _roll_all_of(store)
    return stray + len(before ^ _rolled(store))


def _roll_all_of(store: Store) -> None:
    while roll_some(BATCH, only=store.pk):
        pass


def _rolled(store: Store) -> set[tuple]:
    rows = set()
    with connection.cursor() as cursor:
        for statement in (_DAYS, _TOTALS, _LOSSES):
            cursor.execute(statement, {"store": store.pk})
            rows |= set(cursor.fetchall())
    return rows
