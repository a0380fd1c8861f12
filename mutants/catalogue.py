"""The mutants of the tables: each constraint, unique index, policy and trigger of the rooms."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

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
    WHERE NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = polrelid)
    UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
    WHERE NOT tgisinternal AND tgparentid = 0
    ORDER BY 2, 1, 3
"""
# References that rest on a unique constraint: they go with it, and come back behind it.
RESTING = """
    SELECT u.conrelid::regclass::text, u.conname, r.conrelid::regclass::text, r.conname, pg_get_constraintdef(r.oid)
    FROM pg_constraint r JOIN pg_constraint u ON r.conindid = u.conindid AND u.contype = 'u'
    WHERE r.contype = 'f' AND r.conparentid = 0
"""
CONSTRAINT = ("ALTER TABLE {table} DROP CONSTRAINT {name}", "ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
# How it is taken out, and put back.
TAKEN_OUT = {
    "check": CONSTRAINT,
    "reference": CONSTRAINT,
    "policy": ("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
    "trigger": ("DROP TRIGGER {name} ON {table}", "{definition}"),
    "index": ("DROP INDEX {name}", "{definition}"),
    "index of all parts": ("DROP INDEX {name}", ""),
    "unique": ("ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE", CONSTRAINT[1]),
}


def in_tables() -> list[Mutant]:
    """Every mutant of the tables of the database that settings name, which is migrated."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        rows = [row for row in cursor.fetchall() if row[1].split("_")[0] in ROOMS]
        cursor.execute(RESTING)
        resting = defaultdict(list)
        for table, name, *reference in cursor.fetchall():
            resting[table, name].append(reference)
    return [_mutant(*row, resting[row[1:3]]) for row in rows]


def _mutant(kind: str, table: str, name: str, definition: str, resting: Iterable[Sequence[str]]) -> Mutant:
    form = kind
    if definition.startswith("CREATE UNIQUE INDEX"):
        form = "index of all parts" if " ON ONLY " in definition else "index"
    taken_out, put_back = (statement.format(**_said(table, name, definition)) for statement in TAKEN_OUT[form])
    with_it = [CONSTRAINT[1].format(**_said(*reference)) for reference in resting]
    return Mutant(
        name=f"{table}::{kind}::{name}",
        kind=kind,
        print=hashlib.sha256(definition.encode()).hexdigest()[:12],
        says=" ".join(definition.split()),
        statements=(taken_out,),
        put_back=(put_back, *with_it) if put_back else (),
    )


def _said(table: str, name: str, definition: str) -> dict[str, str]:
    return {"table": table, "name": connection.ops.quote_name(name), "definition": definition}
