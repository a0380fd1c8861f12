"""Bodies are checked by fields that are made once.

A serializer copies its declared fields for every body that it checks, which costs more than most checks. Fields of one
that were used are lent to the next of its class that checks a body, and to one at a time: each knows its serializer,
and through that the call. Those of a body that was refused aren't lent again: their limits have worded what is wrong in
the language of that call, and would say it so for ever (`rest_framework.utils.formatting.lazy_format`).
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict

_idle: defaultdict[type[serializers.Serializer], deque] = defaultdict(deque)


@contextmanager
def lent_fields(serializer: serializers.BaseSerializer) -> Iterator[None]:
    """Have `serializer` use fields that another one has used, within the block; afterwards it makes its own, if any.

    It keeps them when the block raises, as it must for a body that is refused. Which fields those are mustn't depend
    on the call: what makes them up in `get_fields` makes its own.
    """
    kind = type(serializer)
    if not isinstance(serializer, serializers.Serializer) or kind.get_fields is not serializers.Serializer.get_fields:
        yield
        return
    idle = _idle[kind]
    try:
        fields = idle.pop()
    except IndexError:
        fields = serializer.fields
    else:
        _give(fields, serializer)
        serializer.fields = fields
    yield
    del serializer.fields
    _give(fields, None)  # nothing of the call is kept
    idle.append(fields)


def _give(fields: BindingDict, serializer: serializers.Serializer | None) -> None:
    fields.serializer = serializer
    for field in fields.values():
        field.parent = serializer
