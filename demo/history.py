"""A month of offers before the other scenes, so that the charts of money kept have something to show (Q18)."""

import random

from demo.ruled import ruled_scenes
from demo.scenes import METHODS, Scene

FIRST_DAY, LAST_DAY = 29, 8
# What buyers said, and how often among twenty.
ANSWERS = ["accept"] * 12 + ["decline"] * 5 + ["silence"] * 3
TAOTE_REASONS = ["minor_flaw", "changed_mind", "packaging_damaged", "not_as_described", "wrong_purchase"]


def _answered(ago: float, answer: str) -> tuple:
    """What follows an offer sent that many hours ago, up to the refund's end."""
    if answer == "accept":
        return (ago - 2, "accept", {}), (ago - 2.2, "sweep", {})
    if answer == "decline":
        return (ago - 3, "decline", {}), (ago - 5, "approve", {})
    return (ago - 30, "sweep", {}), (ago - 31, "approve", {})


def tmall_history() -> list[Scene]:
    """One or two offers a day, by every method; and what the store's automatic rule was about."""
    dice, scenes = random.Random("tmall"), []
    for day in range(FIRST_DAY, LAST_DAY - 1, -1):
        for _ in range(dice.choice([1, 1, 2])):
            method = dice.choice(list(METHODS))
            reason, terms = METHODS[method]
            ago = day * 24 + dice.randrange(0, 12)
            steps = ((ago - 1, "retain", {"method": method, **terms}), *_answered(ago - 1, dice.choice(ANSWERS)))
            item = dice.randrange(6)
            scenes.append(
                Scene(ago, "return_and_refund", reason, steps, item=item, delivered=reason != "slow_logistics")
            )
    return [*scenes, *ruled_scenes()]


def taote_history() -> list[Scene]:
    """A negotiation on most days; in silence the refund's own clock decides."""
    dice, scenes = random.Random("taote"), []
    for day in range(FIRST_DAY, LAST_DAY - 1, -1):
        if dice.random() < 0.2:
            continue
        ago = day * 24 + dice.randrange(0, 12)
        amount = dice.choice(["2.00", "3.00", "5.00"])
        answer = dice.choice(ANSWERS)
        after = ((ago - 37, "sweep", {}),) if answer == "silence" else _answered(ago - 1, answer)
        steps = ((ago - 1, "offer", {"amount": amount, "message": f"亲，补您 {amount} 元，留下用着好吗？"}), *after)
        item = dice.choice([0, 1, 2, 3, 4, 6, 7])
        scenes.append(Scene(ago, "return_and_refund", dice.choice(TAOTE_REASONS), steps, item=item))
    return scenes
