"""Migration operations for a table that lies in one part per month, so that what is old goes by dropping a part.

The application's role owns no table: it calls two functions of the owner's, which make the parts of this month and the
next three, and drop those that are wholly older than a day. What fits no part lies in the rest, so that no write ever
fails for want of one. None of it waits longer than two seconds for a lock: it is tried again an hour later. Whoever
calls them has the scope of the system open.
"""

from django.db.migrations import RunSQL

from common.calendar import sql_day_of
from common.tenancy_sql import rule_of

MONTHS_AHEAD = 3
TODAY = sql_day_of("now()", "'UTC'")
YOUNGEST_DAYS = 31  # nothing younger than this is ever dropped, whatever is asked
_HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '2s'"


def parted_by_month(table: str) -> RunSQL:
    """The rest of a table that was made `PARTITION BY RANGE (day)`, and the two functions; makes the first parts."""
    rule = rule_of("store_id").replace("'", "''")
    return RunSQL(
        f"""
        CREATE FUNCTION {table}_part(part text, bounds text) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
            reader text;
        BEGIN
            EXECUTE format('CREATE TABLE %I PARTITION OF {table} %s', part, bounds);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
            EXECUTE format('CREATE POLICY tenant ON %I USING {rule} WITH CHECK {rule}', part);
            FOR reader IN  -- a back-up reads each part
                SELECT DISTINCT granted.grantee::regrole FROM pg_class, aclexplode(relacl) AS granted
                WHERE pg_class.oid = '{table}'::regclass AND granted.grantee NOT IN (relowner, 0)
            LOOP
                EXECUTE format('GRANT SELECT ON %I TO %s', part, reader);
            END LOOP;
        END $$;

        CREATE FUNCTION {table}_make_parts() RETURNS integer {_HEAD} AS $$
        DECLARE
            month date;
            part text;
            made integer := 0;
        BEGIN
            FOR ahead IN 0..{MONTHS_AHEAD} LOOP
                month := date_trunc('month', {TODAY}) + make_interval(months => ahead);
                part := '{table}_' || to_char(month, '"y"YYYY"m"MM');
                CONTINUE WHEN to_regclass(part) IS NOT NULL OR EXISTS (
                    SELECT FROM {table}_rest WHERE day >= month AND day < month + interval '1 month'
                );
                PERFORM {table}_part(
                    part, format('FOR VALUES FROM (%L) TO (%L)', month, (month + interval '1 month')::date)
                );
                made := made + 1;
            END LOOP;
            RETURN made;
        END $$;

        CREATE FUNCTION {table}_drop_parts(until date) RETURNS bigint {_HEAD} AS $$
        DECLARE
            part text;
            rows bigint;
            gone bigint := 0;
        BEGIN
            until := least(until, {TODAY} - {YOUNGEST_DAYS});
            FOR part IN
                SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = '{table}'::regclass AND c.relname <> '{table}_rest'
                AND to_date(right(c.relname, 8), '"y"YYYY"m"MM') + interval '1 month' <= until
            LOOP
                EXECUTE format('SELECT count(*) FROM %I', part) INTO rows;
                EXECUTE format('DROP TABLE %I', part);
                gone := gone + rows;
            END LOOP;
            SELECT count(*) INTO rows FROM {table}_rest;
            IF rows > 0 AND NOT EXISTS (SELECT FROM {table}_rest WHERE day >= until) THEN
                TRUNCATE {table}_rest;
                gone := gone + rows;
            END IF;
            RETURN gone;
        END $$;

        SELECT {table}_part('{table}_rest', 'DEFAULT');
        SELECT set_config('wanliu.stores', '*', true);
        SELECT {table}_make_parts();
        SELECT set_config('wanliu.stores', '', true);
        """,
        f"""
        DROP FUNCTION {table}_drop_parts(date);
        DROP FUNCTION {table}_make_parts();
        DROP FUNCTION {table}_part(text, text);
        """,
    )
