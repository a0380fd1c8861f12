"""Fair share between stores: what one store has heaped up doesn't hold up the one row of another."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

from common.tenancy import TenantModel

OF_A_STORE = 10  # rows of each other store that are looked at: as many as it gets in one turn

# Stores that have work are found by jumping from one to the next in the index (store, next_attempt_at), however many
# rows each has; of each the first rows are asked for as whoever takes them up asks, so that what isn't theirs to take
# (a sandbox's whose clock is ahead) is in nobody's way.
_ELSEWHERE = """
WITH RECURSIVE waiting AS (
    (SELECT store_id FROM {table} WHERE next_attempt_at IS NOT NULL ORDER BY store_id LIMIT 1)
    UNION ALL
    SELECT (SELECT later.store_id FROM {table} later
            WHERE later.next_attempt_at IS NOT NULL AND later.store_id > waiting.store_id
            ORDER BY later.store_id LIMIT 1)
    FROM waiting WHERE waiting.store_id IS NOT NULL
)
SELECT row.key FROM waiting CROSS JOIN LATERAL (
    SELECT due.key, due.at, row_number() OVER (ORDER BY due.at) AS place FROM ({due}) due (key, at)
) row
WHERE waiting.store_id <> ALL(%s)
ORDER BY row.place, row.at LIMIT %s
"""


def share_fairly(due: models.QuerySet, first: Sequence[Any], *, limit: int) -> list[Any]:
    """Of `first`, the `limit` rows of `due` that have waited longest, and of what waits of other stores.

    Where all that is due fits, nobody has to share. Else whatever stores aren't among the first ones have up to half of
    the turn, each of them in turn, and are done first.
    """
    if limit < 2 or len(first) < limit or not issubclass(due.model, TenantModel):
        return [*first]
    pks = _waiting_elsewhere(due, {row.store_id for row in first}, limit=limit // 2)
    others = list(due.filter(pk__in=pks).order_by("next_attempt_at", "pk")) if pks else []
    return [*others, *first[: limit - len(others)]]


def _waiting_elsewhere(due: models.QuerySet, crowd: Iterable[int], *, limit: int) -> list[Any]:
    """The keys of due rows of stores other than these, the first of each store before the second of any."""
    of_store = due.filter(store_id=RawSQL("waiting.store_id", ())).order_by("next_attempt_at")
    of_store = of_store.values_list("pk", "next_attempt_at")[:OF_A_STORE]
    of_store.query.select_for_update = False  # what another worker holds is passed over when it is taken up
    one_store, params = of_store.query.sql_with_params()
    sql = _ELSEWHERE.format(table=connection.ops.quote_name(due.model._meta.db_table), due=one_store)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, list(crowd), limit])
        return [pk for (pk,) in cursor.fetchall()]
