"""What keeps most, and what is tried out instead in a share of the refunds, with a likelihood that is known exactly.

Nothing is drawn: a refund's id decides whether it belongs to the share that tries, and which arm it tries. So the
same page says the same twice, and the likelihood is of all the ids that a refund could have had.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from common.money import CENT, ZERO
from offers.choosing.acceptance import Answers, Belief

WHOLE = 1_000_000  # likelihoods are whole numbers of so many
# What is tried out however bad it looks: else nobody would ever know that it isn't.
LEAST_WEIGHT = 0.03
# What other offers cost counts as much as so many offers of the usual cost.
COST_STRENGTH = 5


@dataclass(frozen=True)
class OfferArm:
    """A method at a share of the price. `amount` is None where it has none; `net` is what a yes keeps, in yuan."""

    method: str
    percent: int
    amount: Decimal | None
    belief: Belief
    net: Decimal

    @cached_property
    def accepts(self) -> Decimal:
        """The share of buyers who are believed to accept."""
        return Decimal(round(WHOLE * self.belief.accepts)) / WHOLE

    @cached_property
    def expected(self) -> Decimal:
        """Yuan that offering it keeps on average; below zero where a yes costs more than it keeps."""
        return (self.net * self.accepts).quantize(CENT)


@dataclass(frozen=True)
class OfferChoice:
    """The arm that comes first. `chances` are the likelihoods of all of them, of WHOLE, in the order of the arms."""

    place: int
    chances: tuple[int, ...]
    was_tried: bool

    @property
    def chance(self) -> int:
        """That of the arm that was chosen."""
        return self.chances[self.place]


def average_cost(known: Answers, usual: Decimal) -> Decimal:
    """Yuan that an offer without an amount costs: what was promised so far, on the usual cost as a prior."""
    return ((known.given + COST_STRENGTH * usual) / (known.ended + COST_STRENGTH)).quantize(CENT)


def best_of(arms: Sequence[OfferArm]) -> int:
    """The place of the arm that is expected to keep most; of equals the cheapest, then the first."""
    return max(range(len(arms)), key=lambda place: (arms[place].expected, arms[place].net, -place))


def choose_arm(arms: Sequence[OfferArm], refund_id: UUID, tried_percent: int) -> OfferChoice:
    """What comes first of at least one arm, where so many per cent of the refunds try something out."""
    best = best_of(arms)
    chances = likelihoods(arms, tried_percent)
    tried = tries(refund_id, tried_percent)
    place = _picked(_weights(arms, best), _part(b"arm", refund_id)) if tried else best
    return OfferChoice(place, tuple(chances), tried)


def tries(refund_id: UUID, tried_percent: int) -> bool:
    """Whether the refund belongs to the share that tries something out; the same every time."""
    return _part(b"explore", refund_id) < tried_percent * WHOLE // 100


def likelihoods(arms: Sequence[OfferArm], tried_percent: int) -> list[int]:
    """How likely each arm comes first, of WHOLE; they add up to it."""
    best = best_of(arms)
    weights = _weights(arms, best)
    chances = [weight * tried_percent // 100 for weight in weights]
    chances[best] += WHOLE - sum(chances)
    return chances


def _weights(arms: Sequence[OfferArm], best: int) -> list[int]:
    """How likely each arm is tried, of WHOLE: the less it is known to be worse than the best, the likelier.

    An arm's weight falls with how far it is behind, in multiples of what isn't known of both.
    """
    raw = [_promise(arm, arms[best]) for arm in arms]
    total = sum(raw)
    weights = [int(WHOLE * weight / total) for weight in raw]
    weights[best] += WHOLE - sum(weights)
    return weights


def _promise(arm: OfferArm, best: OfferArm) -> float:
    if arm.net <= ZERO:  # a yes costs more than it keeps: nothing is learnt from it that one would use
        return 1.0 if arm is best else 0.0
    unknown = [abs(each.net) * Decimal(round(WHOLE * each.belief.spread)) / WHOLE for each in (arm, best)]
    behind = (best.expected - arm.expected) / (sum(unknown, ZERO) + CENT)
    return LEAST_WEIGHT + 1 / (1 + int(100 * behind) ** 2 / 10_000)


def _picked(weights: Sequence[int], part: int) -> int:
    """The arm in whose stretch of WHOLE the part lies."""
    for place, weight in enumerate(weights):
        if part < weight:
            return place
        part -= weight
    return len(weights) - 1


def _part(purpose: bytes, refund_id: UUID) -> int:
    """Of WHOLE, by the refund's id: the same every time, and unlike that for another purpose."""
    digest = hashlib.sha256(purpose + refund_id.bytes).digest()
    return int.from_bytes(digest[:8]) * WHOLE >> 64
