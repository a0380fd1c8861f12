"""How many rows wait, and since when the first of them: of many kinds in one statement."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

NOTHING = timedelta()
MOST_WAITING = 10_000  # are counted of a kind; of so many nobody asks how many more


class Waiting(NamedTuple):
    """How many rows, MOST_WAITING at most, the instant of the oldest (None where there is none), and its age.

    The age is by the database's clock, as work that is owed goes; deadlines go by the process's.
    """

    count: int
    since: datetime | None
    age: timedelta


def what_waits(kinds: Mapping[str, tuple[models.QuerySet, str]]) -> dict[str, Waiting]:
    """For each kind its rows, and the column that says since when. Only rows with that column are counted."""
    parts, values = [], []
    for name, (rows, column) in kinds.items():
        first = rows.filter(**{f"{column}__isnull": False}).order_by(column).values(column)[:MOST_WAITING]
        try:
            sql, params = first.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT %s::text, count(*), min(since), now() - min(since) FROM ({sql}) AS waiting (since)")
        values += [name, *params]
    found = dict.fromkeys(kinds, Waiting(0, None, NOTHING))
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            found |= {name: Waiting(count, at, age or NOTHING) for name, count, at, age in cursor.fetchall()}
    return found
