"""What arrived decides what is refunded (P1).

Of three announced pieces two arrived: two are paid, and one is disputed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Invalid
from common.money import CENT, ZERO
from common.writes import WriteSet
from orders.models.lines import line_named
from refunds.events.goods import REFUND_SPLIT, REFUND_SPLIT_OFF
from refunds.models import Refund, RefundLine
from refunds.platform.disputes import begin_dispute
from refunds.pleas import missing_pieces
from refunds.states import CaseSide


class _Pieces(TypedDict):
    item_id: str
    quantity: int


class Arrival(_Pieces, total=False):
    """How many pieces of an item were in the parcel; `sku` where the refund is about several of it."""

    sku: str


def count_arrivals(refund: Refund, received: Sequence[Arrival]) -> dict[str, int]:
    """Pieces that arrived, by `OrderLine.goods`; what isn't named didn't arrive.

    Invalid `received` for an item that the refund isn't about, and for more than announced.
    """
    announced = {line.line.goods: line.quantity for line in refund.own_lines}
    order_lines = [line.line for line in refund.own_lines]
    counted = dict.fromkeys(announced, 0)
    for arrival in received:
        count = arrival["quantity"]
        goods = line_named(order_lines, arrival["item_id"], arrival.get("sku", ""), attr="received").goods
        if count > announced[goods]:
            raise Invalid(
                "received",
                _("Only %(count)d of item %(item)s were announced.") % {"count": announced[goods], "item": goods},
            )
        counted[goods] = count
    return counted


def split_missing(
    writes: WriteSet, refund: Refund, arrived: Mapping[str, int], *, actor: Actor, now: datetime
) -> Refund | None:
    """Make a locked refund one for what arrived; the rest becomes a refund of its own that a person decides.

    Each line's amount is divided by its pieces, to the cent; together both hold what the one held before. None when
    everything arrived, or when what is missing holds no yuan. Invalid `received` when nothing arrived, or what
    did holds none.
    """
    if not any(arrived.values()):
        raise Invalid("received", _("Nothing arrived: say that the inspection failed, and why."))
    lines = refund.own_lines
    shares = [_share(line, arrived[line.line.goods]) for line in lines]
    before, kept = refund.amount, sum(shares, ZERO)
    if kept == before:
        return None
    if kept == ZERO:
        raise Invalid("received", _("What arrived is worth nothing: say that the inspection failed, and why."))
    rest = _rest_of(refund, before - kept, now)
    missing = {
        line.line.goods: line.quantity - arrived[line.line.goods]
        for line in lines
        if arrived[line.line.goods] < line.quantity
    }
    writes.insert(rest)
    _divide_lines(writes, refund, rest, shares, arrived)
    refund.amount = kept
    writes.update(refund, "amount")
    split = {"pieces": missing, "amount": [f"{before:.2f}", f"{kept:.2f}"], "into": str(rest.pk)}
    writes.event(
        REFUND_SPLIT,
        refund,
        topic=refund,
        at=now,
        actor=actor,
        states=(refund.status, refund.status),
        rule="P1",
        **split,
    )
    writes.event(
        REFUND_SPLIT_OFF,
        rest,
        topic=rest,
        at=now,
        actor=actor,
        states=("", rest.status),
        rule="P1",
        kind=rest.kind,
        amount=f"{rest.amount:.2f}",
        pieces=missing,
        split_from=str(refund.pk),
    )
    begin_dispute(writes, rest, opened_by=CaseSide.MERCHANT, plea=missing_pieces(missing), actor=actor, now=now)
    return rest


def _share(line: RefundLine, arrived: int) -> Decimal:
    """The arrived pieces' part of the line's amount: never above their price, and never nothing of something."""
    exact = line.amount * arrived / line.quantity
    return max(exact.quantize(CENT, ROUND_HALF_UP), min(CENT, line.amount) if arrived else ZERO)


def _rest_of(refund: Refund, amount: Decimal, now: datetime) -> Refund:
    """A refund like this one, for what is missing."""
    return Refund(
        store=refund.store,
        order=refund.order,
        kind=refund.kind,
        reason=refund.reason,
        description=refund.description,
        programme=refund.programme,
        amount=amount,
        split_from=refund,
        rules_name=refund.rules_name,
        rules_version=refund.rules_version,
        return_address_id=refund.return_address_id,
        return_carrier=refund.return_carrier,
        return_tracking_number=refund.return_tracking_number,
        created_at=now,
    )


def _divide_lines(
    writes: WriteSet, refund: Refund, rest: Refund, shares: Sequence[Decimal], arrived: Mapping[str, int]
) -> None:
    """Give `rest` its part of each line; what the order's lines count as held stays the same."""
    kept, gone = [], []
    for line, share in zip(refund.own_lines, shares, strict=True):
        count = arrived[line.line.goods]
        if count == 0:
            line.refund = rest
            writes.update(line, "refund")
            gone.append(line)
            continue
        if count < line.quantity:
            part = RefundLine(
                store_id=line.store_id,
                refund=rest,
                line=line.line,
                quantity=line.quantity - count,
                amount=line.amount - share,
            )
            writes.insert(part)
            gone.append(part)
            line.quantity, line.amount = count, share
            writes.update(line, "quantity", "amount")
        kept.append(line)
    refund.own_lines, rest.own_lines = kept, gone
