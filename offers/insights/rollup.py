"""The daily roll-ups of what retention saved and lost.

Every ended offer and every refunded refund is counted once, and again when it comes to something else.

One roll-up runs at a time (an advisory lock), and what it reads it reads after it has locked the rows: whatever
changes an offer's outcome clears its `is_rolled` in the same transaction, so nothing that commits in between is lost.
A loss is what it was when it was counted: it changes no more, and goes when the money comes back (docs/adr/0109).
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db import connection

from common.actions import bookkeeping
from common.setbacks import sweep_together
from common.tenancy import system_scope
from offers.insights.sql import FRESH, LOSS, LOSS_KEY, LOSSES, PARTS, RETENTION_KEY, rule_parameters
from offers.models import Offer
from offers.models.totals import MEASURES
from offers.states import OfferStatus
from refunds.models import Refund
from refunds.states import RefundStatus

BATCH = 5000
FOLLOWS = "What offers and refunds came to follows from their rows: whoever counts, it is the same."
LOCK = 0x77616E6C  # of the roll-ups, among this database's advisory locks


def _sums(measures, what: str = "{0}") -> str:
    return ", ".join(f"sum({what.format(name)}) AS {name}" for name in measures)


def _added(table: str, measures) -> str:
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in measures)


_KEY, _MEASURES = ", ".join(RETENTION_KEY), ", ".join(MEASURES)


# Accepted offers on other refunds of the order have kept something else once these are lost, or no longer.
_LOOK_AGAIN = """
    UPDATE offers_offer o SET is_rolled = false FROM lost JOIN refunds_refund r
      ON r.store_id = lost.store_id AND r.order_id = lost.order_id AND r.id <> lost.id
    WHERE o.store_id = r.store_id AND o.refund_id = r.id AND o.status = 'accepted'
"""
_WHOSE = "(%(only)s::bigint IS NULL OR store_id = %(only)s) AND store_id <> ALL(%(without)s::bigint[])"

_LOCK_LOST = f"""
    SELECT id FROM refunds_refund WHERE status = 'refunded' AND NOT is_loss_counted AND {_WHOSE}
    LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""
# Each refund keeps what it puts in (a release that knew nothing of that may have left a row of before).
_COUNT_LOSSES = f"""
WITH lost AS (
    UPDATE refunds_refund SET is_loss_counted = true WHERE id = ANY(%(ids)s::uuid[]) RETURNING id, store_id, order_id
), losses AS MATERIALIZED ({LOSS}), kept AS (
    INSERT INTO offers_lossoutcome (refund_id, {", ".join(LOSS_KEY)}, {", ".join(PARTS)})
    SELECT refund_id, {", ".join(LOSS_KEY)}, {", ".join(PARTS)} FROM losses
    ON CONFLICT (refund_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in (*LOSS_KEY, *PARTS))}
), added AS (
    INSERT INTO offers_dailyloss ({", ".join(LOSS_KEY)}, {", ".join(LOSSES)})
    SELECT {", ".join(LOSS_KEY)}, {_sums(LOSSES)} FROM losses
    GROUP BY {", ".join(LOSS_KEY)} ORDER BY store_id, date, reason
    ON CONFLICT (store_id, date, reason) DO UPDATE SET {_added("offers_dailyloss", LOSSES)}
), again AS ({_LOOK_AGAIN})
SELECT FROM lost
"""
_LOCK_REFUNDS = """
    SELECT id FROM refunds_refund WHERE store_id = ANY(%(stores)s) AND id = ANY(%(refunds)s::uuid[])
    ORDER BY id FOR NO KEY UPDATE
"""
# What was put in is taken out, whatever it would come to by now. A day that holds less, as a release of before took out
# more, stops nobody whose money comes back: `verify_ledger` names it, a rebuild mends it.
_UNCOUNT_LOSSES = f"""
WITH lost AS (
    UPDATE refunds_refund SET is_loss_counted = false
    WHERE store_id = ANY(%(stores)s) AND id = ANY(%(refunds)s::uuid[]) AND is_loss_counted
    RETURNING id, store_id, order_id
), gone AS (
    DELETE FROM offers_lossoutcome b USING lost WHERE b.store_id = lost.store_id AND b.refund_id = lost.id
    RETURNING b.*
), less AS (
    SELECT store_id, date, reason, count(*) AS refunds, {_sums(PARTS)} FROM gone GROUP BY store_id, date, reason
), held AS MATERIALIZED (
    SELECT d.id, {", ".join(f"less.{name}" for name in LOSSES)}
    FROM offers_dailyloss d JOIN less USING (store_id, date, reason)
    ORDER BY d.store_id, d.date, d.reason FOR NO KEY UPDATE OF d
), taken AS (
    UPDATE offers_dailyloss d SET {", ".join(f"{name} = greatest(d.{name} - held.{name}, 0)" for name in LOSSES)}
    FROM held WHERE d.id = held.id
), again AS ({_LOOK_AGAIN})
SELECT FROM lost
"""

