"""What is noted of an answer that shows buyers' data, and writing it down: once a day for each that is the same."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from hashlib import blake2b
from uuid import UUID

from django.db import models, transaction

from common.actions import bookkeeping
from common.actors import Actor
from common.calendar import day_of
from common.looks import ShownRows, topic_of
from common.metering import noting
from common.queries import preparing_cursor
from common.tenancy import Scope, adopt_scope, set_scope
from privacy.models import Look
from privacy.states import LookWay

MOST_REMEMBERED = 100_000  # looks of this day that a process knows to be on record
_remembered: set[UUID] = set()


def looks_of(
    shown: ShownRows, *, stores: Sequence[int], actor: Actor, way: LookWay, place: str, at: datetime
) -> list[Look]:
    """The looks that an answer is worth: one for each order or refund it is about, or one a store for its list.

    What tells nothing of its rows is one look at each of `stores`, at nobody known. An empty list is worth none.
    """
    again = shown.topics if len(shown.topics) == 1 else set()
    told = [(store_id, topic, str(topic), 1) for store_id, topic in sorted(shown.about | again)]
    if listed := [*_topics(shown.listed or ()), *(shown.topics - again)]:
        told += _lists(listed)
    if shown.files:
        told += [(file.store_id, None, f"{file.chosen_by} {file.orders}", file.orders) for file in shown.files]
    elif not told and shown.listed is None:
        single = [(row.store_id, str(row.pk)) for row in shown.rows if getattr(row, "store_id", None) is not None]
        told += [(store_id, None, key, 1) for store_id, key in single] or [(store, None, "", 0) for store in stores]
    return [_look(store_id, topic, key, buyers, actor, way, place, at) for store_id, topic, key, buyers in told]


def _topics(rows: Iterable[models.Model]) -> Iterator[tuple[int, UUID | int]]:
    """Store and order or refund of each row that is a store's, or else the row itself."""
    for row in rows:
        if getattr(row, "store_id", None) is not None:
            yield row.store_id, topic_of(row) or row.pk


def _lists(listed: Iterable[tuple[int, UUID | int]]) -> list[tuple[int, None, str, int]]:
    """A list's rows, store by store: the same rows are the same look."""
    by_store: dict[int, set[str]] = {}
    for store_id, key in listed:
        by_store.setdefault(store_id, set()).add(str(key))
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
    if new := _not_remembered(looks):
        _insert(new)
        _remember(new)


def put_on_record_within(looks: Sequence[Look], *, is_read: bool) -> None:
    """Put looks on record with what the open transaction has done; of one that only `is_read` nothing waits for disks.

    The transaction is a call's, whose scope has all stores that the looks are of.
    """
    new = _not_remembered(looks)
    if not new:
        return
    adopt_scope(Scope(tuple({look.store_id for look in new})))
    try:
        _insert_within(new, is_read=is_read)
    finally:
        set_scope(None)
    transaction.on_commit(partial(_remember, new))


def _not_remembered(looks: Sequence[Look]) -> list[Look]:
    return list({look.pk: look for look in looks if look.pk not in _remembered}.values())


def _remember(new: Sequence[Look]) -> None:
    if len(_remembered) > MOST_REMEMBERED:
        _remembered.clear()
    for look in new:
        _remembered.add(look.pk)
        noting.buyers_seen(look.way)


_COLUMNS = {
    **{"id": "uuid", "store_id": "bigint", "day": "date", "at": "timestamptz", "actor_kind": "text"},
    **{"actor_id": "text", "actor_label": "text", "way": "text", "place": "text", "topic_id": "uuid", "buyers": "int"},
}
_ROWS = f"unnest({', '.join(f'${n}::{kind}[]' for n, kind in enumerate(_COLUMNS.values(), 1))}) AS told"
# An answer need not wait for the disk: what a machine loses that dies is half a second, what a process loses nothing.
_SOON = "(SELECT set_config('synchronous_commit', 'off', true)) AS later"
_INSERT, _INSERT_SOON = (
    f"INSERT INTO privacy_look ({', '.join(_COLUMNS)}) SELECT told.* FROM {rows} ON CONFLICT DO NOTHING"
    for rows in (_ROWS, f"{_SOON}, {_ROWS}")
)
_REASON = "Who has read something did nothing to it; that they did is what is written down."


@bookkeeping(_REASON, alone=True)
def _insert(looks: Sequence[Look]) -> None:
    _run(_INSERT_SOON, looks)


@bookkeeping(_REASON)
def _insert_within(looks: Sequence[Look], *, is_read: bool) -> None:
    _run(_INSERT_SOON if is_read else _INSERT, looks)


def _run(statement: str, looks: Sequence[Look]) -> None:
    with preparing_cursor() as cursor:
        cursor.execute(statement, [[getattr(look, name) for look in looks] for name in _COLUMNS])
