"""Every unique key and reference of a tenant table is within its store, as the catalogue says."""

import pytest
from django.db import connection

from common.tenancy import system_scope
from scripts import citus

pytestmark = pytest.mark.django_db


def test_every_key_and_reference_is_within_a_store():
    refers = citus.references()
    assert len(refers) > 20
    assert [f"{table}.{column}" for table in refers for column, agrees in refers[table].items() if not agrees] == []
    keys = citus.unique_keys()
    assert len(keys) > 60
    beyond = {
        key.name
        for key in keys
        if not (key.is_primary or "store_id" in key.columns or citus.shares_its_store(key, refers))
    }
    assert beyond == set(citus.EXCEPTIONS), "put the store into the key, or say why it is unique over all of them"
    assert {tuple(key.columns) for key in keys if key.is_primary} <= {
        ("id",),
        ("store_id",),
        ("job_id",),
        ("refund_id",),
        ("store_id", "id", "day"),
    }
    said = "\n".join(citus.statements())
    assert all(f"create_distributed_table('{table}', 'store_id')" in said for table in citus.tenant_tables())
    assert "order_line_goods_once UNIQUE (store_id, order_id, item_id, sku)" in said


# What Citus refuses, by its documentation: a unique key without the distribution column, and a reference to a table
# that is neither a reference table nor distributed already with both keys holding that column.
CITUS = """
    CREATE TABLE placed (name regclass PRIMARY KEY, kind text NOT NULL);
    CREATE FUNCTION create_reference_table(named regclass) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO placed VALUES (named, 'reference');
    END $$;
    CREATE FUNCTION create_distributed_table(named regclass, by_column text) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        place smallint;
        bad text;
    BEGIN
        SELECT attnum INTO STRICT place FROM pg_attribute WHERE attrelid = named AND attname = by_column;
        SELECT string_agg(indexrelid::regclass::text, ', ') INTO bad
        FROM pg_index WHERE indrelid = named AND indisunique AND NOT place = ANY (indkey);
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'unique without the store: %', bad;
        END IF;
        INSERT INTO placed VALUES (named, 'distributed');
        SELECT string_agg(c.conname, ', ') INTO bad
        FROM pg_constraint c LEFT JOIN placed p ON p.name = c.confrelid
        WHERE c.conrelid = named AND c.contype = 'f' AND p.kind IS DISTINCT FROM 'reference'
            AND (p.kind IS NULL OR NOT place = ANY (c.conkey));
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'references that leave the store: %', bad;
        END IF;
    END $$;
"""


def test_the_statements_for_citus_run_and_leave_what_it_takes():
    """On this very schema, with stand-ins that refuse what Citus refuses; the test's transaction takes it all back."""
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'store_id' AND is_nullable = 'YES'"
        )
        assert {name for (name,) in cursor.fetchall()} == set(citus.STORELESS)
        cursor.execute(CITUS)
        for statement in citus.statements():
            cursor.execute(statement)
        cursor.execute("SELECT kind, count(*) FROM placed GROUP BY kind")
        placed = dict(cursor.fetchall())
    assert placed == {"distributed": len(citus.tenant_tables()), "reference": len(citus.reference_tables())}
    assert citus.reference_tables() == ["stores_store", "stores_user"]
