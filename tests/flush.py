"""Emptying the tables after a test that commits.

Django truncates every table: that makes some 400 files anew and costs 0.3 s of CPU, however little the test wrote.
Deleting what it wrote costs a few milliseconds. What migrations have put into tables is there again afterwards: else
whatever needs it would depend on which tests came before.
"""

from functools import cache
from graphlib import TopologicalSorter

from django.db import connection
from psycopg import sql

KEPT = {"django_content_type", "auth_permission"}  # filled after migrating, which takes time
LOADED = ("offers_marketplacemethod", "stores_categoryopening")  # filled by migrations

REFERENCES = """
    SELECT DISTINCT confrelid::regclass::text, conrelid::regclass::text
    FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid
"""
# Rows that a trigger keeps from being deleted (ROW is bit 0 of its type, DELETE bit 3).
GUARDED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 9 = 9"
WRITTEN = """
    SELECT relname FROM pg_class WHERE oid = ANY (%s::regclass[]) AND (
        pg_relation_size(oid) > 0 OR EXISTS (SELECT FROM pg_partition_tree(oid) WHERE pg_relation_size(relid) > 0)
    )
"""


def statements(*args, **kwargs) -> list[str]:
    """What empties the tables; stands in for `django.core.management.sql.sql_flush`."""
    tables, guarded = _tables()
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [tables])
        written = {name for (name,) in cursor.fetchall()}
    return [
        "SELECT set_config('wanliu.stores', '*', true)",
        *(f"TRUNCATE {table} CASCADE" for table in tables if table in written & guarded),
        *(f"DELETE FROM {table}" for table in tables if table in written - guarded),
        *loaded(),
    ]


@cache
def loaded() -> list[str]:
    """What puts the rows of migrations back; to be asked before any test has written."""
    found = []
    with connection.cursor() as cursor:
        for table in LOADED:
            cursor.execute(f"SELECT coalesce(jsonb_agg(row), '[]')::text FROM {table} AS row")
            [rows] = cursor.fetchone()
            assert rows != "[]", f"{table} is empty: run with --create-db"
            told = sql.Literal(rows).as_string(connection.connection)
            found.append(f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, {told})")
    return found


@cache
def _tables() -> tuple[list[str], set[str]]:
    """The tables to empty, those that refer to others first, and which of them are guarded."""
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    order = TopologicalSorter({name: set() for name in names})
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES)
        for table, referring in cursor.fetchall():
            order.add(table, referring)
        cursor.execute(GUARDED)
        guarded = {name for (name,) in cursor.fetchall()}
    return [name for name in order.static_order() if name in names], guarded
