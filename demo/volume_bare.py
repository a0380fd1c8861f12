"""Tables that take many rows at once: without indexes, keys and references meanwhile, which are made anew after them.

All of it is one transaction of PostgreSQL, the taking off too: whatever ends it before its end (an error, a kill, a
machine that stops) leaves the tables as they were, with all that belongs to them. Only their owner may do so.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

LOCK_WAIT = "10s"
# For this transaction: sorts of whole tables in memory, on as many processors as there are.
_SETTINGS = """
    SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL max_parallel_maintenance_workers = 4;
    SET LOCAL work_mem = '128MB'; SET LOCAL synchronous_commit = off
"""
_OWNS_ALL = """
    SELECT bool_and(pg_has_role(relowner, 'USAGE') AND relkind = 'r') FROM pg_class WHERE oid = ANY(%s::regclass[])
"""
# Keys before what refers to them; a table's references go with those of others to it.
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype = 'f'
    FROM pg_constraint
    WHERE contype IN ('p', 'u') AND conrelid = ANY(%(tables)s::regclass[])
       OR contype = 'f' AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
    ORDER BY contype = 'f', contype, conrelid::regclass::text, conname
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%(tables)s::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
    ORDER BY indrelid::regclass::text, 1
"""
_FORCED = """
    SELECT oid::regclass::text FROM pg_class WHERE oid = ANY(%s::regclass[]) AND relforcerowsecurity ORDER BY 1
"""


@dataclass(frozen=True)
class TakenOff:
    """Something that a table lacks for now, and the statement that makes it anew."""

    away: str
    back: str


def may_be_bared(tables: Sequence[str]) -> bool:
    """Whether the connection's role owns all of these tables."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNS_ALL, [list(tables)])
        return cursor.fetchone()[0]


@contextmanager
def bared(tables: Sequence[str]) -> Iterator[None]:
    """Nobody else reads or writes these tables meanwhile. In the caller's transaction.

    Raises django.db.OperationalError when somebody works with them for longer than LOCK_WAIT.
    """
    named = {"tables": list(tables)}
    with connection.cursor() as cursor:
        cursor.execute(f"{_SETTINGS}; SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        keys, references, indexes = _taken_off(cursor, named)
        walls = _walls_around(cursor, tables)
        for each in [*references, *indexes, *reversed(keys), *walls]:
            cursor.execute(each.away)
        for table in tables:
            _empty(cursor, table)
        yield
        for each in [*walls, *keys, *indexes, *references]:
            cursor.execute(each.back)


def _walls_around(cursor, tables: Sequence[str]) -> list[TakenOff]:
    """Row security that holds for the owner too, to whom rows can't be copied through it."""
    cursor.execute(_FORCED, [list(tables)])
    changes = [f"ALTER TABLE {table}" for (table,) in cursor.fetchall()]
    return [TakenOff(f"{each} NO FORCE ROW LEVEL SECURITY", f"{each} FORCE ROW LEVEL SECURITY") for each in changes]


def _empty(cursor, table: str) -> None:
    """Begin a table that has no rows anew: where no copy of the log is kept, its rows aren't logged then."""
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
    if not cursor.fetchone()[0]:
        cursor.execute(f"TRUNCATE {table}")


def _taken_off(cursor, named: dict) -> tuple[list[TakenOff], list[TakenOff], list[TakenOff]]:
    """The keys, the references and the other indexes of the tables."""
    cursor.execute(_CONSTRAINTS, named)
    keys, references = [], []
    for table, name, definition, is_reference in cursor.fetchall():
        change = f"ALTER TABLE {table}"
        taken = TakenOff(f"{change} DROP CONSTRAINT {name}", f"{change} ADD CONSTRAINT {name} {definition}")
        (references if is_reference else keys).append(taken)
    cursor.execute(_INDEXES, named)
    return keys, references, [TakenOff(f"DROP INDEX {name}", definition) for name, definition in cursor.fetchall()]
