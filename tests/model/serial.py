"""Calls that were made at the same time had some order: look for one that explains every answer and what is seen."""

from collections.abc import Iterable, Mapping, Sequence

from tests.model.moves import Answer, Step, answers
from tests.model.world import World

Given = tuple[Step, Answer]


def explain(
    world: World, given: Sequence[Given], seen: Mapping, *, is_swept: bool, may_sweep: bool
) -> tuple[World | None, list[str]]:
    """The world after one serial order of the calls that fits what was answered and seen.

    None when there is none, with what is off after the orders that come nearest. With `may_sweep` whatever is due may
    have happened at any moment between them; when `is_swept` all of it has.
    """
    tried: set[tuple] = set()
    open_ends = [(world, tuple(range(len(given))))]
    nearest, off = len(given) + 1, ["nothing fits"]
    while open_ends:
        here, left = open_ends.pop()
        mark = (left, here.key())
        if mark in tried:
            continue
        tried.add(mark)
        due = list(here.due()) if may_sweep or (is_swept and not left) else []
        if not left and not (is_swept and due):
            wrong = differences(here, seen)
            if not wrong:
                return here, []
            if nearest or len(wrong) < len(off):
                nearest, off = 0, wrong
        open_ends += [(_after(here, event), left) for event in due]
        fitting = list(_after_each(here, given, left))
        open_ends += fitting
        if left and not fitting and len(left) < nearest:
            nearest, off = len(left), [f"no place for {given[place]}" for place in left]
    return None, off


def _after(world: World, event: tuple) -> World:
    there = world.copy()
    there.happen(*event)
    return there


def _after_each(world: World, given: Sequence[Given], left: tuple[int, ...]) -> Iterable[tuple[World, tuple]]:
    for place in reversed(left):
        there = world.copy()
        if answers(there, *given[place]):
            yield there, tuple(other for other in left if other != place)


def differences(world: World, seen: Mapping) -> list[str]:
    """Field by field, what one serial world says and what is seen."""
    told = world.seen()
    if told == seen:
        return []
    found = []
    for kind in ("refunds", "orders", "stores"):
        for label in sorted({*told[kind], *seen[kind]}):
            ours, theirs = told[kind].get(label, {}), seen[kind].get(label, {})
            found += [
                f"{label}.{name}: the model says {ours.get(name)}, the store {theirs.get(name)}"
                for name in sorted({*ours, *theirs})
                if ours.get(name) != theirs.get(name)
            ]
    return found
