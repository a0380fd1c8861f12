"""Whose rows may be seen: a scope that lives in the transaction and that PostgreSQL enforces.

Every tenant table has row-level security, FORCED. Its policy reads the setting `wanliu.stores`, which `tenant_scope`
and `system_scope` set for the current transaction only. Without a scope the policy raises, so that a forgotten scope is
an error and never an empty page.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, models, transaction
from psycopg.pq import TransactionStatus

from common import time_limits
from common.replica.standing import POSITION
from common.replica.turns import turn
from common.rows import read_row

SET_SCOPE = "SELECT set_config('wanliu.stores', %s, true)"


class NoScope(RuntimeError):
    """Tenant data was asked for outside a scope."""


@dataclass(frozen=True)
class Scope:
    """The stores whose rows may be seen; `None` means every store (the system itself, or an operator)."""

    store_ids: tuple[int, ...] | None

    @property
    def setting(self) -> str:
        """The scope as PostgreSQL's setting: `*`, or comma-separated ids (`-` for none at all)."""
        if self.store_ids is None:
            return "*"
        return ",".join(map(str, self.store_ids)) or "-"


SYSTEM_SCOPE = Scope(None)
_alone: ContextVar[int | None] = ContextVar("wanliu_alone", default=None)
_current: ContextVar[Scope | None] = ContextVar("wanliu_scope", default=None)


def current_scope() -> Scope:
    """The open scope. NoScope when there is none."""
    scope = _current.get()
    if scope is None:
        raise NoScope("Open a scope first: tenant_scope(store_id) or system_scope().")
    return scope


def one_store() -> int | None:
    """The id of the store that the open scope is about; None where it is about several, or none is open."""
    scope = _current.get()
    return scope.store_ids[0] if scope and scope.store_ids and len(scope.store_ids) == 1 else None


def store_alone() -> int | None:
    """The store that everything is about just now (`alone_with`); None where it is about all of them."""
    return _alone.get()


@contextmanager
def alone_with(store_id: int) -> Iterator[None]:
    """Let every scope that is opened in here be of this store at most: work on all stores becomes work on this one."""
    token = _alone.set(store_id)
    try:
        yield
    finally:
        _alone.reset(token)


def set_scope(scope: Scope | None) -> None:
    """Make `scope` the current one for the rest of the transaction. The context managers below are the usual way."""
    if scope is not None and (store_id := _alone.get()) is not None:
        sees_it = scope.store_ids is None or store_id in scope.store_ids
        scope = Scope((store_id,) if sees_it else ())
    _current.set(scope)
    if scope is not None:
        if not connection.in_atomic_block:
            raise NoScope("A scope lives in a transaction: open one first.")
        limit, reading = time_limits.current(), turn()
        sql, params = SET_SCOPE, [scope.setting]
        if limit is not None:
            sql, params = f"{SET_SCOPE}, set_config('statement_timeout', %s, true)", [scope.setting, str(limit)]
        with connection.cursor() as cursor:
            if reading is None:
                cursor.execute(sql, params)
            else:
                cursor.execute(f"{sql}, {POSITION}", params)
                reading.check(cursor.fetchone()[-1])


def adopt_scope(scope: Scope) -> None:
    """Know of a scope that a statement has set itself, for the rest of the transaction (`stores.api.opening`)."""
    if not connection.in_atomic_block:
        raise NoScope("A scope lives in a transaction: open one first.")
    _current.set(scope)


@contextmanager
def _open(scope: Scope) -> Iterator[None]:
    outer = _current.get()
    nested = connection.in_atomic_block
    with nullcontext() if nested else transaction.atomic():
        try:
            set_scope(scope)
            yield
        finally:
            if nested and outer is not None and _takes_statements():
                set_scope(outer)
            else:
                _current.set(outer)


def _takes_statements() -> bool:
    """Whether the open transaction goes on. A failed one is rolled back to where the outer scope was set."""
    raw = connection.connection
    return (
        not connection.needs_rollback and raw is not None and raw.info.transaction_status == TransactionStatus.INTRANS
    )


def tenant_scope(*store_ids: int):
    """Open a scope of these stores, and a transaction when none is open yet."""
    return _open(Scope(tuple(store_ids)))


def system_scope():
    """Open a scope of every store (sweeps, set-up, operators), and a transaction when none is open yet."""
    return _open(SYSTEM_SCOPE)


class TenantQuerySet(models.QuerySet):
    """Queries name their store, so that the index works; row-level security is the second net."""

    def for_store(self, store_id: int):
        """Rows of one store."""
        return self.filter(store_id=store_id)

    def in_scope(self):
        """Rows of the open scope, named by store. NoScope when none is open."""
        store_ids = current_scope().store_ids
        if store_ids is None:
            return self.all()
        if len(store_ids) == 1:
            return self.filter(store_id=store_ids[0])
        return self.filter(store_id__in=store_ids)


def without_ahead(rows: models.QuerySet) -> models.QuerySet:
    """Rows of stores but for those of sandboxes whose clocks are ahead, which are done by these alone (docs/adr/0048).

    All of them while it is one store alone that work is about.
    """
    if store_alone() is not None:
        return rows
    stores = rows.model._meta.get_field("store").related_model
    return rows.exclude(store_id__in=stores.objects.filter(clock_ahead__gt=timedelta()).values("pk"))


class TenantModel(models.Model):
    """A row that belongs to one store. A migration calls `tenancy_sql.secure_table` for it; a system check insists."""

    store = models.ForeignKey(
        settings.TENANT_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db, field_names, values):
        """An object of a row that was read, made without `__init__` unless the model has one of its own."""
        if cls.__init__ is not models.Model.__init__:
            return super().from_db(db, field_names, values)
        return read_row(cls, db, field_names, values)


def tenant_models() -> Iterable[type[models.Model]]:
    """Every concrete model whose rows belong to a store, the store itself included."""
    from django.apps import apps

    for model in apps.get_models():
        if issubclass(model, TenantModel) or model._meta.label == settings.TENANT_MODEL:
            yield model
