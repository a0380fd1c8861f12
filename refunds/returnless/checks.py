"""What must hold of what service budgets pay."""

from common.upkeep import Check

CHECKS = (
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
)