_LOCK_OFFERS = f"""
    SELECT id FROM offers_offer WHERE NOT is_rolled AND status NOT IN ('pending', 'accepted_waiting') AND {_WHOSE}
    ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""

# The difference to what an offer has put in before is added. An offer that is new among the accepted makes those that
# were accepted before on the same order be looked at again: never later ones, so this ends.
_ROLL_OFFERS = f"""
WITH chosen AS (SELECT unnest(%(ids)s::uuid[]) AS id), fresh AS ({FRESH}), delta AS (
    SELECT {", ".join(f"f.{name}" for name in RETENTION_KEY)}, {_sums(MEASURES, "f.{0} - coalesce(b.{0}, 0)")}
    FROM fresh f LEFT JOIN offers_outcome b ON b.store_id = f.store_id AND b.offer_id = f.offer_id
    GROUP BY {", ".join(f"f.{name}" for name in RETENTION_KEY)}
), changed AS (
    UPDATE offers_outcome b SET {", ".join(f"{name} = f.{name}" for name in MEASURES)}
    FROM fresh f WHERE b.store_id = f.store_id AND b.offer_id = f.offer_id
), kept AS (
    INSERT INTO offers_outcome (offer_id, store_id, {_MEASURES}) SELECT offer_id, store_id, {_MEASURES} FROM fresh f
    WHERE NOT EXISTS (SELECT FROM offers_outcome b WHERE b.store_id = f.store_id AND b.offer_id = f.offer_id)
), added AS (
    INSERT INTO offers_dailyretention ({_KEY}, {_MEASURES})
    SELECT {_KEY}, {_MEASURES} FROM delta ORDER BY store_id, date, method, reason, agent, agent_label
    ON CONFLICT (store_id, date, method, reason, agent, agent_label)
    DO UPDATE SET {_added("offers_dailyretention", MEASURES)}
), again AS (
    UPDATE offers_offer o SET is_rolled = false
    FROM fresh f JOIN refunds_refund a ON a.store_id = f.store_id AND a.id = f.refund_id
    JOIN refunds_refund r ON r.store_id = a.store_id AND r.order_id = a.order_id AND r.id <> a.id
    WHERE f.accepted = 1 AND o.store_id = r.store_id AND o.refund_id = r.id AND o.status = 'accepted'
      AND o.is_rolled AND o.id <> ALL(%(ids)s::uuid[])
      AND NOT EXISTS (SELECT FROM offers_outcome b WHERE b.offer_id = f.offer_id AND b.accepted = 1)
), marked AS (
    UPDATE offers_offer SET is_rolled = true WHERE id = ANY(%(ids)s::uuid[])
)
SELECT count(*) FROM fresh
"""


def uncount_losses(store_ids: Iterable[int], refund_ids: Sequence[UUID]) -> None:
    """Take refunds out of the losses whose money comes back, before they are refunded no longer.

    In the caller's transaction. A roll-up that is just counting them is waited for: what it counted isn't seen before.
    """
    with connection.cursor() as cursor:
        for statement in (_LOCK_REFUNDS, _UNCOUNT_LOSSES):
            cursor.execute(statement, {"stores": list(store_ids), "refunds": list(refund_ids)})


def roll_up(*, limit: int = BATCH) -> int:
    """Roll up to `limit` refunded refunds and `limit` ended offers; returns how many. 0 while another roll-up runs.

    A store at which that fails is rolled up later, and the others without it.
    """
    return sweep_together(
        "rolled up",
        lambda without: _roll_up_alone(limit, without=without),
        lambda store_id: _roll_up_alone(limit, only=store_id),
        _stores_with_unrolled,
    )


def _roll_up_alone(limit: int, **stores) -> int:
    with system_scope():
        return roll_some(limit, **stores) if try_lock_insights() else 0


def try_lock_insights() -> bool:
    """Whether nobody else rolls up now; to the end of the transaction nobody else does then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def lock_insights() -> None:
    """Wait until nobody else rolls up, and keep others from it to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@bookkeeping(FOLLOWS)
def roll_some(limit: int, *, only: int | None = None, without: Collection[int] = ()) -> int:
    """Roll up as `roll_up` does, of all stores, of `only` one, or `without` some. The caller holds the lock."""
    parameters = {"limit": limit, "only": only, "without": list(without), **rule_parameters()}
    with connection.cursor() as cursor:
        return sum(
            _roll_locked(cursor, *statements, parameters)
            for statements in ((_LOCK_LOST, _COUNT_LOSSES), (_LOCK_OFFERS, _ROLL_OFFERS))
        )


def _roll_locked(cursor, lock: str, roll: str, parameters: dict) -> int:
    """Roll up what `lock` finds, in a second statement: it reads what was committed before the first had the locks."""
    cursor.execute(lock, parameters)
    ids: list[UUID] = [row[0] for row in cursor.fetchall()]
    if ids:
        cursor.execute(roll, {**parameters, "ids": ids})
    return len(ids)


def _stores_with_unrolled() -> list[int]:
    with system_scope():
        ended = Offer.objects.filter(is_rolled=False).exclude(status=OfferStatus.PENDING)
        lost = Refund.objects.filter(status=RefundStatus.REFUNDED, is_loss_counted=False)
        return sorted({*ended.values_list("store_id", flat=True), *lost.values_list("store_id", flat=True)})
