"""What a room declares of its upkeep: the work that falls due in it, and what must hold of its rows.

A room names its sweeps in `<room>/sweeps.py` (SWEEPS) and its checks in `<room>/checks.py` (CHECKS); `operations`
collects both from every installed room.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True)
class Sweep:
    """A kind of work that falls due by the clock: beat's `task` does it, and the command `sweep` by this name.

    `step` does up to a batch of what is due and returns how much that was: 0 when nothing is. A sandbox's own clock
    brings it about as well (docs/adr/0048) if it is `of_stores`; `due` are the columns of instants at which it then is,
    and `undone` the rows of the first for which it hasn't been done: those that are due show how far behind it is.
    """

    name: str
    step: Callable[[], int]
    task: str
    of_stores: bool = False
    due: tuple[tuple[type[models.Model], str], ...] = ()
    undone: Callable[[], models.QuerySet] | None = None


@dataclass(frozen=True)
class Check:
    """What must always hold, recomputed from raw rows: `sql` selects a description of each row that is off.

    `parameters` gives what the SQL is told, where it asks for anything; a `%` is then written twice.
    """

    name: str
    sql: str
    parameters: Callable[[], dict] | None = None
