"""Several short lists in one statement: what a page shows of many tables needs one round trip, and one plan each."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.sql.compiler import SQLCompiler
from django.utils.dateparse import parse_duration

# What PostgreSQL writes into JSON → what its driver would have given. What isn't here is the same in both.
_AS_DRIVEN: dict[type[models.Field], Callable[[Any], Any]] = {
    models.UUIDField: UUID,
    models.DateTimeField: datetime.fromisoformat,
    models.DateField: date.fromisoformat,
    models.DecimalField: Decimal,
    models.DurationField: parse_duration,
    models.JSONField: json.dumps,  # Django reads it itself
}
_SAME = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


def read_at_once(*lists: models.QuerySet) -> None:
    """Read these lists, which nobody has read yet; from then on they are read. Not for lists without an end.

    TypeError for a column that JSON can't carry.
    """
    compilers = [each.query.get_compiler(connection.alias) for each in lists]
    parts, params, asked = [], [], {}
    for compiler in compilers:
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            continue
        asked[compiler] = [_reader(expression.output_field) for expression, _sql, _alias in compiler.select]
        names = ", ".join(f"c{place}" for place in range(len(compiler.select)))
        parts.append(f"(SELECT json_agg(row) FROM ({sql}) AS row ({names}))")
        params += values
    rows: dict[SQLCompiler, list[list]] = {compiler: [] for compiler in compilers}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT json_build_array({', '.join(parts)})::text", params)
            found = json.loads(cursor.fetchone()[0], parse_float=Decimal)
        for (compiler, readers), part in zip(asked.items(), found, strict=True):
            rows[compiler] = [_driven(row, readers) for row in part or []]
    for each, compiler in zip(lists, compilers, strict=True):
        _fill(each, compiler, rows[compiler])


def _driven(row: dict, readers: list[Callable[[Any], Any]]) -> list:
    return [value if value is None else read(value) for read, value in zip(readers, row.values(), strict=True)]


def _reader(field: models.Field) -> Callable[[Any], Any]:
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    for kind, read in _AS_DRIVEN.items():
        if isinstance(field, kind):
            return read
    if isinstance(field, _SAME):
        return lambda value: value
    raise TypeError(f"A {type(field).__name__} can't be read at once with others.")


def _fill(queryset: models.QuerySet, compiler: SQLCompiler, rows: list[list]) -> None:
    """Let the queryset make its objects of these rows, as it would of those that it asks for itself."""
    compiler.execute_sql = lambda *args, **kwargs: [rows]
    query = queryset.query
    query.get_compiler = lambda *args, **kwargs: compiler
    try:
        len(queryset)
    finally:
        del query.get_compiler
