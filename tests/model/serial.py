"""Calls that were made at the same time had some order: look for one that explains every answer and what is seen.

What happens by itself to an order that no remaining call is about can't matter to those calls: such an order is
compared with what is seen at once, by itself, so that what is tried doesn't double with everything that is due.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.model.granting import happen
from tests.model.moves import Answer, Step, answers
from tests.model.world import World

Given = tuple[Step, Answer]
Event = tuple[str, object, int]


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
        due: list[Event] = []
        if may_sweep or (is_swept and not left):
            steps = [given[place][0] for place in left]
            here, wrong = _settle_others(here, _concerned(here, steps), seen, is_swept=is_swept)
            if wrong:
                if nearest or len(wrong) < len(off):
                    nearest, off = 0, wrong
                continue
            concerned = _concerned(here, steps)
            due = [event for event in here.due() if _order_of(here, event) in concerned]
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


def _settle_others(world: World, concerned: set[str], seen: Mapping, *, is_swept: bool) -> tuple[World, Sequence[str]]:
    """The world once every order that isn't concerned is as it is seen, or what is off there."""
    for order in sorted({_order_of(world, event) for event in world.due()} - concerned):
        ends, tried, wrong = [world], set(), ["nothing fits"]
        nearest = []
        while ends:
            here = ends.pop()
            if (key := here.key()) in tried:
                continue
            tried.add(key)
            due = [event for event in here.due() if _order_of(here, event) == order]
            if not (is_swept and due):
                found = differences(here, seen, only=order)
                if not found:
                    world, wrong = here, []
                    break
                nearest = min(nearest or found, found, key=len)
            ends += [_after(here, event) for event in due]
        if wrong:
            return world, nearest or wrong
    return world, ()


def _concerned(world: World, steps: Sequence[Step]) -> set[str]:
    """The orders that these steps may feel something of."""
    shared = {_order_of(world, event) for event in world.due() if _is_shared(world, event, steps)}
    return {*_touched(world, steps), *shared}


def _touched(world: World, steps: Iterable[Step]) -> Iterator[str]:
    """The orders that these steps are about."""
    for step in steps:
        yield from _touched(world, step.get("items", ()))
        if "order" in step:
            yield step["order"]
        labels = [step["refund"]] if "refund" in step else step.get("refunds", ())
        yield from (world.refunds[label].order for label in labels if label in world.refunds)


def _order_of(world: World, event: Event) -> str:
    what, label, place = event
    if what == "payment":
        return world.payments[place].order
    if what == "stray":
        return ""
    return world.refunds[world.rows[place].refund if what == "row" else label].order


def _is_shared(world: World, event: Event, steps: Sequence[Step]) -> bool:
    """Whether other orders may feel it: by the budget (R5), the day's limit (K10), a coupon (Q13), a number (P1)."""
    what, label, place = event
    if what == "stray":
        return True
    if what == "payment":
        payment = world.payments[place]
        return payment.from_budget or (payment.purpose == "other" and any(step["do"] == "pay" for step in steps))
    if what == "offer":
        gives_coupon = world.refunds[label].offers[place].method == "coupon"
        return gives_coupon and any(step["do"] == "offer" for step in steps)
    return world.refunds[world.rows[place].refund if what == "row" else label].is_returnless


def _after(world: World, event: Event) -> World:
    there = world.copy()
    happen(there, *event)
    return there


def _after_each(world: World, given: Sequence[Given], left: tuple[int, ...]) -> Iterable[tuple[World, tuple]]:
    for place in reversed(left):
        there = world.copy()
        if answers(there, *given[place]):
            yield there, tuple(other for other in left if other != place)


def differences(world: World, seen: Mapping, only: str = "") -> list[str]:
    """Field by field, what one serial world says and what is seen; of one order and its refunds if it is named."""
    told = world.seen()
    if told == seen:
        return []
    found = []
    for kind in ("refunds", "orders", "stores"):
        for label in sorted({*told[kind], *seen[kind]}):
            ours, theirs = told[kind].get(label, {}), seen[kind].get(label, {})
            if only and (kind == "stores" or (theirs or ours).get("order", label) != only):
                continue
            found += [
                f"{label}.{name}: the model says {ours.get(name)}, the store {theirs.get(name)}"
                for name in sorted({*ours, *theirs})
                if ours.get(name) != theirs.get(name)
            ]
    return found
