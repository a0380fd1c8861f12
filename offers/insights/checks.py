"""What must hold between offers, their outcomes and the roll-ups: part of `verify_ledger`."""

from common.upkeep import Check
from offers.insights.sql import LOSSES, PARTS, PURPOSE
from offers.models.totals import MEASURES, TOTAL_KEY, sums_of
from offers.registry import method_parameters

_DAY = "store_id, date, method, reason, agent, agent_label"
_TOTAL = ", ".join(TOTAL_KEY)

CHECKS = (
    Check(
        "a day of money kept is the sum of its offers' outcomes",
        f"""
        SELECT 'store ' || store_id || ' ' || date || ' ' || method FROM (
            SELECT {_DAY}, {", ".join(MEASURES)} FROM offers_dailyretention
            UNION ALL
            SELECT o.store_id, o.sent_on, o.method, o.reason, o.sent_by, o.sent_by_label,
                   {", ".join(f"-b.{name}" for name in MEASURES)}
            FROM offers_outcome b JOIN offers_offer o ON o.id = b.offer_id
        ) counted GROUP BY {_DAY} HAVING {" OR ".join(f"sum({name}) <> 0" for name in MEASURES)}
        """,
    ),
    Check(
        "the totals of a day of money kept are the sums of its rows",
        f"""
        SELECT 'store ' || store_id || ' ' || date || ' ' || part || ' ' || key FROM (
            SELECT {_TOTAL}, {", ".join(MEASURES)} FROM offers_retentiontotal
            UNION ALL
            SELECT {_TOTAL}, {", ".join(f"-{name}" for name in MEASURES)}
            FROM ({sums_of("SELECT * FROM offers_dailyretention")}) s
        ) counted GROUP BY {_TOTAL} HAVING {" OR ".join(f"sum({name}) <> 0" for name in MEASURES)}
        """,
    ),
    Check(
        "an offer that is rolled up has an outcome, and costs what its transfers, coupons and product came to",
        f"""
        SELECT 'offer ' || o.id FROM offers_offer o LEFT JOIN offers_outcome b ON b.offer_id = o.id
        WHERE o.is_rolled AND (
            o.status = 'pending' OR b.offer_id IS NULL OR b.accepted <> (o.status = 'accepted')::int
            OR b.offer_costs <> CASE WHEN o.status = 'accepted' THEN
                coalesce((SELECT sum(CASE t.purpose WHEN 'payout' THEN t.amount
                                                    WHEN 'reversal' THEN -t.amount ELSE 0 END)
                          FROM payments_transfer t JOIN payments_payment p ON p.id = t.payment_id
                          WHERE t.topic_id = o.refund_id AND t.phase <> 'voided' AND p.purpose = {PURPOSE}), 0)
                + coalesce((SELECT sum(c.amount_off) FROM offers_coupongrant g
                            JOIN offers_coupon c ON c.id = g.coupon_id
                            WHERE g.offer_id = o.id AND g.ended_at IS NULL), 0)
                + CASE WHEN o.method = ANY(%(giving)s) THEN o.product_price ELSE 0 END
            ELSE 0 END
        )
        """,
        method_parameters,
    ),
    Check(
        "a store's losses are those of its refunded refunds, each counted once",
        """
        SELECT 'refund ' || coalesce(r.id, b.refund_id)
        FROM (SELECT id, store_id, amount FROM refunds_refund WHERE is_loss_counted) r
        FULL JOIN offers_lossoutcome b ON b.store_id = r.store_id AND b.refund_id = r.id
        WHERE b.sale IS DISTINCT FROM r.amount
        """,
    ),
    Check(
        "a day of losses is the sum of what its refunds were counted with",
        f"""
        SELECT 'store ' || store_id || ' ' || date || ' ' || reason FROM (
            SELECT store_id, date, reason, {", ".join(LOSSES)} FROM offers_dailyloss
            UNION ALL
            SELECT store_id, date, reason, -1, {", ".join(f"-{name}" for name in PARTS)} FROM offers_lossoutcome
        ) counted GROUP BY store_id, date, reason HAVING {" OR ".join(f"sum({name}) <> 0" for name in LOSSES)}
        """,
    ),
)
