"""What every call begins with: the key, the store and its scope, in one round trip."""

from functools import cache
from typing import NamedTuple

from django.db import connection

from common import time_limits
from common.queries import preparing_cursor
from common.replica.turns import on_primary, turn
from common.tenancy import Scope, adopt_scope, set_scope
from stores.models import ApiKey, Store


class Opened(NamedTuple):
    """A key that isn't revoked, and the store that the call is about: the key's own, or the one named."""

    key: ApiKey | None
    store: Store | None


def open_call(*, prefix: str, named: str | None) -> Opened:
    """Look up the key, and the store; from here on the transaction sees that store's rows, or none.

    The key's secret is still to be compared. A marketplace's key finds stores of its marketplace only.
    """
    limit = time_limits.current()
    with on_primary(), preparing_cursor() as cursor:  # a key that was revoked is known there first
        cursor.execute(_statement(), [prefix, named, None if limit is None else str(limit)])
        row = cursor.fetchone()
    middle = len(_columns(ApiKey))
    key, store = _read(ApiKey, row[:middle]), _read(Store, row[middle:])
    (adopt_scope if turn() is None else set_scope)(Scope((store.pk,) if store else ()))
    if key is not None and key.store_id is not None:
        key.store = store
    return Opened(key, store)


@cache
def _statement() -> str:
    rows = {"key": ApiKey, "store": Store}
    names = ", ".join(f'(call.{row})."{name}"' for row, model in rows.items() for name in _columns(model))
    return f"SELECT {names} FROM wanliu_open_call($1, $2, $3) AS call"


@cache
def _columns(model) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def _read(model, values: tuple):
    """The row; None where nothing was found."""
    row = model.from_db(connection.alias, [field.attname for field in model._meta.concrete_fields], values)
    return None if row.pk is None else row
