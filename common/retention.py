"""How long rows are kept that nobody needs for ever: a setting per kind, one way to let them go, a note of each time.

A room declares its kinds in `<room>/retention.py` (RETENTIONS). Each names its setting (config.environment.retention
has default and least), the column that tells a row's age, which an index serves, and what else has to be so of a row.
Rows go some at a time, each batch in a short transaction that waits for nobody: what is locked goes the next time.
Events are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

from common import clock
from common.actions import bookkeeping
from common.setbacks import sweep_rows


def _all(rows: models.QuerySet) -> models.QuerySet:
    return rows


@dataclass(frozen=True, eq=False)
class Retention:
    """A kind of rows that go once they are older than `setting` says; `""` where they go as soon as `age` is over.

    What needs more than that is done `by_itself`, told how long it is kept; that returns how much went.

    `name` is that of its sweep, `title` what people read. `which` narrows the rows to those that may go. `parts` are
    the tables of what they consist of, each with the column that says of which row: those go first. `forget` deletes
    them where it takes more than deleting rows. `by_database` compares with the database's clock, for what
    a process with a fast clock must not forget. `batch` rows go in one transaction.
    """

    name: str
    title: str | Promise
    model: type[models.Model]
    age: str
    setting: str
    which: Callable[[models.QuerySet], models.QuerySet] = _all
    parts: tuple[tuple[type[models.Model], str], ...] = ()
    forget: Callable[[Sequence], object] | None = None
    by_itself: Callable[[timedelta], int] | None = None
    by_database: bool = False
    batch: int = 1000

    @property
    def kept_for(self) -> timedelta | None:
        """How long; None for ever."""
        return settings.KEPT_FOR[self.setting] if self.setting else timedelta(0)

    def old(self) -> models.QuerySet:
        """The rows that may go now, the oldest first."""
        until = (Now() if self.by_database else clock.now()) - self.kept_for
        return self.which(self.model._default_manager.filter(**{f"{self.age}__lte": until})).order_by(self.age)

    def step(self) -> int:
        """Let a batch go, and note it; returns how many rows that were."""
        gone = self.let_go()
        if self.kept_for is not None:
            note_run(self.name, gone)
        return gone

    def let_go(self) -> int:
        """Let a batch go; returns how many rows that were. It waits for nobody."""
        if self.kept_for is None:
            return 0
        if self.by_itself is not None:
            return self.by_itself(self.kept_for)
        do = self.forget or partial(_delete, self)
        return sweep_rows(self.name, partial(_unlocked, self), do, limit=self.batch)


def _unlocked(kind: Retention) -> models.QuerySet:
    return kind.old().select_for_update(of=("self",), skip_locked=True)


@bookkeeping("What is older than it is kept goes: nobody asks for it any more, and what it told of is on record.")
def _delete(kind: Retention, rows: Sequence[models.Model]) -> None:
    ids = [row.pk for row in rows]
    for part, whose in kind.parts:
        part._default_manager.filter(**{f"{whose}__in": ids}).delete()
    kind.model._default_manager.filter(pk__in=ids).delete()


_NOTE = """
    INSERT INTO common_forgetting AS f (kind, last_at, last_rows, rows) VALUES (%(kind)s, now(), %(rows)s, %(rows)s)
    ON CONFLICT (kind) DO UPDATE SET last_at = now(), rows = f.rows + excluded.rows,
        last_rows = CASE WHEN excluded.rows > 0 THEN excluded.rows ELSE f.last_rows END
    WHERE excluded.rows > 0 OR f.last_at < now() - interval '1 minute'
"""


@bookkeeping("When a machine last tidied up is its own note.", alone=True)
def note_run(kind: str, rows: int) -> None:
    """Note that this kind was looked after just now, and how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"kind": kind, "rows": rows})


@cache
def all_retentions() -> tuple[Retention, ...]:
    """Every kind, of every room."""
    found: list[Retention] = []
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "retention") and app.label != "common":
            found += import_module(f"{app.name}.retention").RETENTIONS
    return tuple(found)
