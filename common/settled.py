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


def is_ahead(event_id: int) -> bool:
    """Whether no event has had this number yet: it was made up, or told before the database was put back to earlier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s > CASE WHEN is_called THEN last_value ELSE 0 END FROM common_event_id_seq", [event_id]
        )
        return cursor.fetchone()[0]


SETTLED_FUNCTION = RunSQL(
    f"""
    -- The smallest id, below another, of a transaction that may still write in this database; null for none. Ids are of
    -- all databases of the server: whose they are their sessions tell. Of those that are newer than what the snapshot
    -- knows some are savepoints' ids; only sessions of this database, or of roles that hide what they do, can have one.
    CREATE OR REPLACE FUNCTION wanliu_oldest_writer(below bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
        seen pg_snapshot := pg_current_snapshot();
    BEGIN
        IF pg_snapshot_xmin(seen)::text::bigint >= below THEN
            RETURN NULL;
        END IF;
        PERFORM pg_stat_clear_snapshot();
        RETURN (
            SELECT min(id) FROM (
                SELECT running::text::bigint FROM pg_snapshot_xip(seen) running
                WHERE NOT EXISTS (
                    SELECT FROM pg_stat_activity session
                    WHERE session.backend_xid::text::bigint = running::text::bigint % 4294967296
                    AND session.datname <> current_database()
                )
                UNION ALL
                SELECT newer FROM generate_series(pg_snapshot_xmax(seen)::text::bigint, below - 1) newer
                WHERE EXISTS (
                    SELECT FROM pg_stat_activity session
                    WHERE session.datname = current_database() AND session.pid <> pg_backend_pid()
                    AND (session.backend_xid::text::bigint = newer % 4294967296 OR session.state IS NULL)
                )
            ) running(id)
            WHERE id < below
        );
    END $$;

    CREATE OR REPLACE FUNCTION wanliu_settled(OUT event_id bigint, OUT at timestamptz) LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
        -- Only a transaction that takes its number after the look knows that later ones write later things.
        is_first boolean := pg_current_xact_id_if_assigned() IS NULL;
        last_event bigint;
        instant timestamptz;
        own bigint;
        ended_below bigint;
    BEGIN
        SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO last_event FROM common_event_id_seq;
        instant := clock_timestamp();
        IF is_first THEN
            own := pg_current_xact_id()::text::bigint;
            LOOP
                IF wanliu_oldest_writer(own) IS NULL THEN
                    event_id := last_event;
                    at := instant;
                    EXIT;
                END IF;
                EXIT WHEN clock_timestamp() > instant + interval '{PATIENCE}';
                PERFORM pg_sleep(0.005);
            END LOOP;
        END IF;
        ended_below := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
        ended_below := coalesce(wanliu_oldest_writer(ended_below), ended_below);
        IF is_first AND NOT EXISTS (SELECT FROM common_watermark w WHERE w.at > instant - interval '1 second') THEN
            DELETE FROM common_watermark w WHERE w.id IN (
                SELECT old.id FROM common_watermark old WHERE (old.event_id, old.at) < (
                    SELECT n.event_id, n.at FROM common_watermark n WHERE n.xid < ended_below
                    ORDER BY n.event_id DESC, n.at DESC LIMIT 1
                ) FOR UPDATE SKIP LOCKED
            );
            INSERT INTO common_watermark (xid, event_id, at) VALUES (own, last_event, instant);
        END IF;
        IF at IS NULL THEN
            SELECT w.event_id, w.at INTO event_id, at FROM common_watermark w
            WHERE w.xid < ended_below ORDER BY w.event_id DESC, w.at DESC LIMIT 1;
        END IF;
        event_id := coalesce(event_id, 0);
        at := coalesce(at, to_timestamp(0));
    END $$;
    """,
    "DROP FUNCTION wanliu_settled(); DROP FUNCTION wanliu_oldest_writer(bigint)",
)
