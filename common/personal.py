"""What tables keep of a buyer, declared beside them in each room's `personal.py`, and what stands there once erased.

A room names its tables in `<room>/personal.py` (HOLDINGS). Every column of text, JSON, bytes or lists of a tenant's
table is in one of them: as a buyer's, or as nobody's. From this the export, the erasure and docs/personal-data.md are
made, and the tables whose rows never change let exactly these columns be erased (`AppendOnly`).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

MARK = "[erased]"
PSEUDONYM = "erased-"
_DIGEST_BYTES = 16


def pseudonym(salt: UUID, buyer_id: str) -> str:
    """What stands for a buyer of one store once their data is erased: the same each time, and no way back.

    `salt` is the store's own, so that two stores' pseudonyms can't be compared. A pseudonym stands for itself.
    """
    if not buyer_id or buyer_id.startswith(PSEUDONYM):
        return buyer_id
    return PSEUDONYM + hashlib.blake2b(buyer_id.encode(), key=salt.bytes, digest_size=_DIGEST_BYTES).hexdigest()


def marked(value: Any) -> Any:
    """The same shape with MARK for every text in it; what is empty stays so, numbers and switches stay as well."""
    if isinstance(value, str):
        return MARK if value else value
    if isinstance(value, Mapping):
        return {name: marked(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [marked(each) for each in value]
    return value


@dataclass(frozen=True)
class Whose:
    """A buyer whose data is erased: `buyer_id` as it was, and the pseudonym that takes its place."""

    buyer_id: str
    pseudonym: str


Erase = Callable[[Any, models.Model, Whose], Any]


def every_text(value: Any, row: models.Model, whose: Whose) -> Any:
    """Every text becomes the mark."""
    return marked(value)


def cut(value: Any, row: models.Model, whose: Whose) -> Any:
    """Nothing of it is left: an empty value of its kind."""
    return type(value)() if value is not None else None


def buyer(value: Any, row: models.Model, whose: Whose) -> str:
    """The buyer's id becomes the pseudonym, so that what is limited per buyer goes on."""
    return whose.pseudonym if value else value


def buyers_own(column: str, is_buyers: Any) -> Erase:
    """As `every_text`, of rows whose `column` says that it is the buyer's; what others are called stays."""

    def erase(value: Any, row: models.Model, whose: Whose) -> Any:
        return marked(value) if getattr(row, column) == is_buyers else value

    return erase


def under(*names: str) -> Erase:
    """Of a JSON object what stands under these names, wherever they are in it."""

    def erase(value: Any, row: models.Model, whose: Whose) -> Any:
        return erased_under(names, value)

    return erase


def erased_under(names: Sequence[str], value: Any) -> Any:
    """The same with the mark for every text under these names."""
    if isinstance(value, Mapping):
        return {name: marked(each) if name in names else erased_under(names, each) for name, each in value.items()}
    return [erased_under(names, each) for each in value] if isinstance(value, list) else value


def known_as(store, buyer_id: str) -> list[str]:
    """The ids under which the store's orders of a buyer stand: their own, and the pseudonym of those erased before."""
    return [buyer_id, pseudonym(store.buyer_salt, buyer_id)]


@dataclass(frozen=True)
class Held:
    """A column with a buyer's data: what it holds, in plain English, and how it is erased."""

    holds: str
    erase: Erase = every_text


@dataclass(frozen=True)
class Holding:
    """A table and its columns. `order`, `topic` or `rows` says which rows are about a buyer's orders.

    `order` is the path to the order (`pk` for the order itself), `topic` the column with the id of the order or of one
    of its refunds; `rows` finds them otherwise, from the orders and those ids. Rows that `go` are deleted; else the
    columns in `held` are erased and those in `kept` stay, each for its reason. What `files` names in the storage is
    deleted. `nobody` are columns that hold nothing of a buyer. What is `passing` is gone by itself within days.
    """

    model: type[models.Model]
    order: str = ""
    topic: str = ""
    rows: Callable[[Sequence[models.Model], Sequence[UUID]], models.QuerySet] | None = None
    held: Mapping[str, Held] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    nobody: Sequence[str] = ()
    passing: str = ""
    go: bool = False
    files: str = ""

    @property
    def is_about_buyers(self) -> bool:
        """Whether rows of it are found for a buyer."""
        return bool(self.order or self.topic or self.rows)

    @property
    def named(self) -> set[str]:
        """Every column that is declared."""
        return {*self.held, *self.kept, *self.nobody}


def telling_columns(model: type[models.Model]) -> list[str]:
    """The columns of a table that could hold somebody's data: free text, JSON, bytes, lists; not what is reckoned."""
    kinds = (
        *(models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField),
        *(models.GenericIPAddressField, ArrayField),
    )
    return [
        column.name
        for column in model._meta.concrete_fields
        if isinstance(column, kinds) and not column.choices and not isinstance(column, models.GeneratedField)
    ]


ERASING = "SELECT set_config('wanliu.erasing', %s, true)"


@contextmanager
def erasing():
    """Within the block, in a transaction, rows that never change let their declared columns be erased."""
    with connection.cursor() as cursor:
        cursor.execute(ERASING, ["on"])
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(ERASING, [""])


class AppendOnly(pgtrigger.Protect):
    """Rows that are never changed or deleted; a buyer's data in the columns `erasable` may give way to the mark."""

    def __init__(self, *, name: str, erasable: Sequence[str]):
        super().__init__(name=name, operation=pgtrigger.Update | pgtrigger.Delete)
        self.erasable = tuple(erasable)

    def get_func(self, model):
        """As `Protect`, but for what `wanliu_is_erased` says is an erasure and nothing else."""
        columns = ", ".join(f"'{model._meta.get_field(name).column}'" for name in self.erasable)
        return (
            "IF TG_OP = 'UPDATE' THEN"
            f" IF wanliu_is_erased(to_jsonb(OLD), to_jsonb(NEW), ARRAY[{columns}]) THEN RETURN NEW; END IF;"
            f" END IF; {super().get_func(model).strip()}"
        )
