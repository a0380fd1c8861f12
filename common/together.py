"""What is asked of rows one by one and read for all of them together.

A page or an answer that tells of many rows asks each row its own question. `@read_together` marks the reading for any
number of rows; it is called with one row, and inside `with together(rows)` the first question reads the answers for
all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps

from django.db import models


@dataclass
class _Company:
    """Rows that are told of together, and what has been read for them."""

    rows: dict[type[models.Model], dict]
    answers: dict[tuple, Mapping] = field(default_factory=dict)

    def has(self, row: models.Model) -> bool:
        return self.rows.get(type(row), {}).get(row.pk) is row


_company: ContextVar[_Company | None] = ContextVar("wanliu_together", default=None)


@contextmanager
def together(rows: Iterable[models.Model]) -> Iterator[None]:
    """What is asked of these very objects in here is read once for all of them: nothing of it may change meanwhile."""
    by_model: dict[type[models.Model], dict] = {}
    for row in rows:
        by_model.setdefault(type(row), {})[row.pk] = row
    token = _company.set(_Company(by_model))
    try:
        yield
    finally:
        _company.reset(token)


def read_together(read: Callable[..., Mapping]) -> Callable:
    """Make a question about one row (and what else is told) of a reading that answers for many, by primary key."""

    @wraps(read)
    def ask(row: models.Model, *told):
        company = _company.get()
        if company is None or not company.has(row):
            return read([row], *told)[row.pk]
        question = (ask, told)
        if question not in company.answers:
            company.answers[question] = read(list(company.rows[type(row)].values()), *told)
        return company.answers[question][row.pk]

    return ask
