"""The roll-up that the recommendation learns from: each ended offer is counted once (Q11)."""

from collections.abc import Collection

from django.db import connection

from common.actions import bookkeeping
from common.setbacks import sweep_together
from common.tenancy import system_scope
from offers.choosing.ladder import band_sql, ladder_parameters, percent_sql
from offers.models import Offer
from offers.registry import codes_where, method_parameters
from offers.states import OfferStatus

BATCH = 5000

_COUNT = f"""
WITH ended AS (
    UPDATE offers_offer SET is_counted = true WHERE id IN (
        SELECT id FROM offers_offer
        WHERE NOT is_counted AND status IN ('accepted', 'declined', 'expired')
          AND (%(only)s::bigint IS NULL OR store_id = %(only)s) AND store_id <> ALL(%(without)s::bigint[])
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ) RETURNING id, store_id, refund_id, method, (status = 'accepted')::int AS accepted,
                amount, asked_amount, product_price
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
), answers AS (
    SELECT r.rules_name AS marketplace, e.store_id, r.reason, e.method, {band_sql("e.asked_amount")} AS band,
           CASE WHEN e.method = ANY(%(scaled)s) THEN {percent_sql("e.amount", "e.asked_amount")} ELSE 0 END AS percent,
           count(*) AS ended, sum(e.accepted) AS accepted,
           sum(coalesce(e.amount, 0) + CASE WHEN e.method = ANY(%(giving)s) THEN coalesce(e.product_price, 0) ELSE 0 END
               + coalesce((SELECT sum(c.amount_off) FROM offers_offercoupon n JOIN offers_coupon c ON c.id = n.coupon_id
                           WHERE n.store_id = e.store_id AND n.offer_id = e.id), 0)) AS given
    FROM ended e JOIN refunds_refund r ON r.id = e.refund_id
    WHERE e.method = ANY(%(keeping)s)
    GROUP BY 1, 2, 3, 4, 5, 6
), own_answers AS (
    INSERT INTO offers_amountacceptance AS a (store_id, reason, method, band, percent, ended, accepted, given)
    SELECT store_id, reason, method, band, percent, ended, accepted, given FROM answers
    ORDER BY store_id, reason, method, band, percent
    ON CONFLICT (store_id, reason, method, band, percent) DO UPDATE
    SET ended = a.ended + excluded.ended, accepted = a.accepted + excluded.accepted, given = a.given + excluded.given
), all_answers AS (
    INSERT INTO offers_marketplaceamountacceptance AS a
        (marketplace, reason, method, band, percent, ended, accepted, given)
    SELECT marketplace, reason, method, band, percent, sum(ended), sum(accepted), sum(given) FROM answers
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (marketplace, reason, method, band, percent) DO UPDATE
    SET ended = a.ended + excluded.ended, accepted = a.accepted + excluded.accepted, given = a.given + excluded.given
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
        cursor.execute(
            _COUNT,
            {
                "limit": limit,
                "only": only,
                "without": list(without),
                "scaled": codes_where(lambda method: method.usual_share is not None),
                **method_parameters(),
                **ladder_parameters(),
            },
        )
        return int(cursor.fetchone()[0])


def _stores_with_uncounted() -> list[int]:
    with system_scope():
        ended = Offer.objects.filter(is_counted=False).exclude(status=OfferStatus.PENDING)
        return list(ended.order_by("store_id").values_list("store_id", flat=True).distinct())
