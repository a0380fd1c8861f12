"""One action, one statement: collect what an action changes and write it in a single round trip.

An action locks its rows, checks, transitions objects in memory and tells a `WriteSet`. `flush` sends every insert and
update as one statement of data-modifying CTEs, each a set over `unnest`-ed arrays, so that one row and a batch of a
thousand cost the same number of statements, and always the same few statements, which the database plans once. Rows
that an action updates are locked by it before.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from itertools import repeat
from operator import attrgetter, is_
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Now

from common.actors import Actor
from common.changed import ChangedAtField, Traced
from common.events import EventType
from common.ids import event_id
from common.kept_text import KeptTextField
from common.models import Event
from common.queries import preparing_cursor

MOST_TOLD = 1000  # rows of a batch that learn at once when they were changed


class LostUpdate(RuntimeError):
    """An update would be lost: a programming error, and the transaction is rolled back.

    Either the row is not there (or not visible), or two objects stand for it and only one of them could be written.
    """


class _NewEvent(NamedTuple):
    """A row of Event to be: the columns without the weight of a model instance."""

    store_id: int | None
    at: object
    name: str
    subject_type: str
    subject_id: object
    topic_id: object
    from_state: str
    to_state: str
    actor_kind: str
    actor_id: str
    actor_label: str
    rule: str
    area: str
    data: dict


class WriteSet:
    """The writes of one action and what follows its commit."""

    def __init__(self) -> None:
        self._inserts: dict[type[models.Model], list] = defaultdict(list)
        self._new: set[int] = set()
        self._updates: dict[type[models.Model], dict] = defaultdict(dict)
        self._hints: dict[Callable[[list], None], list] = defaultdict(list)
        self._looks: dict[Callable[[list], None], dict[int, models.Model]] = defaultdict(dict)

    def insert(self, row: models.Model) -> None:
        """Insert `row` when flushed, as it is then. LostUpdate when it was told to be updated before."""
        if row.pk in self._updates.get(type(row), ()):
            raise LostUpdate(f"Insert the new {row._meta.model_name} before it is told to be updated.")
        self._inserts[type(row)].append(row)
        self._new.add(id(row))

    def update(self, row: models.Model, *fields: str) -> None:
        """Write these fields of `row` when flushed. Telling the same object twice merges the fields.

        A row that this set inserts needs no update: it is written as it is in the end. LostUpdate for a second object
        of a row: one of the two is stale, and which one nobody knows.
        """
        if id(row) in self._new:
            return
        if isinstance(row, Traced):
            row.forget_change()
        rows = self._updates[type(row)]
        told, before = rows.get(row.pk, (row, frozenset()))
        if told is not row:
            raise LostUpdate(f"Two objects stand for {row._meta.model_name} {row.pk}: change the one that is locked.")
        rows[row.pk] = (row, before.union(fields))

    def event(
        self,
        event: EventType,
        subject: models.Model,
        /,
        *,
        topic: models.Model | UUID,
        at: datetime,
        actor: Actor,
        states: tuple[str, str] = ("", ""),
        rule: str = "",
        **data,
    ) -> None:
        """Record that `event` happened to `subject`, in the history of `topic` (the refund or the order, or its id).

        TypeError when the event can't happen to such a subject or isn't declared with exactly such data.
        """
        event.check(subject, data)
        self._inserts[Event].append(
            _NewEvent(
                store_id=_store_of(subject),
                at=at,
                name=event.name,
                subject_type=subject._meta.model_name,
                subject_id=event_id(subject),
                topic_id=topic if isinstance(topic, UUID) else event_id(topic),
                from_state=states[0],
                to_state=states[1],
                actor_kind=actor.kind,
                actor_id=actor.id,
                actor_label=actor.label,
                rule=rule,
                area=event.area,
                data=data,
            )
        )

    def hint(self, tell: Callable[[list], None], item) -> None:
        """Once committed, call `tell` with every item given for it. What it raises is logged: rows are the truth."""
        self._hints[tell].append(item)

    def look_again(self, look: Callable[[list], None], row: models.Model) -> None:
        """Once flushed, in the same transaction, call `look` with every row given for it, each once.

        For what follows from the rows as they then are, and is read more surely than it is reckoned beforehand.
        """
        self._looks[look][id(row)] = row

    def flush(self) -> None:
        """Write everything in one statement. LostUpdate when a row to update was not there."""
        hints, looks = dict(self._hints), dict(self._looks)
        updates, inserts = self._grouped_updates(), self._inserts
        params = [array for which, rows in updates for array in _arrays(_update_sql(*which)[1], rows)]
        params += [array for model, rows in inserts.items() for array in _arrays(_insert_sql(model)[1], rows)]
        groups = [rows for _which, rows in updates] + list(inserts.values())
        traced = tuple(number for number, rows in enumerate(groups) if _are_told(rows))
        self.__init__()
        if not groups:
            return
        with preparing_cursor() as cursor:
            cursor.execute(_statement(tuple(which for which, _rows in updates), tuple(inserts), traced), params)
            answer = list(cursor.fetchone())
        if answer[: len(updates)] != [len(rows) for _which, rows in updates]:
            raise LostUpdate("A row changed or vanished although it was to be locked.")
        _tell([groups[number] for number in traced], answer[len(updates) :])
        for look, rows in looks.items():
            look(list(rows.values()))
        for tell, items in hints.items():
            transaction.on_commit(partial(tell, items), robust=True)

    def _grouped_updates(self) -> Sequence[tuple[tuple[type[models.Model], tuple[str, ...]], list[models.Model]]]:
        """Rows of one model of which the same fields are written, together."""
        groups: dict[tuple[type[models.Model], frozenset[str]], list[models.Model]] = defaultdict(list)
        for model, told in self._updates.items():
            for row, fields in told.values():
                groups[model, fields].append(row)
        return [((model, tuple(sorted(fields))), rows) for (model, fields), rows in groups.items()]


def _are_told(rows: list) -> bool:
    """Whether these rows learn when the database noted their change; of many, each reads it when it is asked."""
    return len(rows) <= MOST_TOLD and isinstance(rows[0], Traced)


def _tell(traced: list[list], answer: list) -> None:
    for place, rows in enumerate(traced):
        changed_at = dict(zip(*answer[2 * place : 2 * place + 2], strict=True))
        for row in rows:
            row.updated_at = changed_at[str(row.pk)]


def _store_of(subject: models.Model) -> int | None:
    """The store to which what happened belongs: a store is its own, and what knows no store is the platform's."""
    try:
        return subject.store_id
    except AttributeError:
        return subject.pk if subject._meta.label == settings.TENANT_MODEL else None


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quote_prepared(field: models.Field, value) -> str:
    return _quote(field.get_prep_value(value))


