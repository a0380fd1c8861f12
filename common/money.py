"""Money: Decimal yuan with exactly two places, never a float."""

import re
from collections.abc import Sequence
from decimal import Decimal

from django.db import models

from common.errors import Invalid
from common.sentences import sentence as _

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
MAX_DIGITS = 12
SUM_DIGITS = 20
# What an order may be worth, and so each of its lines: a column of MAX_DIGITS holds a hundred of them.
MOST_PER_ORDER = Decimal("99999999.99")
_MONEY = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,2})?", re.ASCII)


class MoneyField(models.DecimalField):
    """A column of yuan: ten digits before the point and two after."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_digits", MAX_DIGITS)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)


class MoneySumField(MoneyField):
    """A column of yuan that adds up what many rows hold: eighteen digits before the point and two after."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_digits", SUM_DIGITS)
        super().__init__(**kwargs)


def why_no_amount(amount: Decimal) -> Invalid | None:
    """Why nobody can be paid, offered or refunded so much: it is nothing."""
    return None if amount > ZERO else Invalid("amount", _("The amount must be above zero."), "min_value")


def parse_money(text: str) -> Decimal:
    """Read `"12.30"` (or `"12"`, `"12.3"`). ValueError for exponents, separators, other digits and three decimals."""
    if not _MONEY.fullmatch(text):
        raise ValueError("not an amount of yuan with at most two decimals")
    return Decimal(text).quantize(CENT) + ZERO  # nothing has no sign


def grouped(amount: Decimal | str) -> str:
    """`1,234.50`."""
    return f"{Decimal(amount).quantize(CENT):,}"


def yuan(amount: Decimal | str | None) -> str:
    """`¥1,234.50`, `−¥3.81` below zero; a dash for nothing."""
    if amount is None:
        return "–"
    told = grouped(amount)
    return f"−¥{told[1:]}" if told.startswith("-") else f"¥{told}"


def apportion(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split `amount` over parts in proportion to `weights`, to the cent; the largest remainders are rounded up.

    Weights of nothing are as good as equal ones.
    """
    if not any(weights):
        weights = [CENT] * len(weights)
    total = sum(weights, ZERO)
    exact = [amount * weight / total for weight in weights]
    shares = [part.quantize(CENT, rounding="ROUND_DOWN") for part in exact]
    cents = int((amount - sum(shares, ZERO)) / CENT)
    for index in sorted(range(len(shares)), key=lambda i: shares[i] - exact[i])[:cents]:
        shares[index] += CENT
    return shares


def allocate(amount: Decimal, caps: Sequence[Decimal]) -> list[Decimal]:
    """Split `amount` over parts in proportion to `caps`, to the cent, no part above its cap.

    The cents that rounding leaves go to the parts with the most room. ValueError when the caps don't hold the amount.
    """
    total = sum(caps, ZERO)
    if not ZERO <= amount <= total:
        raise ValueError(f"{amount} does not fit into {total}")
    if total == ZERO:
        return [ZERO for _ in caps]
    shares = [(amount * cap / total).quantize(CENT, rounding="ROUND_DOWN") for cap in caps]
    left = amount - sum(shares, ZERO)
    for index in sorted(range(len(caps)), key=lambda i: shares[i] - caps[i]):
        extra = min(left, caps[index] - shares[index], CENT)
        shares[index] += extra
        left -= extra
    return shares
