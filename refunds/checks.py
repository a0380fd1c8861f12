"""What must hold between refunds, the orders that they hold of, and the payments and parcels that they bring."""

from common.upkeep import Check
from orders.models.order import LINE_PAID_SQL
from payments.gateways import reporting_gateway
from payments.purposes import returning_purposes
from refunds.platform import checks as platform
from refunds.quality import checks as quality
from refunds.returnless import checks as returnless

# Refunds whose goods are held: all but those that ended.
_HOLDING = "r.status NOT IN ('withdrawn', 'closed')"
# Refunds whose pieces come back to the store.
_TAKES_PIECES = "(r.kind <> 'refund_only' OR r.goods = 'recalled')"

CHECKS = (
    Check(
        "an order line's holds are what its refunds hold, and no more than was bought",
        f"""
        SELECT 'order line ' || l.id FROM orders_orderline l
        LEFT JOIN (refunds_refundline rl JOIN refunds_refund r ON r.id = rl.refund_id) ON rl.line_id = l.id
        GROUP BY l.id
        HAVING l.claimed_amount <> coalesce(sum(rl.amount), 0)
            OR l.claimed_quantity
               <> coalesce(sum(rl.quantity - rl.stopped_quantity) FILTER (WHERE {_TAKES_PIECES} AND {_HOLDING}), 0)
            OR l.cancelled_quantity
               <> coalesce(sum(CASE r.goods WHEN 'stopped' THEN rl.quantity ELSE rl.stopped_quantity END), 0)
            OR l.claimed_amount > {LINE_PAID_SQL} OR l.claimed_quantity + l.cancelled_quantity > l.quantity
        """,
    ),
    Check(
        "a refund holds what it amounts to, or what was paid instead of it, or nothing",
        f"""
        SELECT 'refund ' || r.id FROM refunds_refund r
        LEFT JOIN refunds_refundline rl ON rl.refund_id = r.id
        GROUP BY r.id
        HAVING coalesce(sum(rl.amount), 0) <> CASE WHEN {_HOLDING} THEN r.amount ELSE coalesce(
            (SELECT CASE WHEN p.purpose = ANY(%(returning)s) AND p.given_up_at IS NULL THEN p.amount END
             FROM payments_payment p
             WHERE p.topic_id = r.id AND p.allowance_date IS NULL AND p.purpose <> 'refund' AND r.status = 'withdrawn'
             ORDER BY p.id DESC LIMIT 1), 0
        ) END
        """,
        lambda: {"returning": returning_purposes()},
    ),
    Check(
        "an order has nothing to pack only while refunds hold of what is left",
        f"""
        SELECT 'order ' || o.number FROM orders_order o
        WHERE o.has_nothing_to_pack AND o.status = 'unshipped' AND NOT EXISTS (
            SELECT 1 FROM refunds_refund r WHERE r.order_id = o.id AND {_HOLDING}
        )
        """,
    ),
    Check(
        "a refund is paid exactly once, and only when it says so",
        """
        SELECT 'refund ' || r.id || ' (' || r.status || ')' FROM refunds_refund r
        LEFT JOIN payments_payment p ON p.topic_id = r.id AND p.purpose = 'refund'
        GROUP BY r.id
        HAVING CASE r.status
            WHEN 'refunded' THEN count(p.id) FILTER (WHERE p.status <> 'failed') <> 1
                OR sum(p.amount) FILTER (WHERE p.status = 'succeeded') IS DISTINCT FROM r.amount
            WHEN 'refunding' THEN count(p.id) FILTER (WHERE p.status = 'succeeded') > 0
                OR NOT r.is_followed  -- at the marketplace a payment may fail and be tried again unseen
                AND count(p.id) FILTER (WHERE p.status IN ('pending', 'processing')) <> (NOT r.needs_attention)::int
                OR count(p.id) FILTER (WHERE p.status IN ('pending', 'processing')) > 1
            ELSE count(p.id) FILTER (WHERE p.status <> 'failed') > 0
        END
        """,
    ),
    Check(
        "goods that are not shipped any more were refunded, and an order without any others is cancelled",
        """
        SELECT 'refund ' || r.id FROM refunds_refund r
        WHERE r.goods = 'stopped' AND r.status NOT IN ('refunding', 'refunded')
        UNION ALL
        SELECT 'order ' || o.number FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
        GROUP BY o.id HAVING sum(l.quantity - l.cancelled_quantity) = 0 AND o.status <> 'cancelled'
        """,
    ),
    Check(
        "an exchange that is done owes what came back, piece by piece, and no exchange moves money",
        """
        SELECT 'refund ' || r.id FROM refunds_refund r WHERE r.kind = 'exchange' AND (
            EXISTS (
                SELECT FROM payments_payment p
                WHERE p.topic_id = r.id AND p.purpose = 'refund' AND (p.status <> 'failed' OR NOT r.is_followed)
            )
            OR r.goods = 'exchanged' AND (
                r.status <> 'closed'
                OR (SELECT sum(quantity) FROM refunds_refundline rl WHERE rl.refund_id = r.id) IS DISTINCT FROM
                   (SELECT sum(quantity) FROM orders_owedparcel p
                    WHERE p.topic_id = r.id AND p.kind = 'exchange' AND p.status <> 'cancelled')
            )
        )
        """,
    ),
    Check(
        "a lost parcel that was promised, or that goods were to come back in, has one carrier claim; so may one "
        "that a refund says is lost, and no other parcel",
        """
        SELECT 'shipment ' || s.id FROM orders_shipment s
        LEFT JOIN (refunds_carrierclaim c LEFT JOIN refunds_refund r ON r.id = c.refund_id) ON c.shipment_id = s.id
        WHERE s.status = 'lost' AND (s.direction <> 'outbound' OR s.recalled_for IS NOT NULL) AND c.id IS NULL
           OR c.id IS NOT NULL AND NOT (
               s.direction = 'outbound' AND r.reason = 'parcel_lost' AND r.order_id = s.order_id
               OR s.direction = 'outbound' AND s.status = 'lost' AND c.refund_id IS NULL
               OR s.status = 'lost' AND c.refund_id IS NOT DISTINCT FROM
                  CASE s.direction WHEN 'outbound' THEN s.recalled_for ELSE s.topic_id END
           )
        """,
    ),
    Check(
        "a refund that is followed is paid by the marketplace, and no other one is",
        """
        SELECT 'payment ' || p.id FROM payments_payment p JOIN refunds_refund r ON r.id = p.topic_id
        WHERE p.purpose = 'refund' AND r.is_followed <> (p.gateway = %(reporting)s)
           OR p.purpose <> 'refund' AND p.gateway = %(reporting)s
        """,
        lambda: {"reporting": reporting_gateway()},
    ),
    *platform.CHECKS,
    *quality.CHECKS,
    *returnless.CHECKS,
)