def _quote_json(value) -> str:
    return _quote(json.dumps(value, ensure_ascii=False, default=str))


def _instant(value) -> str:
    """An instant; `Now()` is the database's, as PostgreSQL reads the word."""
    return "now" if isinstance(value, Now) else str(value)


def _column(field: models.Field) -> tuple[attrgetter, str, Callable[..., str]]:
    """(how to read it, PostgreSQL type, how to write it) of a field as an element of an array literal."""
    kind = field.db_type(connection)
    if isinstance(field, models.ForeignKey):
        kind = field.target_field.rel_db_type(connection)
    if isinstance(field, models.JSONField):
        write = _quote_json
    elif isinstance(field, KeptTextField):
        write = partial(_quote_prepared, field)
    elif isinstance(field, models.CharField | models.TextField):
        write = _quote
    elif isinstance(field, models.DateTimeField):
        write = _instant
    else:
        write = str
    return attrgetter(field.attname), kind, write


def _placeholder(kind: str) -> str:
    return f"%s::{kind}[]"


@lru_cache
def _update_sql(model: type[models.Model], names: tuple[str, ...]):
    meta = model._meta
    columns = [_column(meta.pk), *(_column(meta.get_field(name)) for name in names)]
    fields = [meta.get_field(name).column for name in names]
    sets = ", ".join(f"{column} = v.{column}" for column in fields)
    arrays = ", ".join(_placeholder(kind) for _, kind, _ in columns)
    aliases = ", ".join([meta.pk.column, *fields])
    sql = (
        f"UPDATE {meta.db_table} t SET {sets} FROM unnest({arrays}) AS v({aliases}) "
        f"WHERE t.{meta.pk.column} = v.{meta.pk.column} {_returning(model)}"
    )
    return sql, columns


@lru_cache
def _insert_sql(model: type[models.Model]):
    meta = model._meta
    fields = [
        f for f in meta.concrete_fields if not isinstance(f, models.AutoField | models.GeneratedField | ChangedAtField)
    ]
    columns = [_column(field) for field in fields]
    names = ", ".join(field.column for field in fields)
    arrays = ", ".join(_placeholder(kind) for _, kind, _ in columns)
    told = _returning(model) if issubclass(model, Traced) else ""
    return f"INSERT INTO {meta.db_table} AS t ({names}) SELECT * FROM unnest({arrays}) {told}", columns


def _returning(model: type[models.Model]) -> str:
    return f"RETURNING t.{model._meta.pk.column} AS id, t.updated_at" if issubclass(model, Traced) else "RETURNING 1"


@lru_cache(maxsize=1024)
def _statement(
    updates: tuple[tuple[type[models.Model], tuple[str, ...]], ...], inserts: tuple, traced: tuple[int, ...]
) -> str:
    """All of these in one: it answers how many rows each update found, and when those that are traced were changed."""
    parts = [_update_sql(*which)[0] for which in updates] + [_insert_sql(model)[0] for model in inserts]
    ctes = ", ".join(f"w{number} AS ({sql})" for number, sql in enumerate(parts))
    wanted = [f"(SELECT count(*) FROM w{number})" for number in range(len(updates))]
    for number in traced:
        wanted += [f"(SELECT array_agg({what}) FROM w{number})" for what in ("id::text", "updated_at")]
    sql = f"WITH {ctes} SELECT {', '.join(wanted) or '1'}"
    return sql % tuple(f"${number}" for number in range(1, sql.count("%s") + 1))


def _arrays(columns, rows: Sequence) -> list[str]:
    """Each column as one array literal, so that the statement and its parameters' types are always the same."""
    return [_literal(list(map(get, rows)), write) for get, _, write in columns]


def _literal(values: list, write: Callable[..., str]) -> str:
    if all(map(is_, values, repeat(values[0]))):  # the instant, the actor, the rule: the same all down the column
        values, times = values[:1], len(values)
    else:
        times = 1
    elements = ["NULL" if value is None else write(value) for value in values]
    return "{" + ",".join(elements * times) + "}"
