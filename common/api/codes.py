"""Every code that a call of the API can be refused with, by status: what the schema says, and tests hold answers to."""

from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from django_filters import Filter
from drf_standardized_errors.openapi_utils import (
    get_flat_serializer_fields,
    get_form_field_error_codes,
    get_form_fields,
    get_serializer_field_error_codes,
)
from rest_framework.serializers import BaseSerializer, Field

from common.api.changes import ChangesFilter
from common.api.fields import StrictMoneyField
from common.api.parsers import UploadParser
from common.api.raised import Codes, Reach, own_packages

READS = ("GET", "HEAD", "OPTIONS")
# What every call can be answered, whatever it is about: by the server in front, by keys, by the data's absence.
_EVER = {
    400: {"parse_error"},
    401: {"authentication_failed", "not_authenticated"},
    403: {"permission_denied"},
    404: {"not_found"},
    406: {"not_acceptable"},
    429: {"throttled"},
    500: {"error"},
    503: {"busy", "timeout", "unavailable"},
}
_OF_BODIES = {
    400: {"invalid", "repeated", "too_deep", "too_many"},
    408: {"request_timeout"},
    409: {"conflict"},
    413: {"request_too_large"},
    415: {"unsupported_media_type"},
}
_OF_FILES = {400: {"invalid_name"}}
# What DRF's fields could say and ours never do: they take text of a bounded length, and instants with their offset.
_NEVER_OURS = {"date", "make_aware", "max_string_length"}


@cache
def codes_of(view: type, action: str, method: str) -> dict[int, tuple[str, ...]]:
    """Status → codes of an action of a view, called by this method, in alphabetical order."""
    codes: Codes = defaultdict(set)
    reached = _reach(view, action, method)
    of_bodies = {} if method in READS else _OF_BODIES
    of_files = _OF_FILES if of_bodies and _takes_files(view, action) else {}
    by_itself = view.answers_with.get(action, {})
    for more in (_EVER, of_bodies, of_files, reached.codes, by_itself, {400: _of_filters(view, action)}):
        for status, names in more.items():
            codes[status] |= set(names)
    if reached.tells_many:
        codes[404] |= codes[409]
    for serializer in _readers(view, reached):
        codes[400] |= set(_of_serializer(serializer))
    if action not in view.idempotency_key_required:
        codes[400].discard("idempotency_key_required")
    return {status: tuple(sorted(names)) for status, names in sorted(codes.items()) if names}


def unread_places(view: type, action: str, method: str) -> set[str]:
    """Where a code stands that can't be read off the code: nowhere, as a test insists."""
    return _reach(view, action, method).unread


def _reach(view: type, action: str, method: str) -> Reach:
    without = set() if method == "POST" else {"_take_key"}
    reached = Reach(view, without if action in view.dear else without | {"dear"})
    for function in (getattr(view, action), view.initial, *_of_lists(view, action)):
        reached.follow(function)
    for serializer in list(_readers(view, reached)):
        for each in (serializer, *(type(field.field) for field in get_flat_serializer_fields(serializer()))):
            for function in _checking(each):
                reached.follow(function)
    return reached


def _takes_files(view: type, action: str) -> bool:
    parsers = getattr(getattr(view, action), "kwargs", {}).get("parser_classes", view.parser_classes)
    return any(issubclass(each, UploadParser) for each in parsers)


def _of_lists(view: type, action: str) -> Iterator[Any]:
    """What pages and filters of a list do with its parameters."""
    if action in view.paged and view.pagination_class is not None:
        yield view.pagination_class.paginate_queryset
        yield view.pagination_class.get_page_size


def _readers(view: type, reached: Reach) -> Iterator[type[BaseSerializer]]:
    """The serializers that the action checks what it is sent by."""
    for serializer in reached.reads:
        own = serializer or view.serializer_class
        if own is not None and not getattr(own, "many", False):
            yield own


def _checking(cls: type) -> Iterator[Any]:
    """What a serializer or a field of ours checks with."""
    for base in cls.__mro__:
        if str(base.__module__).partition(".")[0] in own_packages():
            for name, value in vars(base).items():
                if name.startswith("validate") or name in ("to_internal_value", "run_validation"):
                    yield value


def _of_serializer(serializer: type[BaseSerializer]) -> Iterator[str]:
    for each in get_flat_serializer_fields(serializer()):
        codes = get_serializer_field_error_codes(each.field, each.name)
        is_ours = str(type(each.field).__module__).partition(".")[0] in own_packages()
        yield from codes - _NEVER_OURS - _unbounded(each.field) if is_ours else codes


def _unbounded(field: Field) -> set[str]:
    """What an amount without bounds never says."""
    if not isinstance(field, StrictMoneyField):
        return set()
    bounds = {"min_value": field.minimum, "max_value": field.maximum}
    return {code for code, bound in bounds.items() if bound is None}


def _of_filters(view: type, action: str) -> set[str]:
    filters: dict[str, Filter] = {}
    if action in view.filtered and view.filter_backends:
        filters |= view.filterset_class.base_filters
    if view.traces(action):
        filters |= ChangesFilter.base_filters
    # A filter keeps the field that it makes, with the choices of that moment: those of a copy are nobody's.
    fields = [deepcopy(each).field for each in filters.values()]
    return {code for field in fields for each in get_form_fields(field) for code in get_form_field_error_codes(each)}
