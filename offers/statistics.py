"""The roll-up that the recommendation learns from: each ended offer is counted once (Q11)."""

from collections.abc import Collection

from django.db import connection

from common.actions import bookkeeping
from common.setbacks import sweep_together
from common.tenancy import system_scope
from offers.models import Offer
from offers.states import OfferStatus

BATCH = 5000

_COUNT = """
WITH ended AS (
    UPDATE offers_offer SET is_counted = true WHERE id IN (
        SELECT id FROM offers_offer
        WHERE NOT is_counted AND status IN ('accepted', 'declined', 'expired')
          AND (%(only)s::bigint IS NULL OR store_id = %(only)s) AND store_id <> ALL(%(without)s::bigint[])
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ) RETURNING store_id, refund_id, method, (status = 'accepted')::int AS accepted
), counted AS (
    SELECT r.rules_name AS marketplace, e.store_id, r.reason, e.method,
           count(*) AS ended, sum(e.accepted) AS accepted
    FROM ended e JOIN refunds_refund r ON r.id = e.refund_id
    GROUP BY 1, 2, 3, 4
), own AS (
    INSERT INTO offers_acceptance (store_id, reason, method, ended, accepted)
    SELECT store_id, reason, method, ended, accepted FROM counted ORDER BY store_id, reason, method
    ON CONFLICT (store_id, reason, method) DO UPDATE
    SET ended = offers_acceptance.ended + excluded.ended, accepted = offers_acceptance.accepted + excluded.accepted
), everybody AS (
    INSERT INTO offers_marketplaceacceptance (marketplace, reason, method, ended, accepted)
    SELECT marketplace, reason, method, sum(ended), sum(accepted) FROM counted
    GROUP BY marketplace, reason, method ORDER BY marketplace, reason, method
    ON CONFLICT (marketplace, reason, method) DO UPDATE
    SET ended = offers_marketplaceacceptance.ended + excluded.ended,
        accepted = offers_marketplaceacceptance.accepted + excluded.accepted
)
SELECT coalesce(sum(ended), 0) FROM counted
"""


def count_ended_offers(*, limit: int = BATCH) -> int:
    """Count up to `limit` ended offers that no roll-up has counted; returns how many. One statement, exactly once.

    A store at which that fails is counted later, and the others without it.
    """
    return sweep_together(
        "answers counted",
        lambda without: _count(limit, without=without),
        lambda store_id: _count(limit, only=store_id),
        _stores_with_uncounted,
    )


@bookkeeping("What buyers answered follows from the offers: whoever counts, it is the same.", alone=True)
def _count(limit: int, *, only: int | None = None, without: Collection[int] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"limit": limit, "only": only, "without": list(without)})
        return int(cursor.fetchone()[0])


def _stores_with_uncounted() -> list[int]:
    with system_scope():
        ended = Offer.objects.filter(is_counted=False).exclude(status=OfferStatus.PENDING)
        return list(ended.order_by("store_id").values_list("store_id", flat=True).distinct())
