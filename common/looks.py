"""Of whom an answer shows something: told here by what reads rows for it, noted by `privacy.looks` before it goes out.

What finds one row to show calls `shows`, what makes a page of them `shows_list`, what writes a file `shows_file`, and
what repeats an answer `shows_again`. Outside a request nobody listens.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db import models


class ShownFile(NamedTuple):
    """A file about many: of how many orders, and by what they were chosen."""

    store_id: int
    chosen_by: str
    orders: int


@dataclass
class ShownRows:
    """What an answer shows: rows that it is about, those of a list (None where there was none), and whose call it is.

    `topics` are orders and refunds that a repeated answer is about, `files` those that were written.
    `store_id` is the store that everything is about, where that is one.
    """

    rows: list[models.Model] = field(default_factory=list)
    listed: list[models.Model] | None = None
    topics: set[tuple[int, UUID]] = field(default_factory=set)
    files: list[ShownFile] = field(default_factory=list)
    store_id: int | None = None

    @property
    def about(self) -> set[tuple[int, UUID]]:
        """Store and id of each order and refund of which a row was read."""
        return {(row.store_id, topic) for row in self.rows if (topic := topic_of(row)) is not None}


_shown: ContextVar[ShownRows | None] = ContextVar("wanliu_shown", default=None)


@contextmanager
def collecting() -> Iterator[None]:
    """Listen within the block."""
    token = _shown.set(ShownRows())
    try:
        yield
    finally:
        _shown.reset(token)


def shown_so_far() -> ShownRows | None:
    """What was told within the block; None where nobody listens."""
    return _shown.get()


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


def forget_shown() -> None:
    """What was told so far isn't shown: the answer is made anew."""
    if _shown.get() is not None:
        _shown.set(ShownRows())


def shows_file(store_id: int, *, chosen_by: str, orders: int) -> None:
    """The answer is a file about so many orders of a store; `chosen_by` tells it from others of the day."""
    shown = _shown.get()
    if shown is not None:
        shown.files.append(ShownFile(store_id, chosen_by, orders))


def shows_again(store_id: int, topics: Iterable[UUID]) -> None:
    """The answer repeats what was answered about these orders and refunds."""
    shown = _shown.get()
    if shown is not None:
        shown.topics |= {(store_id, topic) for topic in topics}


def topics_shown(store_id: int) -> list[UUID]:
    """The orders and refunds of the store that the answer is about, so far, its list's among them."""
    shown = _shown.get()
    if shown is None:
        return []
    listed = {(row.store_id, topic) for row in shown.listed or () if (topic := topic_of(row)) is not None}
    return sorted(topic for store, topic in shown.about | listed if store == store_id)


def topic_of(row: models.Model) -> UUID | None:
    """The order or the refund that a row is, or belongs to."""
    if getattr(row, "is_topic", False):
        return row.pk
    return getattr(row, "refund_id", None) or getattr(row, "order_id", None) or getattr(row, "topic_id", None)


def is_about_store(store_id: int) -> None:
    """Everything in the answer is of this store."""
    shown = _shown.get()
    if shown is not None:
        shown.store_id = store_id


def is_row(rows: Sequence) -> bool:
    """Whether these are rows of a table, and not figures."""
    return bool(rows) and isinstance(rows[0], models.Model)
