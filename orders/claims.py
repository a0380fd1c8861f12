"""Claims: what an open or settled refund (or a payment) takes of an order, counted on the order and its lines.

The caller has locked the order. The counters never exceed what was paid: these functions check it with a clear answer,
and the table's CHECK constraints hold it whatever happens.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from common.errors import Refused, refuse_if
from common.money import ZERO
from common.writes import WriteSet
from orders.models import Order, OrderLine


class Claim(Protocol):
    """A row: pieces and yuan that one refund claims of one line."""

    line: OrderLine
    quantity: int
    amount: Decimal


def most_of_line(claim: Claim) -> Decimal:
    """The most that one claim could amount to: its pieces' price, as far as the line has it left."""
    return min(claim.quantity * claim.line.unit_price, claim.line.refundable_amount + claim.amount)


def most_refundable(order: Order, claims: Sequence[Claim]) -> Decimal:
    """The most that a refund with these claims may amount to, in yuan; its own current claim doesn't count against it."""
    own = sum((claim.amount for claim in claims), ZERO)
    by_lines = sum((most_of_line(claim) for claim in claims), ZERO)
    return min(order.refundable_amount + own, by_lines)


def why_not_take(amount: Decimal, *, most: Decimal) -> Refused | None:
    """Why `amount` yuan can't be refunded where `most` are left."""
    if amount <= most:
        return None
    return Refused("amount_above_refundable", _("At most %(most)s can be refunded here.") % {"most": most}, "amount")


def check_amount(order: Order, claims: Sequence[Claim], amount: Decimal) -> None:
    """Refused `amount_above_refundable` when `amount` is more than what is left."""
    refuse_if(why_not_take(amount, most=most_refundable(order, claims)))


def claim_yuan(writes: WriteSet, order: Order, amount: Decimal) -> None:
    """Claim yuan of the order as a whole, for a payment that belongs to no line. Refused when they aren't left."""
    refuse_if(why_not_take(amount, most=order.refundable_amount))
    order.claimed_amount += amount
    writes.update(order, "claimed_amount")


def adjust(
    writes: WriteSet, order: Order, claims: Sequence[Claim], amounts: Sequence[Decimal], pieces: Sequence[int]
) -> None:
    """Set what each claim takes to `amounts` (yuan) and count `pieces` (may be negative) on its line; all of it is written.

    A claim that is new is told to `writes.insert` before.
    """
    for claim, amount, count in zip(claims, amounts, pieces, strict=True):
        change = amount - claim.amount
        if change or count:
            claim.line.claimed_amount += change
            claim.line.claimed_quantity += count
            order.claimed_amount += change
            claim.amount = amount
            writes.update(claim, "amount")
            writes.update(claim.line, "claimed_amount", "claimed_quantity")
            writes.update(order, "claimed_amount")
