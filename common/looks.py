"""Of whom an answer shows something: told here by what reads rows for it, noted by `privacy.looks` before it goes out.

What finds one row to show calls `shows`, what makes a page of them `shows_list`. Outside a request nobody listens.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import models


@dataclass
class ShownRows:
    """What an answer shows: rows that it is about, those of a list (None where there was none), and whose call it is.

    `store_id` is the store that everything is about, where that is one.
    """

    rows: list[models.Model] = field(default_factory=list)
    listed: list[models.Model] | None = None
    store_id: int | None = None


_shown: ContextVar[ShownRows | None] = ContextVar("wanliu_shown", default=None)


@contextmanager
def collecting() -> Iterator[ShownRows]:
    """Listen within the block."""
    shown = ShownRows()
    token = _shown.set(shown)
    try:
        yield shown
    finally:
        _shown.reset(token)


def shows(row: models.Model) -> None:
    """The answer is about this row."""
    shown = _shown.get()
    if shown is not None:
        shown.rows.append(row)


def shows_list(rows: Iterable[models.Model]) -> None:
    """The answer lists these rows."""
    shown = _shown.get()
    if shown is not None:
        shown.listed = [*(shown.listed or ()), *rows]


def is_about_store(store_id: int) -> None:
    """Everything in the answer is of this store."""
    shown = _shown.get()
    if shown is not None:
        shown.store_id = store_id


def is_row(rows: Sequence) -> bool:
    """Whether these are rows of a table, and not figures."""
    return bool(rows) and isinstance(rows[0], models.Model)
