"""What must hold between offers, the refunds they end, the money they pay and the coupons they grant."""

from common.upkeep import Check
from offers.insights import checks as insights
from offers.registry import method_parameters

CHECKS = (
    Check(
        "an order's held amount is what its refunds hold and red packets took, and no more than was paid",
        """
        SELECT 'order ' || o.number FROM orders_order o
        LEFT JOIN LATERAL (
            SELECT sum(rl.amount) AS yuan FROM refunds_refundline rl
            JOIN refunds_refund r ON r.id = rl.refund_id WHERE r.order_id = o.id
        ) held ON true
        LEFT JOIN LATERAL (
            SELECT sum(f.amount) AS yuan FROM offers_offer f JOIN refunds_refund r ON r.id = f.refund_id
            WHERE r.order_id = o.id AND f.method = ANY(%(presenting)s) AND f.status = 'accepted'
        ) packets ON true
        WHERE o.claimed_amount <> coalesce(held.yuan, 0) + coalesce(packets.yuan, 0)
           OR o.claimed_amount > o.paid_amount
        """,
        method_parameters,
    ),
    Check(
        "a buyer is asked about a refund only while it awaits its merchant",
        """
        SELECT 'offer ' || f.id FROM offers_offer f
        JOIN refunds_refund r ON r.store_id = f.store_id AND r.id = f.refund_id
        WHERE f.status = 'pending' AND r.status <> 'awaiting_merchant'
        """,
    ),
    Check(
        "an accepted offer of money is paid once, and its refund is withdrawn",
        """
        SELECT 'offer ' || f.id FROM offers_offer f
        JOIN refunds_refund r ON r.id = f.refund_id
        LEFT JOIN payments_payment p
            ON p.topic_id = r.id AND p.purpose = f.method AND NOT EXISTS (  -- else a lapsed offer's
                SELECT FROM payments_payment g WHERE g.topic_id = r.id AND g.given_up_at IS NOT NULL AND g.id >= p.id
            )
        WHERE f.method = ANY(%(paying)s) AND f.amount IS NOT NULL
        GROUP BY f.id, r.id
        HAVING CASE f.status
            WHEN 'accepted' THEN r.status <> 'withdrawn' OR bool_or(p.amount <> f.amount)
                OR count(p.id) FILTER (WHERE p.status <> 'failed') <> (NOT r.needs_attention)::int
            ELSE false
        END
        """,
        method_parameters,
    ),
    Check(
        "a coupon is granted and promised as often as it says, and no more than it has",
        """
        SELECT 'coupon ' || c.id FROM offers_coupon c
        WHERE c.granted + c.reserved > c.quantity
           OR c.granted <> (SELECT count(*) FROM offers_coupongrant g WHERE g.coupon_id = c.id)
           OR c.reserved <> (SELECT count(*) FROM offers_offercoupon n JOIN offers_offer f ON f.id = n.offer_id
                             WHERE n.coupon_id = c.id AND n.is_reserved AND f.status IN ('pending', 'accepted_waiting'))
        UNION ALL
        SELECT 'offer ' || f.id FROM offers_offer f JOIN offers_offercoupon n ON n.offer_id = f.id
        WHERE n.is_reserved AND f.status NOT IN ('pending', 'accepted_waiting')
        """,
    ),
    Check(
        "an accepted offer that keeps the order has withdrawn its refund, and the platform's own touch no money",
        """
        SELECT 'offer ' || f.id FROM offers_offer f JOIN refunds_refund r ON r.id = f.refund_id
        WHERE f.method = ANY(%(keeping)s) AND f.status = 'accepted' AND r.status <> 'withdrawn'
           OR f.method = ANY(%(by_platform)s) AND f.amount IS NOT NULL
        """,
        method_parameters,
    ),
    *insights.CHECKS,
)
