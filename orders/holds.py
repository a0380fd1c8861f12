"""Holds: what an open or settled refund (or a payment) takes of an order, counted on the order and its lines.

The columns keep the name that clients know them by: `claimed_amount` and `claimed_quantity` count held yuan and pieces.

The caller has locked the order. The counters never exceed what was paid: these functions check it with a clear answer,
and the table's CHECK constraints hold it whatever happens.
"""

from collections.abc import Sequence
from decimal import ROUND_UP, Decimal
from typing import Protocol

from common.errors import Refused, refuse_if
from common.money import ZERO, grouped
from common.sentences import sentence as _
from common.writes import WriteSet
from orders.models import Order, OrderLine
from orders.packing import pack_again
from orders.signals import more_held


class Hold(Protocol):
    """A row: pieces and yuan that one refund holds of one line."""

    line: OrderLine
    quantity: int
    amount: Decimal


def most_of_line(hold: Hold) -> Decimal:
    """The most that one hold could amount to: what was paid for its pieces, as far as the line has it left.

    Yuan that others hold count as the first pieces' of the line. The last piece takes the shipping fee with it.
    """
    line = hold.line
    left = line.refundable_amount + hold.amount
    after = min(_pieces_worth(line, line.claimed_amount - hold.amount), max(line.quantity - hold.quantity, 0))
    freight = line.freight if after + hold.quantity >= line.quantity else ZERO
    return min(line.worth(hold.quantity, after=after) + freight, left)


def _pieces_worth(line: OrderLine, amount: Decimal) -> int:
    """How many of the line's pieces were paid with as much as this."""
    if not amount:
        return 0
    if amount >= line.paid_for_goods:
        return line.quantity
    return int((amount * line.quantity / line.paid_for_goods).to_integral_value(ROUND_UP))


def most_of_order(order: Order, holds: Sequence[Hold]) -> Decimal:
    """The most that a refund with these holds may amount to, in yuan; what it holds itself doesn't count against it."""
    own = sum((hold.amount for hold in holds), ZERO)
    by_lines = sum((most_of_line(hold) for hold in holds), ZERO)
    return min(order.refundable_amount + own, by_lines)


def why_not_take(amount: Decimal, *, most: Decimal) -> Refused | None:
    """Why `amount` yuan can't be refunded where `most` are left."""
    if amount <= most:
        return None
    return Refused(
        "amount_above_refundable", _("At most %(most)s can be refunded here.") % {"most": grouped(most)}, "amount"
    )


def check_amount(order: Order, holds: Sequence[Hold], amount: Decimal) -> None:
    """Refused `amount_above_refundable` when `amount` is more than what is left."""
    refuse_if(why_not_take(amount, most=most_of_order(order, holds)))


def hold_yuan(writes: WriteSet, order: Order, amount: Decimal) -> None:
    """Hold yuan of the order as a whole, for a payment that belongs to no line. Refused when they aren't left."""
    refuse_if(why_not_take(amount, most=order.refundable_amount))
    _tell_others(order, of_others=order.claimed_amount)
    order.claimed_amount += amount
    writes.update(order, "claimed_amount")


def free_yuan(writes: WriteSet, order: Order, amount: Decimal) -> None:
    """Give back what `hold_yuan` took."""
    order.claimed_amount -= amount
    writes.update(order, "claimed_amount")


def adjust(
    writes: WriteSet, order: Order, holds: Sequence[Hold], amounts: Sequence[Decimal], pieces: Sequence[int]
) -> None:
    """Set what each hold takes to `amounts` (yuan) and count `pieces` (may be negative) on its line.

    All of it is written by the caller's `writes`.

    A hold that is new is told to `writes.insert` before.
    """
    if sum(amounts, ZERO) > (own := sum((hold.amount for hold in holds), ZERO)):
        _tell_others(order, of_others=order.claimed_amount - own)
    for hold, amount, count in zip(holds, amounts, pieces, strict=True):
        change = amount - hold.amount
        if change or count:
            hold.line.claimed_amount += change
            hold.line.claimed_quantity += count
            order.claimed_amount += change
            hold.amount = amount
            writes.update(hold, "amount")
            writes.update(hold.line, "claimed_amount", "claimed_quantity")
            writes.update(order, "claimed_amount")
    pack_again(writes, order)


def _tell_others(order: Order, *, of_others: Decimal) -> None:
    if of_others > ZERO:
        more_held.send(sender=Order, order=order)
