"""A queue: a named part of a list, and how many wait in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext_lazy as _

MOST_COUNTED = 99


@dataclass(frozen=True)
class Queue:
    """A named part of a list: which rows, in which order, what it means when it is empty."""

    code: str
    label: str
    rows: Callable[[QuerySet, datetime], QuerySet]
    order: tuple[str | OrderBy, ...] = ("-id",)
    empty: str = _("Nothing here right now.")
    icon: str = ""
    tone: str = ""
    only_retaining: bool = False
    on_overview: bool = True
    only_returnless: bool = False

    def count(self, rows: QuerySet, now: datetime) -> int:
        """How many, up to one more than MOST_COUNTED: a history is never counted."""
        return self.rows(rows, now).order_by()[: MOST_COUNTED + 1].count()
