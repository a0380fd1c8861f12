"""Fields of a body that nobody reads: what is misspelt would be dropped in silence."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

# Every body may name its store: the view reads it.
ALWAYS = {"store"}


def unknown_fields(serializer: serializers.BaseSerializer, data: Any) -> dict | list:
    """An error for each field of `data` that `serializer` doesn't take, nested as the serializer's own errors are."""
    return _unknown(serializer, data, ALWAYS)


def _unknown(field: serializers.Field, data: Any, others: set[str]) -> dict | list:
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        if not isinstance(data, list):
            return []
        each = [_unknown(field.child, item, others) for item in data]
        return each if any(each) else []
    if not (isinstance(field, serializers.Serializer) and isinstance(data, Mapping)):
        return {}
    taken = {name: inner for name, inner in field.fields.items() if not inner.read_only}
    wrong: dict[str, Any] = {}
    for name in data:
        if name in taken:
            if found := _unknown(taken[name], data[name], set()):
                wrong[name] = found
        elif name not in others:
            detail = _("No field has this name here; those there are: %(known)s.")
            wrong[name] = [ErrorDetail(detail % {"known": ", ".join(sorted(taken.keys() | others))}, "unknown")]
    return wrong
