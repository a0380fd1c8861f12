"""What must hold of connected shops."""

from common.upkeep import Check

CHECKS = (
    Check(
        "a refund that follows its marketplace is mirrored once, under the connection of its store",
        """
        SELECT 'mirrored refund ' || m.id FROM connectors_mirroredrefund m
        JOIN connectors_connection c ON c.id = m.connection_id
        WHERE c.store_id <> m.store_id OR m.refund_id IS NULL AND NOT m.needs_look
        """,
    ),
    Check(
        "a decision is under way, or it has an end",
        """
        SELECT 'sent decision ' || d.id FROM connectors_sentdecision d
        WHERE (d.status IN ('waiting', 'sent', 'code_wanted', 'by_hand')) <> (d.closed_at IS NULL)
           OR d.closed_at IS NOT NULL AND d.next_attempt_at IS NOT NULL
        """,
    ),
)
