"""Every invariant of every room, recomputed from raw rows: what `verify_ledger` runs. An empty answer is good."""

from collections.abc import Iterator

from django.db import transaction
from psycopg import Cursor

from common.queries import preparing_cursor
from common.upkeep import Check
from operations.collecting import all_checks


def run_check(check: Check) -> list[str]:
    """The rows that are off, in every store. Needs the system scope, which outlives a check that fails.

    Whoever asks again over one connection (after each step of a history) has it planned once: planning all of them
    takes longer than looking at a small database does.
    """
    with transaction.atomic(), preparing_cursor(Cursor) as cursor:
        cursor.execute(check.sql, check.parameters and check.parameters())
        return [row[0] for row in cursor.fetchall()]


def run_checks() -> Iterator[tuple[Check, list[str]]]:
    """Each check with the rows that are off. Needs the system scope."""
    for check in all_checks():
        yield check, run_check(check)
