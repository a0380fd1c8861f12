"""What must hold of disputes and appeals."""

from common.upkeep import Check

CHECKS = (
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
)
