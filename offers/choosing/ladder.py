"""The few amounts that are compared: shares of what is asked back, and bands of prices in which buyers are alike."""

from bisect import bisect_right
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from common.money import CENT

# Per cent of what is asked back. What a method without an amount gives stands at NO_SHARE.
PERCENTS = (3, 5, 10, 15, 20, 30, 50)
NO_SHARE = 0
# An amount that was typed counts for the share that it is nearest to: up to here in per cent for each but the last.
_UP_TO = tuple(Decimal(low + high) / 2 for low, high in pairwise(PERCENTS))
# Yuan from which each band but the first begins; a band's name is its place.
_FROM = (Decimal(30), Decimal(100), Decimal(300), Decimal(1000))
BANDS = range(len(_FROM) + 1)


def band_of(asked: Decimal) -> int:
    """The band of a refund of so many yuan."""
    return bisect_right(_FROM, asked)


def nearest_percent(amount: Decimal, asked: Decimal) -> int:
    """The share of the ladder that an amount is nearest to."""
    return PERCENTS[bisect_right(_UP_TO, 100 * amount / asked)] if asked else PERCENTS[-1]


def share_in_yuan(asked: Decimal, percent: int) -> Decimal:
    """So many per cent of what is asked back, to the cent and never beyond; but a cent is an offer."""
    return max(CENT, (asked * percent / 100).quantize(CENT, rounding="ROUND_DOWN"))


def ladder_parameters() -> Mapping[str, list]:
    """The same for SQL: `band_sql` and `percent_sql` want to be told these."""
    return {"percents": list(PERCENTS), "shares_up_to": list(_UP_TO), "bands_from": list(_FROM)}


def band_sql(asked: str) -> str:
    """`band_of` of a column."""
    return f"width_bucket({asked}, %(bands_from)s::numeric[])"


def percent_sql(amount: str, asked: str) -> str:
    """`nearest_percent` of two columns."""
    nearest = f"width_bucket(100 * {amount} / nullif({asked}, 0), %(shares_up_to)s::numeric[])"
    return f"(%(percents)s::int[])[1 + coalesce({nearest}, cardinality(%(shares_up_to)s::numeric[]))]"
