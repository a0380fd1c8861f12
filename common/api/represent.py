"""Rows as JSON-ready data: what a serializer's `.data` is, without copying its fields for every answer.

A serializer says what an answer looks like, here and in the OpenAPI schema. The first time one is asked for, it is
taken apart into a list of (name, how to read it, how to write it); after that a field costs two calls.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any

from django.db.models.manager import BaseManager
from rest_framework import serializers
from rest_framework.fields import SkipField

Write = Callable[[Any], Any]


def represent(serializer_class: type[serializers.BaseSerializer], row) -> dict:
    """What the serializer's `.data` is for `row`.

    The serializer is shared: it has no context, and must keep nothing of the row on itself. Instants are in UTC.
    """
    return _writer_of(serializer_class)(row)


@cache
def _writer_of(serializer_class: type[serializers.BaseSerializer]) -> Write:
    return _object(serializer_class())


def _object(serializer: serializers.BaseSerializer) -> Write:
    """What writes an object of the serializer's; one with a `to_representation` of its own is asked."""
    if type(serializer).to_representation is not serializers.Serializer.to_representation:
        return serializer.to_representation
    fields = [(field.field_name, _getter(field), _form(field)) for field in serializer._readable_fields]

    def write(row) -> dict:
        answer = {}
        for name, get, form in fields:
            try:
                value = get(row)
            except SkipField:
                continue
            answer[name] = None if value is None else form(value)
        return answer

    return write


def _getter(field: serializers.Field) -> Write:
    """What reads a field's value from a row: its attributes where they are plain ones, else as the field does it."""
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return lambda row: getattr(field.get_attribute(row), "pk", None)
    if field.source == "*":
        return lambda row: row
    if type(field).get_attribute not in (serializers.Field.get_attribute, serializers.Serializer.get_attribute):
        return field.get_attribute
    plain = attrgetter(field.source)

    def get(row):
        try:
            value = plain(row)
        except (AttributeError, LookupError):
            return field.get_attribute(row)  # of a mapping, of what may be missing
        return field.get_attribute(row) if callable(value) else value

    return get


def _form(field: serializers.Field) -> Write:
    """What makes JSON-ready data of a field's value."""
    match field:
        case serializers.ListSerializer():
            each = _object(field.child)
            return lambda rows: [each(row) for row in (rows.all() if isinstance(rows, BaseManager) else rows)]
        case serializers.BaseSerializer():
            return _object(field)
        case serializers.SerializerMethodField():
            return getattr(field.parent, field.method_name)
        case serializers.PrimaryKeyRelatedField():
            return lambda key: key
        case serializers.DateTimeField():
            return _instant(field)
    return _PLAIN.get(type(field).to_representation, field.to_representation)


# DRF's own methods that come to this for the values that rows hold.
_PLAIN: dict[Callable, Write] = {
    serializers.CharField.to_representation: str,
    serializers.IntegerField.to_representation: int,
}


def _instant(field: serializers.DateTimeField) -> Write:
    """ISO 8601 in UTC, as the field writes it where no other time zone is active."""
    slow = field.to_representation

    def write(value: datetime) -> str:
        return value.isoformat()[:-6] + "Z" if value.tzinfo is UTC else slow(value)

    return write
