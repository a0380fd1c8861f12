"""What is kept of a failed call: names that are ours alone, so that nothing a client has sent is among them.

A route stands for its address, and a field is named only where a serializer, a filter or a view of ours has one of
that name: what somebody misspelt, or sent as a name, may be anything.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django_filters import FilterSet
from rest_framework.serializers import BaseSerializer

from common.api.changes import NAMES
from common.api.pagination import CursorPage
from common.web.access import route_of
from stores.api.base import StoreViewSet
from webhooks.models import LONGEST_CODE, LONGEST_FIELD, LONGEST_ROUTE

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
MOST_CODES, MOST_FIELDS = 5, 10
_CODE = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_CODE - 1}}}")
_BESIDES = {"store", "Idempotency-Key", CursorPage.cursor_query_param, CursorPage.page_size_query_param, *NAMES}


class CallKind(NamedTuple):
    """What failed calls have in common that are counted together."""

    key_prefix: str
    method: str
    route: str
    status: int
    codes: tuple[str, ...]
    fields: tuple[str, ...]

    def as_text(self) -> str:
        """Under which they are counted."""
        return json.dumps(self, separators=(",", ":"))


# Where an hour has brought more kinds than are kept, the rest is counted as this one.
OTHERS = CallKind("", "", "", 0, (), ())


def kind_read(text: str) -> CallKind:
    """What `as_text` has made."""
    *names, codes, fields = json.loads(text)
    return CallKind(*names, tuple(codes), tuple(fields))


def kind_of_call(request: HttpRequest, response: HttpResponse, key_prefix: str) -> CallKind:
    """What kind of failed call this answer is of."""
    errors = _errors_in(response)
    codes = {error.get("code") for error in errors}
    fields = {_field(error.get("attr")) for error in errors}
    return CallKind(
        key_prefix,
        request.method if request.method in METHODS else "",
        route_of(request)[:LONGEST_ROUTE],
        response.status_code,
        tuple(sorted(code for code in codes if isinstance(code, str) and _CODE.fullmatch(code))[:MOST_CODES]),
        tuple(sorted(fields - {""})[:MOST_FIELDS]),
    )


def _errors_in(response: HttpResponse) -> list[dict]:
    """What the answer says is wrong; nothing where it says it otherwise than the API does."""
    if response.streaming or not response.get("Content-Type", "").startswith("application/json"):
        return []
    try:
        errors = json.loads(response.content)["errors"]
    except (ValueError, LookupError, TypeError):
        return []
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _field(attr: object) -> str:
    """The field that an error is about, `lines.quantity` for `lines.3.quantity`, as far as its names are ours."""
    if not isinstance(attr, str):
        return ""
    names = [name for name in attr.split(".") if not name.isdigit()]
    known = names_of_fields()
    return ".".join(names)[:LONGEST_FIELD] if all(name in known for name in names) else ""


@cache
def names_of_fields() -> frozenset[str]:
    """Every name that a field or a parameter of the API has."""
    names = set(_BESIDES)
    for serializer in _below(BaseSerializer):
        listed = getattr(getattr(serializer, "Meta", None), "fields", ())
        names |= {*getattr(serializer, "_declared_fields", ()), *(listed if isinstance(listed, list | tuple) else ())}
    for filters in _below(FilterSet):
        names |= filters.base_filters.keys()
    for view in _below(StoreViewSet):
        names.update(*view.queries.values())
    return frozenset(names)


def _below(parent: type) -> Iterator[type]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)
