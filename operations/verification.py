"""Every invariant of money, recomputed from raw rows: what `verify_ledger` runs.

Each check is a query that returns the rows that are off; an empty answer is good.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from offers.insights.checks import INSIGHT_CHECKS
from refunds.quality.checks import QUALITY_CHECKS

# Refunds whose goods are claimed: all but those that ended.
_HOLDING = "r.status NOT IN ('withdrawn', 'closed')"
# Refunds whose pieces come back to the store.
_TAKES_PIECES = "(r.kind <> 'refund_only' OR r.goods = 'recalled')"


@dataclass(frozen=True)
class Check:
    """`sql` selects a description of each row that is off."""

    name: str
    sql: str


CHECKS = (
    Check(
        "an order's paid amount is the sum of its lines",
        """
        SELECT 'order ' || o.number FROM orders_order o
        LEFT JOIN orders_orderline l ON l.order_id = o.id
        GROUP BY o.id HAVING o.paid_amount <> coalesce(sum(l.quantity * l.unit_price), 0)
        """,
    ),
    Check(
        "an order's claimed amount is what its refunds hold and red packets took, and no more than was paid",
        """
        SELECT 'order ' || o.number FROM orders_order o
        LEFT JOIN LATERAL (
            SELECT sum(rl.amount) AS yuan FROM refunds_refundline rl
            JOIN refunds_refund r ON r.id = rl.refund_id WHERE r.order_id = o.id
        ) held ON true
        LEFT JOIN LATERAL (
            SELECT sum(f.amount) AS yuan FROM offers_offer f JOIN refunds_refund r ON r.id = f.refund_id
            WHERE r.order_id = o.id AND f.method = 'red_packet' AND f.status = 'accepted'
        ) packets ON true
        WHERE o.claimed_amount <> coalesce(held.yuan, 0) + coalesce(packets.yuan, 0)
           OR o.claimed_amount > o.paid_amount
        """,
    ),
    Check(
        "an order line's claims are what its refunds hold, and no more than was bought",
        f"""
        SELECT 'order line ' || l.id FROM orders_orderline l
        LEFT JOIN (refunds_refundline rl JOIN refunds_refund r ON r.id = rl.refund_id) ON rl.line_id = l.id
        GROUP BY l.id
        HAVING l.claimed_amount <> coalesce(sum(rl.amount), 0)
            OR l.claimed_quantity
               <> coalesce(sum(rl.quantity) FILTER (WHERE {_TAKES_PIECES} AND {_HOLDING}), 0)
            OR l.cancelled_quantity <> coalesce(sum(rl.quantity) FILTER (WHERE r.goods = 'stopped'), 0)
            OR l.claimed_amount > l.quantity * l.unit_price OR l.claimed_quantity + l.cancelled_quantity > l.quantity
        """,
    ),
    Check(
        "a refund holds what it amounts to, or what was paid instead of it, or nothing",
        f"""
        SELECT 'refund ' || r.id FROM refunds_refund r
        LEFT JOIN refunds_refundline rl ON rl.refund_id = r.id
        GROUP BY r.id
        HAVING coalesce(sum(rl.amount), 0) <> CASE WHEN {_HOLDING} THEN r.amount ELSE coalesce(
            (SELECT max(p.amount) FROM payments_payment p WHERE p.topic_id = r.id AND p.purpose = 'partial_refund'), 0
        ) END
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
                OR count(p.id) FILTER (WHERE p.status IN ('pending', 'processing')) <> (NOT r.needs_attention)::int
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
            EXISTS (SELECT FROM payments_payment p WHERE p.topic_id = r.id AND p.purpose = 'refund')
            OR r.goods = 'exchanged' AND (
                r.status <> 'closed'
                OR (SELECT sum(quantity) FROM refunds_refundline rl WHERE rl.refund_id = r.id) IS DISTINCT FROM
                   (SELECT sum(quantity) FROM orders_owedparcel p WHERE p.topic_id = r.id AND p.kind = 'exchange')
            )
        )
        """,
    ),
    Check(
        "a lost parcel that goods were to come back in has one carrier claim, and no other parcel has any",
        """
        SELECT 'shipment ' || s.id FROM orders_shipment s
        LEFT JOIN refunds_carrierclaim c ON c.shipment_id = s.id
        WHERE (s.status = 'lost' AND (s.direction = 'return' OR s.recalled_for IS NOT NULL)) <> (c.id IS NOT NULL)
           OR c.refund_id <> CASE s.direction WHEN 'return' THEN s.topic_id ELSE s.recalled_for END
        """,
    ),
    Check(
        "an accepted offer of money is paid once, and its refund is withdrawn",
        """
        SELECT 'offer ' || f.id FROM offers_offer f
        JOIN refunds_refund r ON r.id = f.refund_id
        LEFT JOIN payments_payment p ON p.topic_id = r.id AND p.purpose = f.method
        WHERE f.method IN ('partial_refund', 'red_packet')
        GROUP BY f.id, r.id
        HAVING CASE f.status
            WHEN 'accepted' THEN r.status <> 'withdrawn' OR bool_or(p.amount <> f.amount)
                OR count(p.id) FILTER (WHERE p.status <> 'failed') <> (NOT r.needs_attention)::int
            ELSE false
        END
        """,
    ),
    Check(
        "a disputed refund has one open dispute, no other refund has one, and a split pays what was decided",
        """
        SELECT 'refund ' || r.id FROM refunds_refund r
        LEFT JOIN refunds_dispute d ON d.refund_id = r.id
        GROUP BY r.id
        HAVING count(d.id) FILTER (WHERE d.status = 'open') <> (r.status = 'disputed')::int
            OR bool_or(d.outcome = 'split' AND d.amount <> r.amount)
        """,
    ),
    Check(
        "an upheld appeal is paid back once, as decided, and no more than the platform had refunded",
        """
        SELECT 'appeal ' || a.id FROM refunds_appeal a
        JOIN refunds_refund r ON r.id = a.refund_id
        LEFT JOIN payments_transfer t ON t.topic_id = r.id AND t.purpose = 'compensation'
        GROUP BY a.id, r.id
        HAVING NOT r.is_instant OR a.compensation > r.amount
            OR count(t.id) <> (a.compensation > 0)::int
            OR coalesce(sum(t.amount) FILTER (WHERE t.phase = 'posted'), 0) <> a.compensation
        """,
    ),
    Check(
        "a coupon is granted as often as it says, and no more than it has",
        """
        SELECT 'coupon ' || c.id FROM offers_coupon c
        LEFT JOIN offers_coupongrant g ON g.coupon_id = c.id
        GROUP BY c.id HAVING c.granted <> count(g.id) OR c.granted > c.quantity
        """,
    ),
    Check(
        "a proposal to stay that was accepted has withdrawn its refund and touches no money",
        """
        SELECT 'offer ' || f.id FROM offers_offer f JOIN refunds_refund r ON r.id = f.refund_id
        WHERE f.method = 'stay' AND (f.status = 'accepted' AND r.status <> 'withdrawn' OR f.amount IS NOT NULL)
        """,
    ),
    Check(
        "an order was urged as often as it says",
        """
        SELECT 'order ' || o.number FROM orders_order o
        LEFT JOIN common_event e
            ON e.store_id = o.store_id AND e.topic_id = o.id AND e.subject_id = o.id AND e.name = 'order.urged'
        WHERE o.urges > 0 GROUP BY o.id HAVING o.urges <> count(e.id)
        """,
    ),
    Check(
        "a payment has one payout in the phase that fits its state, and one reversal when it came back",
        """
        SELECT 'payment ' || p.id || ' (' || p.status || ')' FROM payments_payment p
        LEFT JOIN payments_transfer t ON t.payment_id = p.id
        GROUP BY p.id
        HAVING count(t.id) FILTER (WHERE t.purpose = 'payout') <> 1
            OR count(t.id) FILTER (WHERE t.purpose = 'reversal') <> (p.reversed_at IS NOT NULL)::int
            OR bool_or(t.amount <> p.amount OR t.store_id <> p.store_id)
            OR bool_or(t.phase <> CASE WHEN p.status = 'succeeded' OR p.reversed_at IS NOT NULL THEN 'posted'
                WHEN p.status = 'failed' THEN 'voided' ELSE 'pending' END)
        """,
    ),
    Check(
        "an order counts the small payments that didn't fail",
        """
        SELECT 'order ' || o.number FROM orders_order o
        LEFT JOIN payments_payment p ON p.order_id = o.id AND p.allowance_date IS NOT NULL AND p.status <> 'failed'
        GROUP BY o.id HAVING o.small_payments <> count(p.id)
        """,
    ),
    Check(
        "a day's allowance counts the small payments of that day that didn't fail",
        """
        SELECT 'store ' || coalesce(a.store_id, p.store_id) || ' on ' || coalesce(a.date, p.allowance_date)
        FROM payments_dayallowance a
        FULL JOIN (
            SELECT store_id, allowance_date, sum(amount) FILTER (WHERE status <> 'failed') AS yuan
            FROM payments_payment WHERE allowance_date IS NOT NULL GROUP BY store_id, allowance_date
        ) p ON p.store_id = a.store_id AND p.allowance_date = a.date
        WHERE coalesce(a.used, 0) <> coalesce(p.yuan, 0)
        """,
    ),
    Check(
        "a transfer stays within one store's accounts, and between those that its purpose names",
        """
        SELECT 'transfer ' || t.id FROM payments_transfer t
        JOIN payments_ledgeraccount d ON d.id = t.debit_account_id
        JOIN payments_ledgeraccount c ON c.id = t.credit_account_id
        WHERE d.store_id <> t.store_id OR c.store_id <> t.store_id OR (t.purpose, d.kind, c.kind) NOT IN (
            ('payout', 'merchant_funds', 'buyer_payouts'),
            ('payout', 'service_budget', 'buyer_payouts'),
            ('top_up', 'merchant_funds', 'service_budget'),
            ('withdrawal', 'service_budget', 'merchant_funds'),
            ('compensation', 'platform_funds', 'merchant_funds'),
            ('reversal', 'buyer_payouts', 'merchant_funds')
        )
        """,
    ),
    Check(
        "a service budget is what was topped up and not drawn, and reserves what is on its way",
        """
        SELECT 'budget of store ' || a.store_id FROM payments_ledgeraccount a
        LEFT JOIN payments_budget b ON b.store_id = a.store_id
        LEFT JOIN payments_transfer t ON a.id IN (t.debit_account_id, t.credit_account_id) AND t.store_id = a.store_id
        WHERE a.kind = 'service_budget'
        GROUP BY a.store_id, b.balance, b.reserved
        HAVING coalesce(b.balance, 0) <> coalesce(sum(CASE WHEN t.credit_account_id = a.id THEN t.amount ELSE -t.amount END)
                FILTER (WHERE t.phase = 'posted'), 0)
            OR coalesce(b.reserved, 0) <> coalesce(sum(t.amount) FILTER (WHERE t.phase = 'pending'), 0)
        """,
    ),
    Check(
        "only a refund without return is paid from a service budget, and only for goods that were promised so",
        """
        SELECT 'transfer ' || t.id FROM payments_transfer t
        JOIN payments_ledgeraccount d ON d.id = t.debit_account_id AND d.kind = 'service_budget'
        LEFT JOIN refunds_refund r ON r.id = t.topic_id
        WHERE t.purpose = 'payout' AND (r.programme IS DISTINCT FROM 'returnless' OR EXISTS (
            SELECT FROM refunds_refundline rl JOIN orders_orderline l ON l.id = rl.line_id
            WHERE rl.refund_id = r.id AND l.programme <> 'returnless'
        ))
        """,
    ),
    Check(
        "the books balance: what was debited in a store was credited in it",
        """
        SELECT 'store ' || store_id FROM (
            SELECT d.store_id, t.amount AS yuan FROM payments_transfer t
            JOIN payments_ledgeraccount d ON d.id = t.debit_account_id WHERE t.phase = 'posted'
            UNION ALL
            SELECT c.store_id, -t.amount FROM payments_transfer t
            JOIN payments_ledgeraccount c ON c.id = t.credit_account_id WHERE t.phase = 'posted'
        ) booked GROUP BY store_id HAVING sum(yuan) <> 0
        """,
    ),
    Check(
        "what the sandbox gateway paid is what was booked",
        """
        SELECT 'payment ' || coalesce(p.id::text, s.key) FROM payments_sandboxtransfer s
        FULL JOIN payments_payment p ON p.id::text = s.key
        WHERE (s.key IS NULL AND p.status = 'succeeded' AND p.gateway = 'sandbox')
           OR (p.id IS NULL AND s.outcome = 'paid')
           OR (s.outcome = 'paid' AND (p.status = 'failed' OR p.amount <> s.amount))
           OR (s.outcome = 'returned' AND p.status = 'failed' AND p.reversed_at IS NULL)
           OR (s.outcome = 'declined' AND p.status = 'succeeded')
        """,
    ),
    *(Check(name, sql) for name, sql in INSIGHT_CHECKS),
    Check(
        "a delay report has the orders that it says, and none of them open once it is lifted",
        """
        SELECT 'delay report ' || r.id FROM orders_delayreport r
        LEFT JOIN orders_delayedorder d ON d.report_id = r.id
        GROUP BY r.id HAVING count(d.id) <> r.order_count OR coalesce(bool_or(d.is_open), false) <> (r.lifted_at IS NULL)
        """,
    ),
    Check(
        "an order's deadline is moved only while a delay report holds it",
        """
        SELECT 'order ' || o.number FROM orders_order o
        WHERE o.rule_ship_by IS NOT NULL AND o.status = 'unshipped' AND NOT EXISTS (
            SELECT 1 FROM orders_delayedorder d WHERE d.order_id = o.id AND d.is_open
        )
        """,
    ),
    Check(
        "an imported file has no rows left, and one that waits has as many as it says",
        """
        SELECT 'shipment import ' || j.id FROM orders_shipmentimport j
        LEFT JOIN orders_importrow r ON r.job_id = j.id
        GROUP BY j.id HAVING count(r.id) <> CASE j.status WHEN 'done' THEN 0 ELSE j.total END
            OR (j.status <> 'done' AND count(r.id) FILTER (WHERE r.code <> '') <> j.wrong)
        """,
    ),
    *(Check(name, sql) for name, sql in QUALITY_CHECKS),
)


def run_checks() -> Iterator[tuple[Check, list[str]]]:
    """Each check with the rows that are off, in every store. Needs the system scope."""
    for check in CHECKS:
        with connection.cursor() as cursor:
            cursor.execute(check.sql)
            yield check, [row[0] for row in cursor.fetchall()]
