"""The shortest history that still fails: rounds, then calls, jumps, sweepers are left out as long as it does."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.model.writing import History, Round

FEWEST = 1


def shrink(history: History, fails: Callable[[History], bool], tries: int = 200) -> History:
    """Leave out what the failure doesn't need. `fails` plays a history; it is asked at most `tries` times."""
    left = tries
    found = True
    while found and left > 0:
        found = False
        for smaller in _smaller(history):
            left -= 1
            if fails(smaller):
                history, found = smaller, True
                break
            if left == 0:
                break
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
    if turn.sweepers:
        yield replace(turn, sweepers=0)
    if turn.jump:
        yield replace(turn, jump=0)
