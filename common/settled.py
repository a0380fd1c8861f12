"""Up to where the record is settled: nothing can still appear before it, however late its writer commits.

Numbers and instants are given while a transaction runs, and seen when it commits: a reader that has come to number 7
would miss a 5 that is committed later. So it reads no further than a look at the clock and the counter after which
every transaction that could still write something earlier has ended (docs/adr/0033). Such looks are kept as
`Watermark`s for times at which somebody is always at work. No clock of the application is asked, and nobody who writes
waits.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.migrations import RunSQL

from common.actions import bookkeeping

# How long a reader waits for transactions that are about to end, before it is content with an earlier look.
PATIENCE = "250 milliseconds"


class Settled(NamedTuple):
    """Every event with a number up to `event_id`, and every change before the instant `at`, is there to be seen."""

    event_id: int
    at: datetime


@bookkeeping("A look at the counters is nobody's act.")
def look() -> Settled:
    """Where the record is settled now. To be asked before anything is written: later it only knows of earlier looks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id, at FROM wanliu_settled()")
        return Settled(*cursor.fetchone())


SETTLED_FUNCTION = RunSQL(
    f"""
    CREATE FUNCTION wanliu_settled(OUT event_id bigint, OUT at timestamptz) LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
        -- Only a transaction that takes its number after the look knows that later ones write later things.
        is_first boolean := pg_current_xact_id_if_assigned() IS NULL;
        last_event bigint;
        instant timestamptz;
        own xid8;
    BEGIN
        SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO last_event FROM common_event_id_seq;
        instant := clock_timestamp();
        IF is_first THEN
            own := pg_current_xact_id();
            LOOP
                IF pg_snapshot_xmin(pg_current_snapshot()) >= own THEN
                    event_id := last_event;
                    at := instant;
                    EXIT;
                END IF;
                EXIT WHEN clock_timestamp() > instant + interval '{PATIENCE}';
                PERFORM pg_sleep(0.005);
            END LOOP;
            IF NOT EXISTS (SELECT FROM common_watermark w WHERE w.at > instant - interval '1 second') THEN
                DELETE FROM common_watermark w WHERE w.id IN (
                    SELECT old.id FROM common_watermark old WHERE (old.event_id, old.at) < (
                        SELECT n.event_id, n.at FROM common_watermark n
                        WHERE n.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                        ORDER BY n.event_id DESC, n.at DESC LIMIT 1
                    ) FOR UPDATE SKIP LOCKED
                );
                INSERT INTO common_watermark (xid, event_id, at) VALUES (own::text::bigint, last_event, instant);
            END IF;
        END IF;
        IF at IS NULL THEN
            SELECT w.event_id, w.at INTO event_id, at FROM common_watermark w
            WHERE w.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
            ORDER BY w.event_id DESC, w.at DESC LIMIT 1;
        END IF;
        event_id := coalesce(event_id, 0);
        at := coalesce(at, to_timestamp(0));
    END $$;
    """,
    "DROP FUNCTION wanliu_settled()",
)
