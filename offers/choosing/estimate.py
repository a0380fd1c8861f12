"""What another way of choosing would have kept, told from the log of what was chosen (docs/adr/0093).

Doubly robust: what was believed of each choice, corrected by how far off that was where the other way would have chosen
what was sent, by how likely that was. It is right on average when either the beliefs or the likelihoods are, and the
likelihoods are known exactly.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.money import CENT, ZERO
from offers.choosing.choice import WHOLE, OfferArm, likelihoods

FEWEST_LOGGED = 30  # of fewer nothing is said
# … nor where what the other way would have chosen was sent hardly ever: as many offers, counted by their weights.
FEWEST_ALIKE = 10
Z = Decimal("1.96")  # of 95 in 100


@dataclass(frozen=True)
class Logged:
    """An offer that was chosen among `arms`, in whose order the likelihoods are, and the yuan that it kept."""

    arms: Sequence[OfferArm]
    chances: Sequence[int]
    place: int
    kept: Decimal


# The likelihood of each arm, of WHOLE.
Policy = Callable[[Sequence[OfferArm]], Sequence[int]]


@dataclass(frozen=True)
class Estimate:
    """Yuan kept of an offer on average, and the margin to either side within which that lies, 95 times of 100."""

    offers: int
    mean: Decimal
    margin: Decimal

    @property
    def is_proved(self) -> bool:
        """Whether nothing lies outside the interval."""
        return abs(self.mean) > self.margin

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        """The interval."""
        return self.mean - self.margin, self.mean + self.margin


def estimate(log: Iterable[Logged], policy: Policy, less: Policy | None = None) -> Estimate | None:
    """What the policy would have kept of each offer on average; None where too few were logged, or too few like it.

    With another policy as `less`, how much more than that. An offer whose likelihood the log puts at nothing was not
    chosen by it, and is left out.
    """
    values, weights = [], []
    for each in log:
        if each.chances[each.place]:
            weights.append(_weight(each, policy(each.arms)))
            value = _value(each, policy(each.arms))
            values.append(value if less is None else value - _value(each, less(each.arms)))
    if len(values) < FEWEST_LOGGED or sum(weights, ZERO) ** 2 < FEWEST_ALIKE * sum((each**2 for each in weights), CENT):
        return None
    mean = sum(values, ZERO) / len(values)
    variance = sum(((value - mean) ** 2 for value in values), ZERO) / (len(values) - 1)
    margin = Z * (variance / len(values)).sqrt()
    return Estimate(len(values), mean.quantize(CENT), margin.quantize(CENT))


def _value(logged: Logged, wanted: Sequence[int]) -> Decimal:
    believed = sum((arm.net * arm.accepts * share for arm, share in zip(logged.arms, wanted, strict=True)), ZERO)
    arm = logged.arms[logged.place]
    return believed / WHOLE + _weight(logged, wanted) * (logged.kept - arm.net * arm.accepts)


def _weight(logged: Logged, wanted: Sequence[int]) -> Decimal:
    """How much likelier the policy would have chosen what was sent."""
    return Decimal(wanted[logged.place]) / logged.chances[logged.place]


def keeping_to(most_percent: int | None, tried_percent: int) -> Policy:
    """The recommendation under another ceiling (per cent of the price, None for none) and another share that tries.

    Where the ceiling leaves nothing, the smallest share stays.
    """

    def policy(arms: Sequence[OfferArm]) -> Sequence[int]:
        within = [place for place, arm in enumerate(arms) if most_percent is None or arm.percent <= most_percent]
        within = within or [min(range(len(arms)), key=lambda place: arms[place].percent)]
        chances = [0] * len(arms)
        for place, chance in zip(within, likelihoods([arms[place] for place in within], tried_percent), strict=True):
            chances[place] = chance
        return chances

    return policy
