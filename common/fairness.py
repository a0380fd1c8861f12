"""Fair share between stores: what one store has heaped up doesn't hold up the one row of another."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from common.tenancy import TenantModel

OF_A_STORE = 10  # rows of each other store that are looked at: as many as it gets in one turn

# Stores that have work are found by jumping from one to the next in the index (store, next_attempt_at), however many
# rows each has.
_ELSEWHERE = """
WITH RECURSIVE waiting AS (
    (SELECT store_id FROM {table} WHERE next_attempt_at IS NOT NULL ORDER BY store_id LIMIT 1)
    UNION ALL
    SELECT (SELECT later.store_id FROM {table} later
            WHERE later.next_attempt_at IS NOT NULL AND later.store_id > waiting.store_id
            ORDER BY later.store_id LIMIT 1)
    FROM waiting WHERE waiting.store_id IS NOT NULL
)
SELECT row.{pk} FROM waiting CROSS JOIN LATERAL (
    SELECT due.{pk}, due.next_attempt_at, row_number() OVER (ORDER BY due.next_attempt_at) AS place FROM (
        SELECT one.{pk}, one.next_attempt_at FROM {table} one
        WHERE one.store_id = waiting.store_id AND one.next_attempt_at <= statement_timestamp()
          AND (one.leased_until IS NULL OR one.leased_until <= statement_timestamp())
        ORDER BY one.next_attempt_at LIMIT %s
    ) due
) row
WHERE waiting.store_id <> ALL(%s)
ORDER BY row.place, row.next_attempt_at LIMIT %s
"""


def share_fairly(due: models.QuerySet, first: Sequence[Any], *, limit: int) -> list[Any]:
    """Of `first`, the `limit` rows of `due` that have waited longest, and of what waits of other stores.

    Where all that is due fits, nobody has to share. Else whatever stores aren't among the first ones have up to half of
    the turn, each of them in turn, and are done first.
    """
    if limit < 2 or len(first) < limit or not issubclass(due.model, TenantModel):
        return [*first]
    pks = _waiting_elsewhere(due.model, {row.store_id for row in first}, limit=limit // 2)
    others = list(due.filter(pk__in=pks).order_by("next_attempt_at", "pk")) if pks else []
    return [*others, *first[: limit - len(others)]]


def _waiting_elsewhere(model: type[models.Model], crowd: Iterable[int], *, limit: int) -> list[Any]:
    """The keys of due rows of stores other than these, the first of each store before the second of any."""
    names = {"table": model._meta.db_table, "pk": model._meta.pk.column}
    sql = _ELSEWHERE.format(**{name: connection.ops.quote_name(value) for name, value in names.items()})
    with connection.cursor() as cursor:
        cursor.execute(sql, [OF_A_STORE, list(crowd), limit])
        return [pk for (pk,) in cursor.fetchall()]
