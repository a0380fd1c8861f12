"""Rows as JSON-ready data, without building a serializer's fields anew for every answer."""

from functools import lru_cache

from rest_framework.serializers import BaseSerializer


@lru_cache
def _reader(serializer_class: type[BaseSerializer]) -> BaseSerializer:
    return serializer_class()


def represent(serializer_class: type[BaseSerializer], row) -> dict:
    """What the serializer's `.data` is for `row`.

    The serializer is shared: it must keep nothing of the row on itself.
    """
    return _reader(serializer_class).to_representation(row)
