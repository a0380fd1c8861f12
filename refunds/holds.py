"""What a refund holds of its order: its lines, and how its amount is spread over them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from common.errors import Refused, refuse_if
from common.money import ZERO, allocate
from common.writes import WriteSet
from orders import holds
from orders.models import Order
from orders.pieces import pieces_that_left
from refunds.models import Refund, RefundLine


def lines_of(refunds: Sequence[Refund]) -> dict[UUID, list[RefundLine]]:
    """Each refund's `own_lines` with their order lines, read in one query at most; one object per order line."""
    missing = [refund for refund in refunds if not refund.has_lines]
    if missing:
        at_hand = [refund for refund in refunds if refund.has_lines]
        order_lines = {line.line_id: line.line for refund in at_hand for line in refund.own_lines}
        found: dict[UUID, list[RefundLine]] = defaultdict(list)
        for line in RefundLine.objects.in_scope().filter(refund__in=missing).select_related("line").order_by("id"):
            line.line = order_lines.setdefault(line.line_id, line.line)
            found[line.refund_id].append(line)
        for refund in missing:
            refund.own_lines = found[refund.pk]
    return {refund.pk: refund.own_lines for refund in refunds}


def most_refundable(refund: Refund) -> Decimal:
    """The most that this refund may amount to, in yuan: earlier and pending refunds and payments of the order count."""
    return holds.most_of_order(refund.order, refund.own_lines)


def why_not_hold_pieces(order: Order, lines: Sequence[RefundLine]) -> Refused | None:
    """Why a refund can't ask for these pieces to come back: other refunds have some of those that left."""
    if all(line.moving_quantity <= pieces_that_left(order, line.line) - line.line.claimed_quantity for line in lines):
        return None
    return Refused("refund_open", _("These goods are already being returned in another refund."), "lines")


def hold(writes: WriteSet, refund: Refund, amount: Decimal, *, pieces: int) -> None:
    """Make the refund hold `amount` yuan, spread over its lines, and (`pieces` = 1), or no longer (-1), their pieces.

    The refund, its lines and the order are written; those that are new are told to `writes.insert` before. Refused
    `amount_above_refundable` or `refund_open` when the order doesn't have it any more.
    """
    lines = refund.own_lines
    holds.check_amount(refund.order, lines, amount)
    if pieces > 0:
        refuse_if(why_not_hold_pieces(refund.order, lines))
    shares = allocate(amount, [holds.most_of_line(line) for line in lines])
    holds.adjust(writes, refund.order, lines, shares, [pieces * line.moving_quantity for line in lines])
    refund.amount = amount
    writes.update(refund, "amount")


def hold_pieces(writes: WriteSet, refund: Refund, pieces: int) -> None:
    """Make a refund hold its pieces (1), or no longer (-1), and its yuan where they are.

    Refused `refund_open` when others have some of them.
    """
    own = lines_of([refund])[refund.pk]
    if pieces > 0:
        refuse_if(why_not_hold_pieces(refund.order, own))
    shares = [line.amount for line in own]
    holds.adjust(writes, refund.order, own, shares, [pieces * line.moving_quantity for line in own])


def release(writes: WriteSet, refunds: Sequence[Refund], *, keep: Decimal = ZERO) -> None:
    """Give back what these refunds held, but for `keep` yuan each that is paid all the same; no goods move."""
    lines = lines_of(refunds)
    for refund in refunds:
        own = lines[refund.pk]
        if keep:
            holds.check_amount(refund.order, own, keep)
        shares = allocate(keep, [holds.most_of_line(line) for line in own])
        back = [-line.moving_quantity if refund.holds_pieces else 0 for line in own]
        holds.adjust(writes, refund.order, own, shares, back)


def keep_yuan(writes: WriteSet, refund: Refund, amount: Decimal) -> None:
    """A withdrawn refund holds `amount` yuan for a payment that is made instead of it; its pieces are free already."""
    own = lines_of([refund])[refund.pk]
    holds.check_amount(refund.order, own, amount)
    shares = allocate(amount, [holds.most_of_line(line) for line in own])
    holds.adjust(writes, refund.order, own, shares, [0] * len(own))


def drop_yuan(writes: WriteSet, refund: Refund) -> None:
    """A withdrawn refund gives back the yuan that it still held for a payment."""
    keep_yuan(writes, refund, ZERO)
