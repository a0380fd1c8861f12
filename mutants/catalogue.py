"""The mutants of the tables: each constraint, unique index, policy and trigger of the rooms."""

import hashlib

from django.db import connection

from mutants.finding import ROOMS, Mutant

# kind, table, name, definition: what the application relies on. Plain references and the keys of rows are left out, and
# what a part of a table has of the whole: that is taken out there.
GUARDS = """
    SELECT CASE contype WHEN 'f' THEN 'reference' WHEN 'u' THEN 'unique' ELSE 'check' END,
        conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE (contype IN ('c', 'u') OR contype = 'f' AND array_length(conkey, 1) > 1)
        AND coninhcount = 0
    UNION ALL
    SELECT 'unique', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indisunique AND NOT indisprimary
        AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = indexrelid)
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype = 'u')
    UNION ALL
    SELECT 'policy', polrelid::regclass::text, polname, pg_get_expr(polqual, polrelid) FROM pg_policy
    UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
    WHERE NOT tgisinternal AND tgparentid = 0
    ORDER BY 2, 1, 3
"""
TAKEN_OUT = {
    "check": "ALTER TABLE {table} DROP CONSTRAINT {name}",
    "reference": "ALTER TABLE {table} DROP CONSTRAINT {name}",
    "policy": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "trigger": "DROP TRIGGER {name} ON {table}",
}


def in_tables() -> list[Mutant]:
    """Every mutant of the tables of the database that settings name, which is migrated."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        rows = [row for row in cursor.fetchall() if row[1].split("_")[0] in ROOMS]
    return [_mutant(*row) for row in rows]


def _mutant(kind: str, table: str, name: str, definition: str) -> Mutant:
    taken_out = TAKEN_OUT.get(kind)
    if taken_out is None:  # unique: an index of its own, or that of a constraint on which references may rest
        is_index = definition.startswith("CREATE")
        taken_out = "DROP INDEX {name}" if is_index else "ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"
    return Mutant(
        name=f"{table}::{kind}::{name}",
        kind=kind,
        print=hashlib.sha256(definition.encode()).hexdigest()[:12],
        says=" ".join(definition.split()),
        statements=(taken_out.format(table=table, name=connection.ops.quote_name(name)),),
    )
