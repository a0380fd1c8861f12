"""Named queries: reads that nearly every call asks for, compiled once and planned once by PostgreSQL.

Building a QuerySet and compiling it costs several times what PostgreSQL needs to answer it. A named query is a function
that builds the QuerySet; it is called once, with stand-ins for its arguments, and what it was compiled to is kept:

    @named_query
    def locked_order(store_id, order_id):
        return Order.objects.for_store(store_id).select_for_update(no_key=True).filter(pk=order_id)

    order = locked_order.one(store_id=1, order_id=key)

The arguments may only be compared with columns (`filter(pk=order_id)`, `filter(among("pk", order_ids))`): whatever else
depended on them would be decided once and for all. Lists with filters stay QuerySets: their best plan depends on what
is asked.
"""

from collections.abc import Callable
from functools import cached_property
from inspect import signature
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import Expression, Func
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg import RawCursor

Row = TypeVar("Row", bound=models.Model)

NAMED: dict[str, "NamedQuery"] = {}


class Given(Expression):
    """Stands for an argument while a named query is compiled."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler, connection):
        """A placeholder, and itself as what will take its place."""
        return "%s", [self]


class among(Func):
    """Whether a column has one of an argument's values: `filter(among("pk", refund_ids))`."""

    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = models.BooleanField()


def preparing_cursor(kind: Callable[[Any], Any] = RawCursor) -> CursorWrapper:
    """A cursor, to be used in a `with` block, for statements that are the same each time.

    Their first parameter is `$1`, or as its `kind` has it.
    PostgreSQL keeps their plans, where the connection's settings allow it (`prepare_threshold`).
    """
    own = connections[DEFAULT_DB_ALIAS]  # looked up once: what stands for it asks its thread each time
    own.ensure_connection()
    return own._prepare_cursor(kind(own.connection))


class _Compiled(NamedTuple):
    """What is kept of a named query. Among its parameters are stand-ins, for the arguments."""

    model: type[models.Model]
    sql: str
    params: list
    read: Callable[[list[tuple]], list]
    locks: bool


class NamedQuery(Generic[Row]):
    """A read of rows of one model, with those that `select_related` adds and what `annotate` does."""

    def __init__(self, build: Callable[..., models.QuerySet[Row]]) -> None:
        self.build = build
        self.name = f"{build.__module__}.{build.__qualname__}"
        self.arguments = signature(build).parameters.keys()
        self.__doc__ = build.__doc__

    def all(self, **given) -> list[Row]:
        """The rows. TypeError for other arguments than the function's."""
        if given.keys() != self.arguments:
            raise TypeError(f"{self.name} takes {', '.join(self.arguments)}.")
        _model, sql, params, read, locks = self.compiled
        if locks and not connection.in_atomic_block:
            raise TransactionManagementError("A lock lives in a transaction: open a scope first.")
        with preparing_cursor() as cursor:
            cursor.execute(sql, [given[p.name] if isinstance(p, Given) else p for p in params])
            return read(cursor.fetchall())

    def one(self, **given) -> Row | None:
        """The first row, None when there is none."""
        return next(iter(self.all(**given)), None)

    @cached_property
    def compiled(self) -> _Compiled:
        """The statement, as the QuerySet has it."""
        queryset = self.build(**{name: Given(name) for name in self.arguments})
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        sql = sql % tuple(f"${number}" for number in range(1, len(params) + 1))
        locks = queryset.query.select_for_update
        return _Compiled(queryset.model, sql, list(params), _reader(compiler), locks)


def named_query(build: Callable[..., models.QuerySet[Row]]) -> NamedQuery[Row]:
    """Make a function that builds a QuerySet a named query."""
    query = NamedQuery(build)
    NAMED[query.name] = query
    return query


def _reader(compiler) -> Callable[[list[tuple]], list]:
    """What makes objects of rows: as a QuerySet does it, but prepared for every call to come."""
    select, info, alias = compiler.select, compiler.klass_info, connection.alias
    model, first, last = info["model"], info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in select[first:last]]
    related = get_related_populators(info, select, alias)
    annotated = tuple(compiler.annotation_col_map.items())
    converters = compiler.get_converters([column for column, _sql, _alias in select])

    def read(rows: list[tuple]) -> list:
        found = []
        for row in compiler.apply_converters(rows, converters) if converters else rows:
            one = model.from_db(alias, names, row[first:last])
            for populator in related:
                populator.populate(row, one)
            for name, at in annotated:
                setattr(one, name, row[at])
            found.append(one)
        return found

    return read
