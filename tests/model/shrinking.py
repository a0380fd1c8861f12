"""The shortest history that still fails: what it doesn't need is left out as long as it does.

Rounds first, then calls, items of bulk calls, jumps and sweepers.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import monotonic

from tests.model.moves import Step
from tests.model.writing import History, Round

FEWEST = 1
TRIES, FOR_S = 200, 240


def shrink(
    history: History, fails: Callable[[History], bool], *, tries: int = TRIES, seconds: float = FOR_S
) -> History:
    """Leave out what the failure doesn't need. `fails` plays a history; it is asked so often, or for so long, at most.

    What is found by then is returned, the whole history if nothing was.
    """
    left, ends_at = tries, monotonic() + seconds
    found = True
    while found and left > 0:
        found = False
        for smaller in _smaller(history):
            left -= 1
            if fails(smaller):
                history, found = smaller, True
                break
            if left == 0 or monotonic() > ends_at:
                return history
    return history


def _smaller(history: History) -> Iterator[History]:
    rounds = history.rounds
    size = len(rounds) // 2
    while size >= FEWEST:
        for start in range(0, len(rounds), size):
            yield replace(history, rounds=rounds[:start] + rounds[start + size :])
        size //= 2
    for place, turn in enumerate(rounds):
        for simpler in _simpler(turn):
            yield replace(history, rounds=[*rounds[:place], simpler, *rounds[place + 1 :]])


def _simpler(turn: Round) -> Iterator[Round]:
    for place in range(len(turn.calls)):
        yield replace(turn, calls=turn.calls[:place] + turn.calls[place + 1 :])
    for place, call in enumerate(turn.calls):
        for items in _fewer(call.get("items", [])):
            yield replace(turn, calls=[*turn.calls[:place], {**call, "items": items}, *turn.calls[place + 1 :]])
    if turn.sweepers:
        yield replace(turn, sweepers=0)
    if turn.jump:
        yield replace(turn, jump=0)


def _fewer(items: list[Step]) -> Iterator[list[Step]]:
    """A bulk call's items without one of them."""
    if len(items) > 1:
        for place in range(len(items)):
            yield items[:place] + items[place + 1 :]
