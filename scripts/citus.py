"""What distributing the tables by `store_id` with Citus takes, read from the catalogue (docs/scaling.md).

scripts/citus.py           print the statements; needs a migrated database
"""

import os
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Unique over all stores, each for its reason: with Citus its promise is kept by a table of its own, or by the code.
EXCEPTIONS = {
    "idempotent_answer_once": "a marketplace's key calls for all its stores; a key is of one call",
    "connection_once_per_shop": "a shop at a marketplace is connected to one store",
    "connection_once_per_token": "a token is one store's",
    "connectors_connection_push_token_key": "a message finds its store by it",
    "evidence_file_once": "a name in the storage, random",
    "stores_apikey_prefix_key": "a call finds its store by it",
}


# Some rows of these have no store: they need one (the platform's own) before their key can hold it.
STORELESS = {
    "common_event": "what happens to the platform itself",
    "stores_apikey": "keys of marketplaces",
}


class UniqueKey(NamedTuple):
    """A unique index of a tenant table: its columns, and the rest of its definition; some belong to a constraint."""

    table: str
    name: str
    columns: list[str]
    where: str
    is_primary: bool
    is_constraint: bool


_KEYS = """
    SELECT t.relname, x.relname,
           array(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY k(n, place)
                 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY k.place),
           coalesce(pg_get_expr(i.indpred, i.indrelid), ''), i.indisprimary,
           EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
    WHERE i.indisunique AND t.relnamespace = current_schema()::regnamespace ORDER BY 1, 2
"""
_REFERENCES = """
    SELECT c.conrelid::regclass::text, c.confrelid::regclass::text,
           array(SELECT a.attname FROM unnest(c.conkey) k(n)
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n)
    FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace
"""


def tenant_tables() -> set[str]:
    """The tables with a store, the stores themselves aside."""
    from django.conf import settings

    from common.tenancy import tenant_models

    return {model._meta.db_table for model in tenant_models() if model._meta.label != settings.TENANT_MODEL}


def unique_keys() -> list[UniqueKey]:
    """Every unique key of a tenant table."""
    tables = tenant_tables()
    return [key for key in (UniqueKey(*row) for row in _rows(_KEYS)) if key.table in tables]


def references() -> dict[str, dict[str, bool]]:
    """Table → column that refers to another tenant table → whether a reference of it agrees on the store."""
    tables = tenant_tables()
    found: dict[str, dict[str, bool]] = {}
    for table, target, columns in _rows(_REFERENCES):
        if table in tables and target in tables:
            agrees = "store_id" in columns
            for column in set(columns) - {"store_id"}:
                own = found.setdefault(table, {})
                own[column] = own.get(column, False) or agrees
    return found


def shares_its_store(key: UniqueKey, refers: dict[str, dict[str, bool]]) -> bool:
    """Whether the key is within one row of another table, which agrees on the store: it then is within the store."""
    return any(refers.get(key.table, {}).get(column) for column in key.columns)


def statements() -> Iterator[str]:
    """What distributing takes; each unique key gets the store in front, which changes nothing of what it forbids.

    Those of EXCEPTIONS then forbid less, and are found by an index of their own. Tables that others refer to come
    first.
    """
    for table, rows in STORELESS.items():
        yield f"-- before: {table} has rows without a store ({rows}); give them one."
    for key in unique_keys():
        if "store_id" not in key.columns:
            yield from _with_the_store(key)
    yield from (f"SELECT create_reference_table('{table}');" for table in reference_tables())
    order = {table: {target for target in targets if target != table} for table, targets in _targets().items()}
    own = tenant_tables()
    placed = TopologicalSorter({table: sorted(order.get(table, set()) & own) for table in sorted(own)})
    yield from (f"SELECT create_distributed_table('{table}', 'store_id');" for table in placed.static_order())


def _with_the_store(key: UniqueKey) -> Iterator[str]:
    columns = ", ".join(["store_id", *key.columns])
    if key.is_primary:
        yield f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name} CASCADE, ADD PRIMARY KEY ({columns});"
    elif key.is_constraint:
        yield f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}, ADD CONSTRAINT {key.name} UNIQUE ({columns});"
    else:
        where = f" WHERE {key.where}" if key.where else ""
        yield f"DROP INDEX {key.name}; CREATE UNIQUE INDEX {key.name} ON {key.table} ({columns}){where};"
    if key.name in EXCEPTIONS:
        yield f"CREATE INDEX {key.name}_of_all ON {key.table} ({', '.join(key.columns)});"


def reference_tables() -> list[str]:
    """The stores, and what belongs to no store and tables of stores refer to: on every node."""
    targets, own = _targets(), tenant_tables()
    found, ahead = {"stores_store"}, set(own)
    while ahead:
        ahead = {target for table in ahead for target in targets.get(table, ())} - own - found
        found |= ahead
    return sorted(found)


def _targets() -> dict[str, set[str]]:
    """Table → the tables that it refers to."""
    found: dict[str, set[str]] = {}
    for table, target, _columns in _rows(_REFERENCES):
        found.setdefault(table, set()).add(target)
    return found


def _rows(sql: str) -> list[tuple]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def main() -> int:
    """Print them."""
    import django

    django.setup()
    print("\n".join(statements()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
