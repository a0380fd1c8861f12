"""What is noted of an answer that shows buyers' data, and writing it down: once a day for each that is the same."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db import connection, models

from common.actions import bookkeeping
from common.actors import Actor
from common.calendar import day_of
from common.looks import ShownRows
from common.metering import noting
from orders.models import Order
from privacy.models import Look
from privacy.states import LookWay
from refunds.models import Refund

MOST_REMEMBERED = 100_000  # looks of this day that a process knows to be on record
_remembered: set[UUID] = set()


def looks_of(
    shown: ShownRows, *, stores: Sequence[int], actor: Actor, way: LookWay, place: str, at: datetime
) -> list[Look]:
    """The looks that an answer is worth: one for each order or refund it is about, or one a store for its list.

    What tells nothing of its rows is one look at each of `stores`, at nobody known. An empty list is worth none.
    """
    about = {(row.store_id, topic) for row in shown.rows if (topic := topic_of(row)) is not None}
    told = [(store_id, topic, str(topic), 1) for store_id, topic in sorted(about)]
    if shown.listed is not None:
        told += _lists(shown.listed)
    elif not about:
        single = [(row.store_id, str(row.pk)) for row in shown.rows if getattr(row, "store_id", None) is not None]
        told += [(store_id, None, key, 1) for store_id, key in single] or [(store, None, "", 0) for store in stores]
    return [_look(store_id, topic, key, buyers, actor, way, place, at) for store_id, topic, key, buyers in told]


def topic_of(row: models.Model) -> UUID | None:
    """The order or the refund that a row is, or belongs to."""
    if isinstance(row, Order | Refund):
        return row.pk
    return getattr(row, "refund_id", None) or getattr(row, "order_id", None) or getattr(row, "topic_id", None)


def _lists(rows: Iterable[models.Model]) -> list[tuple[int, None, str, int]]:
    """A list's rows, store by store: the same rows are the same look."""
    by_store: dict[int, set[str]] = {}
    for row in rows:
        if getattr(row, "store_id", None) is not None:
            by_store.setdefault(row.store_id, set()).add(str(topic_of(row) or row.pk))
    return [(store_id, None, " ".join(sorted(keys)), len(keys)) for store_id, keys in sorted(by_store.items())]


def _look(
    store_id: int, topic: UUID | None, key: str, buyers: int, actor: Actor, way: LookWay, place: str, at: datetime
) -> Look:
    day = day_of(at, "UTC")
    told = "\0".join([str(store_id), actor.id, way, place, key])
    print_ = blake2b(told.encode(), digest_size=12).digest()
    return Look(
        id=UUID(bytes=day.toordinal().to_bytes(4) + print_),  # those of a day lie together
        store_id=store_id,
        day=day,
        at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        way=way,
        place=place,
        topic_id=topic,
        buyers=buyers,
    )


def put_on_record(looks: Sequence[Look]) -> None:
    """Put looks on record, those that this process knows to be there aside. DatabaseError when that can't be done."""
    new = {look.pk: look for look in looks if look.pk not in _remembered}
    if not new:
        return
    _insert(list(new.values()))
    if len(_remembered) > MOST_REMEMBERED:
        _remembered.clear()
    _remembered.update(new)
    for look in new.values():
        noting.buyers_seen(look.way)


_COLUMNS = {
    **{"id": "uuid", "store_id": "bigint", "day": "date", "at": "timestamptz", "actor_kind": "text"},
    **{"actor_id": "text", "actor_label": "text", "way": "text", "place": "text", "topic_id": "uuid", "buyers": "int"},
}
# An answer need not wait for the disk: what a machine loses that dies is half a second, what a process loses nothing.
_INSERT = f"""
    INSERT INTO privacy_look ({", ".join(_COLUMNS)})
    SELECT told.* FROM (SELECT set_config('synchronous_commit', 'off', true)) AS later,
        unnest({", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())}) AS told
    ON CONFLICT DO NOTHING
"""


@bookkeeping("Who has read something did nothing to it; that they did is what is written down.", alone=True)
def _insert(looks: Sequence[Look]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [[getattr(look, name) for look in looks] for name in _COLUMNS])
