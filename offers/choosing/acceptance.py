"""What buyers are believed to accept, by the share of the price: learnt from counts, from the many to the few.

A belief begins with a curve and goes through levels: everybody's answers at the marketplace, those of the price band,
the store's own, and the store's own in that band. At each level the curve is raised or lowered as a whole, then each
share's own answers count on a prior of some offers, and at last a bigger share is never believed to be accepted less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.money import ZERO

# What a yes keeps at most, with what returns cost, when nobody has answered: the price and a quarter (docs/adr/0082).
KEPT_AT_FIRST = Decimal("1.25")
MOST_LIKELY = 0.99


@dataclass(frozen=True)
class Answers:
    """Offers that are over, how many of them were accepted, and the yuan that they promised together."""

    ended: int = 0
    accepted: int = 0
    given: Decimal = ZERO

    def __add__(self, other: "Answers") -> "Answers":
        return Answers(self.ended + other.ended, self.accepted + other.accepted, self.given + other.given)


# By per cent of the ladder.
Counts = Mapping[int, Answers]


@dataclass(frozen=True)
class Level:
    """Answers on a prior that is worth `strength` offers."""

    counts: Counts
    strength: int


@dataclass(frozen=True)
class Belief:
    """The share of buyers who accept, 0–1, known as well as from so many offers."""

    accepts: float
    offers: float

    @property
    def spread(self) -> float:
        """The standard deviation of what isn't known of it."""
        return (self.accepts * (1 - self.accepts) / (self.offers + 1)) ** 0.5


def first_curve(percents: Sequence[int], usual: Decimal | None, base: float) -> list[float]:
    """What is believed before any share was tried: `base` at the usual share, by which the usual share is the best.

    It rises with the share by as much as makes that so.
    """
    if usual is None:
        return [base] * len(percents)
    bend = int(10_000 * usual / (KEPT_AT_FIRST - usual)) / 10_000
    usual_percent = int(100 * usual)
    return [min(MOST_LIKELY, base * (percent / usual_percent) ** bend) for percent in percents]


def believe(percents: Sequence[int], curve: Sequence[float], levels: Sequence[Level]) -> dict[int, Belief]:
    """What is believed of each share after these levels, the last of which counts most."""
    means, offers = list(curve), [1.0] * len(percents)
    for level in levels:
        counted = [level.counts.get(percent, NOBODY) for percent in percents]
        means = _raised(means, counted, level.strength)
        offers = [level.strength + each.ended for each in counted]
        means = [
            (each.accepted + level.strength * mean) / weight
            for each, mean, weight in zip(counted, means, offers, strict=True)
        ]
        means = never_falling(means, offers)
    return {percent: Belief(mean, weight) for percent, mean, weight in zip(percents, means, offers, strict=True)}


def _raised(means: list[float], counted: Sequence[Answers], strength: int) -> list[float]:
    """The curve times what was accepted over what it foresaw; a single share is left to its own answers."""
    if len(means) == 1:
        return means
    foreseen = sum(mean * each.ended for mean, each in zip(means, counted, strict=True))
    prior = strength / 2
    times = (sum(each.accepted for each in counted) + prior) / (foreseen + prior)
    return [min(MOST_LIKELY, mean * times) for mean in means]


def never_falling(means: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nearest means that never fall from one share to the next: neighbours that do are pooled by their weights."""
    pools: list[tuple[float, float, int]] = []
    for mean, weight in zip(means, weights, strict=True):
        pool = (mean, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            both = before[1] + pool[1]
            pool = ((before[0] * before[1] + pool[0] * pool[1]) / both, both, before[2] + pool[2])
        pools.append(pool)
    return [mean for mean, _weight, count in pools for _place in range(count)]


NOBODY = Answers()
