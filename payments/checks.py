"""What must hold of payments, their transfers, limits and budgets, and of what gateways paid."""

from common.upkeep import Check

CHECKS = (
    Check(
        "a payment has one payout in the phase that fits its state, and one booking of each thing that became of it",
        """
        SELECT 'payment ' || p.id || ' (' || p.status || ')' FROM payments_payment p
        LEFT JOIN payments_transfer t ON t.payment_id = p.id
        GROUP BY p.id
        HAVING count(t.id) FILTER (WHERE t.purpose = 'payout') = 0
            OR count(t.id) FILTER (WHERE t.purpose = 'payout' AND t.phase <> 'voided')
               <> (p.status <> 'failed' OR p.reversed_at IS NOT NULL)::int
            OR count(t.id) FILTER (WHERE t.purpose = 'reversal') <> (p.reversed_at IS NOT NULL)::int
            OR count(t.id) FILTER (WHERE t.purpose = 'write_off') <> (p.written_off_at IS NOT NULL)::int
            OR count(t.id) FILTER (WHERE t.purpose = 'recovery')
               <> (p.written_off_at IS NOT NULL AND p.reversed_at IS NOT NULL)::int
            OR bool_or(t.amount <> p.amount OR t.store_id <> p.store_id)
            OR bool_or(t.phase <> CASE WHEN p.status = 'succeeded' OR p.reversed_at IS NOT NULL THEN 'posted'
                WHEN p.status = 'failed' THEN 'voided' ELSE 'pending' END
                AND t.phase <> 'voided' AND t.purpose <> 'write_off')
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
            ('reversal', 'buyer_payouts', 'merchant_funds'),
            ('write_off', 'merchant_funds', 'losses'),
            ('recovery', 'losses', 'merchant_funds'),
            ('reversal', 'buyer_payouts', 'service_budget')
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
        HAVING coalesce(b.balance, 0)
                <> coalesce(sum(CASE WHEN t.credit_account_id = a.id THEN t.amount ELSE -t.amount END)
                FILTER (WHERE t.phase = 'posted'), 0)
            OR coalesce(b.reserved, 0) <> coalesce(sum(t.amount) FILTER (WHERE t.phase = 'pending'), 0)
        """,
    ),
    Check(
        "what came back went to the account that had paid it",
        """
        SELECT 'transfer ' || b.id FROM payments_transfer b
        JOIN payments_transfer p ON p.payment_id = b.payment_id AND p.purpose = 'payout' AND p.phase = 'posted'
        WHERE b.purpose = 'reversal' AND b.credit_account_id <> p.debit_account_id
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
           OR (s.outcome = 'paid' AND (p.status = 'failed' AND p.conflict = ''
               AND p.written_off_at IS NULL OR p.amount <> s.amount))
           OR (s.outcome = 'returned' AND p.status = 'failed' AND p.reversed_at IS NULL)
           OR (s.outcome = 'declined' AND p.status = 'succeeded')
        """,
    ),
)
