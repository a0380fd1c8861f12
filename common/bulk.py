"""Many things of one call: each has its own outcome, and one that fails harms no other.

What belongs together is done together, in a few statements. Should that fail for a reason that nobody could see before
(a constraint), each is done again by itself.
"""

import logging
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from django.db import transaction

from common.errors import told_safely
from common.web.unavailable import why_unavailable

log = logging.getLogger("wanliu.bulk")

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def in_turns(items: Iterable[Item], about: Callable[[Item], Hashable]) -> list[list[Item]]:
    """Sets of which each has at most one item about the same thing, so that they happen one after the other."""
    turns: list[list[Item]] = []
    seen: Counter[Hashable] = Counter()
    for item in items:
        turn = seen[about(item)]
        seen[about(item)] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(item)
    return turns


def each_apart(
    do: Callable[[Sequence[Item]], Sequence[Outcome | Exception]], items: Sequence[Item]
) -> Sequence[Outcome | Exception]:
    """The outcome of each item, what it failed with among them: all in one go, or by themselves where that fails.

    A database that doesn't answer, or that says that its time is over, ends it all.
    """
    try:
        with transaction.atomic():
            return do(items)
    except Exception as error:
        if why_unavailable(error):
            raise
        if len(items) == 1:
            return [error]
        log.warning("%d items are done one by one: %s", len(items), told_safely(error))
    return [outcome for item in items for outcome in each_apart(do, [item])]
