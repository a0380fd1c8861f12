"""A refund begins: the buyer asks, the order's goods and yuan are held, and what can be answered at once is.

The refund and its lines are written as they are when the set is flushed, so whoever is told by `refund_requested` may
move the refund on with the usual functions (`approve`, `pay`, `record`) before it exists.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, Refused, refuse_if
from common.together import read_together
from common.writes import WriteSet
from orders.actions import lock_order
from orders.holds import check_amount, most_of_order
from orders.models import Order
from orders.models.lines import line_named
from refunds.actions import call_for_address
from refunds.at_once import answer_at_once
from refunds.events import REFUND_REQUESTED
from refunds.holds import hold, why_not_hold_pieces
from refunds.models import Refund, RefundLine
from refunds.programme import programme_of
from refunds.quality.counting import count_applications
from refunds.signals import refund_requested
from refunds.states import DueAction, RefundKind
from refunds.why_not import why_not_return
from refunds.windows import why_not_ask
from stores.actions import default_return_address
from stores.marketplaces import marketplace_label
from stores.models import Store


class _Pieces(TypedDict):
    item_id: str
    quantity: int


class LineRequest(_Pieces, total=False):
    """Which part of an order a refund is about; `sku` where the item has several."""

    sku: str


class RefundRequest(TypedDict):
    """What a buyer asks of the order with this number; `amount` in yuan, `lines` None for all of it."""

    order: str
    kind: str
    reason: str
    amount: Decimal | None
    description: str
    lines: Sequence[LineRequest] | None


@action
def open_refund(
    *,
    store: Store,
    order_number: str,
    kind: str,
    reason: str,
    amount: Decimal | None,
    actor: Actor,
    now: datetime,
    description: str = "",
    lines: Sequence[LineRequest] | None = None,
) -> Refund:
    """The buyer asks for a refund of an order, or of these lines of it; the merchant's clock starts (T10).

    `amount` in yuan, above zero; an exchange moves no money and holds its goods' price when none is named. Refused
    `amount_above_refundable`, `refund_open` (the goods are in another refund), `after_sale_window_closed`,
    `nothing_to_return` (a return or an exchange of goods that no carrier had). Invalid for a kind that the marketplace
    doesn't know or lines that the order doesn't have.
    """
    request = RefundRequest(
        order=order_number, kind=kind, reason=reason, amount=amount, description=description, lines=lines
    )
    refuse_if(why_no_such_refund(store, request))
    order = lock_order(store_id=store.pk, number=order_number)
    writes = WriteSet()
    refund = ask(writes, store, order, request, actor=actor, now=now)
    begin(writes, [refund], actor=actor, now=now)
    writes.flush()
    return refund


def why_no_such_refund(store: Store, request: RefundRequest) -> Invalid | None:
    """Why this store's marketplace knows no such request, whatever the order is."""
    rules, kind = store.rules, request["kind"]
    if request["amount"] is None and kind != RefundKind.EXCHANGE:
        return Invalid("amount", _("Name the amount that is to be refunded."), "required")
    if kind not in rules.refund_kinds:
        none_such = _("%(marketplace)s has no such refunds.") % {"marketplace": marketplace_label(rules)}
        return Invalid("kind", none_such, "invalid_choice")
    return None


def ask(writes: WriteSet, store: Store, order: Order, request: RefundRequest, *, actor: Actor, now: datetime) -> Refund:
    """The refund that is asked of a locked order, with what it holds, in the caller's writes; `begin` follows.

    Refused as `open_refund` is; then order and writes are as they were.
    """
    refuse_if(why_not_ask(order, store.rules, request["reason"], now))
    refund = _asked(store, order, request, now=now)
    refund.own_lines = lines = _requested_lines(refund, order, request["lines"])
    if refund.moves_goods:
        refuse_if(why_not_return(order, lines))
    refuse_if(why_not_open(order, lines, pays=refund.pays))
    refund.programme = programme_of(refund)
    amount = request["amount"]
    if amount is None:
        amount = most_of_order(order, lines)
    check_amount(order, lines, amount)
    if refund.moves_goods:
        refuse_if(why_not_hold_pieces(order, lines))
    writes.insert(refund)
    for line in lines:
        writes.insert(line)
    hold(writes, refund, amount, pieces=int(refund.moves_goods))
    writes.event(
        REFUND_REQUESTED,
        refund,
        topic=refund,
        at=now,
        actor=actor,
        states=("", refund.status),
        kind=refund.kind,
        reason=refund.reason,
        amount=f"{amount:.2f}",
        order=order.number,
        programme=refund.programme,
    )
    return refund


def begin(writes: WriteSet, refunds: Sequence[Refund], *, actor: Actor, now: datetime) -> None:
    """What comes of being asked, for new refunds of one store that are about different orders."""
    for refund in refunds:
        refund_requested.send(sender=Refund, refund=refund, writes=writes, actor=actor, now=now)
    count_applications(writes, refunds, actor=actor, now=now)
    answer_at_once(writes, refunds, now)
    returns = [refund for refund in refunds if refund.moves_goods]
    if returns and default_return_address(returns[0].store_id) is None:
        for refund in returns:
            call_for_address(writes, refund, now=now, rule="T10")


def _asked(store: Store, order: Order, request: RefundRequest, *, now: datetime) -> Refund:
    """The request as it is opened, under the rules of today, with the merchant's clock (T10)."""
    rules = store.rules
    return Refund(
        store=store,
        order=order,
        kind=request["kind"],
        reason=request["reason"],
        description=request["description"],
        due_at=now + rules.merchant_answers_within,
        due_action=DueAction.APPROVE,
        rules_name=rules.name,
        rules_version=rules.version,
        created_at=now,
    )


def _requested_lines(refund: Refund, order: Order, wanted: Sequence[LineRequest] | None) -> list[RefundLine]:
    """The lines that the buyer named, or every line as far as its pieces are not being returned already."""
    if wanted is None:
        pieces = {line: line.refundable_quantity for line in order.own_lines if line.refundable_quantity}
    else:
        pieces = {}
        for asked in wanted:
            line = line_named(order.own_lines, asked["item_id"], asked.get("sku", ""), attr="lines")
            pieces[line] = pieces.get(line, 0) + asked["quantity"]
    for line, quantity in pieces.items():
        if quantity > line.quantity:
            raise Invalid(
                "lines",
                _("The order has only %(count)d of item %(item)s.") % {"count": line.quantity, "item": line.goods},
            )
    return [
        RefundLine(store_id=refund.store_id, refund=refund, line=line, quantity=quantity)
        for line, quantity in pieces.items()
    ]


def why_not_open(order: Order, lines: Sequence[RefundLine], *, pays: bool = True) -> Refused | None:
    """Why nothing of these lines can be asked for: open refunds hold everything, or nothing is left to refund.

    An exchange doesn't pay, so goods that cost nothing can be exchanged, too.
    """
    if lines and not pays and not any(line.line.paid_for_goods for line in lines):
        return None
    if most_of_order(order, lines) > 0:
        return None
    if _has_open(order):
        return Refused("refund_open", _("Another refund of these goods is open; wait for it or withdraw it."))
    return Refused("amount_above_refundable", _("Nothing of this order is left to refund."), "amount")


@read_together
def _has_open(orders: Sequence[Order]) -> dict[UUID, bool]:
    stores = {order.store_id for order in orders}
    waiting = Refund.objects.filter(store_id__in=stores).open().filter(order__in=orders)
    found = set(waiting.values_list("order_id", flat=True))
    return {order.pk: order.pk in found for order in orders}
