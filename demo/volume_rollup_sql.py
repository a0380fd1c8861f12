"""What `load_volume`'s bulk comes to in the daily roll-ups, each in one statement over all of its rows.

The rows are told as counted when they are written, in the same transaction. `volume_lost(id)` and `volume_ended(id)`
hold the ids of its refunded refunds and of its ended offers, all of orders that nobody else knows yet.
"""

from collections.abc import Sequence

from offers.insights.sql import FRESH, LOSS, LOSS_KEY, LOSSES, PARTS, RETENTION_KEY
from offers.models.totals import MEASURES


def _added_to(table: str, key: Sequence[str], unique: Sequence[str], measures: Sequence[str], source: str) -> str:
    """Add the sums of the measures to the rows of a roll-up."""
    return f"""
        INSERT INTO {table} ({", ".join(key)}, {", ".join(measures)})
        SELECT {", ".join(key)}, {", ".join(f"sum({name})" for name in measures)} FROM {source}
        GROUP BY {", ".join(key)}
        ON CONFLICT ({", ".join(unique)})
        DO UPDATE SET {", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in measures)}
    """


NOTED = "CREATE TEMP TABLE volume_lost (id uuid); CREATE TEMP TABLE volume_ended (id uuid)"
NOTE = (
    "INSERT INTO volume_lost SELECT refund_id FROM volume_plan WHERE status = 'refunded'",
    "INSERT INTO volume_ended SELECT offer_id FROM volume_offers WHERE offer_status <> 'pending'",
)
FORGOTTEN = "DROP TABLE volume_lost, volume_ended"

COUNT_LOSSES = f"""
    WITH lost AS (SELECT id FROM volume_lost), losses AS MATERIALIZED ({LOSS}), kept AS (
        INSERT INTO offers_lossoutcome (refund_id, {", ".join(LOSS_KEY)}, {", ".join(PARTS)})
        SELECT refund_id, {", ".join(LOSS_KEY)}, {", ".join(PARTS)} FROM losses
    )
    {_added_to("offers_dailyloss", LOSS_KEY, ("store_id", "date", "reason"), LOSSES, "losses")}
"""
COUNT_OFFERS = f"""
    WITH chosen AS (SELECT id FROM volume_ended), fresh AS MATERIALIZED ({FRESH}), outcomes AS (
        INSERT INTO offers_outcome (offer_id, store_id, {", ".join(MEASURES)})
        SELECT offer_id, store_id, {", ".join(MEASURES)} FROM fresh
    )
    {
    _added_to(
        "offers_dailyretention",
        RETENTION_KEY,
        [name for name in RETENTION_KEY if name != "marketplace"],
        MEASURES,
        "fresh",
    )
}
"""
