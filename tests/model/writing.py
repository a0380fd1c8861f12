"""A history from a seed: rounds of calls made at the same time, between them jumps of the clock, and sweeps.

While it is written the model plays it, one call after the other, so that most calls meet a state in which they matter.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.model.granting import happen
from tests.model.moves import Answer, Step, answers
from tests.model.numbers import MARKETPLACES
from tests.model.wishing import Wishes
from tests.model.world import World

HOUR, DAY = 60, 24 * 60
SHORT = (0,) * 10 + (1, 59, HOUR, HOUR)
JUMPS = (*SHORT, DAY - 1, DAY, 36 * HOUR - 1, 36 * HOUR, 2 * DAY, 7 * DAY, 10 * DAY, -HOUR, -DAY)
DAY_LIMIT = 2500_00  # of the stores here, so that it is reached


@dataclass
class Round:
    """Calls of so many clients at once, after the clock has moved by `jump` minutes.

    `sweepers` work beside them; `is_swept`: afterwards everything due is done.
    """

    jump: int
    calls: list[Step]
    sweepers: int
    is_swept: bool


@dataclass
class History:
    """What happens in one store."""

    seed: int
    marketplace: str
    rounds: list[Round] = field(default_factory=list)


def begin(marketplace: str, start: datetime) -> World:
    """The store of a history before its first round."""
    budget = MARKETPLACES[marketplace].budget
    return World(marketplace, start, DAY_LIMIT, budget=budget, began=start if budget else None)


def write(seed: int, start: datetime, rounds: int = 12, marketplace: str = "") -> History:
    """The history of this seed, always the same; of this marketplace where one is named."""
    dice = random.Random(seed)
    drawn = dice.choice(sorted(MARKETPLACES))
    history = History(seed, marketplace or drawn)
    writer = _Writer(dice, begin(history.marketplace, start))
    clients = dice.randint(2, 6)
    for number in range(rounds):
        history.rounds.append(writer.round(clients, number))
    return history


class _Writer:
    def __init__(self, dice: random.Random, world: World) -> None:
        self.dice, self.wishes = dice, Wishes(dice, world)
        self.keyed: list[Step] = []

    def round(self, clients: int, number: int) -> Round:
        jump = 0 if number == 0 else self.dice.choice(JUMPS)
        sweepers, is_swept = self.dice.choice((0, 0, 1, 2)), self.dice.random() < 0.5
        wishes = self.wishes
        wishes.world = wishes.world.copy()
        wishes.world.now += timedelta(minutes=jump)
        # Everybody sees the same store before the round begins.
        first = (wishes.place, wishes.of_order)[number] if number < 2 else self._call
        calls = [first() for _ in range(clients)]
        if self.dice.random() < 0.3:  # somebody clicks twice
            calls[-1] = calls[0] if "key" in calls[0] else self._again(calls[0])
        for step in calls:
            self._play(step)
        while is_swept and (due := next(wishes.world.due(), None)):
            happen(wishes.world, *due)
        return Round(jump, calls, sweepers, is_swept)

    def _again(self, step: Step) -> Step:
        """The same anew: what it makes is something else, then."""
        again = dict(step)
        if step["do"] == "ask":
            again["refund"] = self.wishes.name("r")
        if step["do"] == "ship":
            again["number"] = self.wishes.name("T")
        if "items" in step:
            again["items"] = [self._again(item) for item in step["items"]]
        return again

    def _play(self, step: Step) -> None:
        if step["do"] == "bulk" and not step["atomic"]:  # what it answers is what each of its items is answered
            key, answered = step.get("key"), self.wishes.world.answered
            if key not in answered:
                for item in step["items"]:
                    self._play(item)
            if key:
                self.wishes.world.answered[key] = Answer(200)
            return
        yes = tuple(Answer(201) for _ in step.get("items", ()))
        for answer in (Answer(200, each=yes), Answer(201), Answer(204)):
            there = self.wishes.world.copy()
            if answers(there, step, answer):
                self.wishes.world = there
                return

    def _call(self) -> Step:
        if self.keyed and self.dice.random() < 0.08:  # a retry of something answered long ago
            return dict(self.dice.choice(self.keyed))
        step = self.wishes.one()
        if step["do"] in KEYLESS:  # no calls of the API, or about another payment or look the next time
            return step
        if self.dice.random() < 0.4 or step["do"] == "pay":
            step["key"] = self.wishes.name("k")
            self.keyed.append(step)
        return step


KEYLESS = ("bounce", "retry", "put_aside", "assign", "end_stray", "decide_many", "set_top_up")
