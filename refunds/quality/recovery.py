"""What a store can still do, or must, before a step begins or ends (P7)."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from refunds.quality.figures import QualityFigures
from stores.marketplaces.base import QualityThreshold


@dataclass(frozen=True)
class Recovery:
    """What ends a step with these figures: so many counted refunds fewer, or so many orders more.

    Zero: it has ended.
    """

    refunds_fewer: int
    orders_more: int


def recovery_from(threshold: QualityThreshold, figures: QualityFigures) -> Recovery:
    """How far the figures are from where the step no longer holds: at its rate or below, or under its minimum."""
    if figures.quality_refunds < threshold.minimum or not figures.is_above(threshold.rate):
        return Recovery(0, 0)
    within_rate = int((threshold.rate * figures.orders).to_integral_value(ROUND_FLOOR))
    enough = int((figures.quality_refunds / Decimal(threshold.rate)).to_integral_value(ROUND_CEILING))
    return Recovery(
        figures.quality_refunds - max(within_rate, threshold.minimum - 1),
        enough - figures.orders,
    )
