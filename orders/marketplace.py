"""Orders as a marketplace's copy of a refund tells of them: as far as that goes, and without where they are sent.

An order that is here is left as it is. One that isn't is made, `is_masked`: its address is empty and never exported,
what it cost is what the copies say so far, and grows with them. The order itself, once it is posted in full, fills it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import NamedTuple, TypedDict

from django.db import connection

from common.actors import Actor
from common.errors import refuse_if
from common.money import CENT, ZERO
from common.rows import new_row
from common.writes import WriteSet
from orders.events import ORDER_PLACED
from orders.holds import Hold, most_of_line
from orders.models import Order, OrderLine, with_lines
from orders.signals import orders_placed
from orders.states import OrderStatus
from orders.why_not import why_not_fill_line
from stores.models import Product, Store

UNNAMED = "-"  # the item id of goods that a copy doesn't name
# What the order itself tells of its lines.
FILLED = ("item_id", "sku", "quantity", "unit_price", "discount", "order_discount", "freight")


# The first key of the advisory lock under which a store's orders are made: one by one beside each other, or many alone.
MAKING = 741_002
_LOCK_NUMBER = "SELECT pg_advisory_xact_lock_shared(%s, %s), pg_advisory_xact_lock(%s, hashtext(%s))"


def lock_number(store_id: int, number: str) -> None:
    """Two that make the same order at once: the second waits, and finds the first's."""
    store = store_id % 2**31
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_NUMBER, [MAKING, store, store, number])


def lock_all_numbers(store_id: int) -> None:
    """Whoever makes many orders of a store at once makes them alone: one lock, however many they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MAKING, store_id % 2**31])


class CopiedLine(TypedDict):
    """Goods as a copy names them; `unit_price` in yuan, None where it says none."""

    item_id: str
    quantity: int
    unit_price: Decimal | None
    title: str


class CopiedOrder(TypedDict):
    """As much of an order as a copy tells; None and "" where it doesn't."""

    number: str
    buyer_id: str
    buyer_name: str
    paid_amount: Decimal | None
    paid_at: datetime | None
    is_shipped: bool


class ToldOrder(NamedTuple):
    """What one copy of a refund tells of its order: `lines` are the goods that it is about.

    `asked_at` stands for the instant of payment where the copy doesn't know it.
    """

    copied: CopiedOrder
    lines: Sequence[CopiedLine]
    asked_at: datetime


def take_orders(
    writes: WriteSet, *, store: Store, told: Sequence[ToldOrder], actor: Actor, now: datetime
) -> list[Order]:
    """The store's order of each copy, locked, or a new one in the caller's writes, with the copy's lines in it.

    Copies of one order have one object. As few statements for many as for one.
    """
    first: dict[str, ToldOrder] = {}
    for each in told:
        first.setdefault(each.copied["number"], each)
    _lock_numbers(store.pk, first)
    rows = Order.objects.for_store(store.pk).filter(number__in=first).order_by("pk").select_for_update(no_key=True)
    kept = list(rows)
    orders = {order.number: order for order in (with_lines(kept, store) if kept else kept)}
    placed = {number: _new_order(store, each) for number, each in first.items() if number not in orders}
    _place(writes, store, list(placed.values()), actor=actor, now=now)
    orders |= placed
    further = [each for each in told if each is not first[each.copied["number"]] or each.copied["number"] not in placed]
    _add_missing(writes, store, [(orders[each.copied["number"]], each.lines) for each in further])
    return [orders[each.copied["number"]] for each in told]


def _lock_numbers(store_id: int, numbers: Collection[str]) -> None:
    if len(numbers) == 1:
        lock_number(store_id, *numbers)
    else:
        lock_all_numbers(store_id)


def fill_lines(writes: WriteSet, order: Order, rows: Sequence[OrderLine]) -> list[OrderLine]:
    """Give a locked masked order's lines what these rows of the order itself say: pieces, prices and discounts.

    Returns those that it doesn't have yet; goods that no copy named are the first of these. Refused
    `invalid_transition` when refunds hold more of it than that, or of goods that it doesn't have.
    """
    missing = list(rows)
    own = sorted(order.own_lines, key=lambda row: row.item_id == UNNAMED)
    for row in own:
        same = [line for line in missing if line.item_id == row.item_id or row.item_id == UNNAMED]
        line = same[0] if same else None
        refuse_if(why_not_fill_line(row, line))
        missing.remove(line)
        for name in FILLED:
            setattr(row, name, getattr(line, name))
        writes.update(row, *FILLED)
    return missing


def lines_named(order: Order, named: Sequence[CopiedLine]) -> list[tuple[OrderLine, int]]:
    """The order's lines that a copy is about, with how many pieces; all of it where the copy names none of them.

    Copies name goods by item alone, one as often as it was bought in several kinds: those of an order that is here in
    full are its lines of this item, one after the other.
    """
    wanted: Counter[str] = Counter()
    for each in named:
        wanted[each["item_id"]] += each["quantity"]
    found = []
    for line in order.own_lines:
        count = wanted[line.item_id] if order.is_masked else min(wanted[line.item_id], line.quantity)
        if count > 0:
            found.append((line, count))
            wanted[line.item_id] -= count
    return found or [(line, line.quantity_to_ship) for line in order.own_lines if line.quantity_to_ship]


def make_room(writes: WriteSet, order: Order, holds: Sequence[Hold], amount: Decimal, *, pieces: bool) -> None:
    """Let a masked order hold `amount` yuan (and the pieces) of these lines: what it cost isn't known better."""
    if pieces:
        for hold in holds:
            short = hold.quantity - hold.line.refundable_quantity
            if short > 0:
                hold.line.quantity += short
                writes.update(hold.line, "quantity")
    short = amount - sum((most_of_line(hold) for hold in holds), ZERO)
    if short > 0:
        last = holds[-1]
        last.line.unit_price += (short / last.quantity).quantize(CENT, ROUND_UP)
        writes.update(last.line, "unit_price")
    short = amount - order.refundable_amount - sum((hold.amount for hold in holds), ZERO)
    if short > 0:
        order.paid_amount += short
        writes.update(order, "paid_amount")


def _new_order(store: Store, told: ToldOrder) -> Order:
    copied, paid_at = told.copied, told.copied["paid_at"] or told.asked_at
    rows = _priced(told.lines, copied["paid_amount"])
    order = new_row(
        Order,
        store_id=store.pk,
        number=copied["number"],
        buyer_id=copied["buyer_id"],
        buyer_name=copied["buyer_name"],
        paid_at=paid_at,
        ship_by=paid_at + store.rules.ships_within,
        address="",
        is_masked=True,
        status=OrderStatus.SHIPPED if copied["is_shipped"] else OrderStatus.UNSHIPPED,
        paid_amount=copied["paid_amount"] or sum((row.paid_amount for row in rows), ZERO),
    )
    order.store, order.own_lines = store, rows
    return order


def _place(writes: WriteSet, store: Store, orders: Sequence[Order], *, actor: Actor, now: datetime) -> None:
    """New orders with the lines that they have."""
    if not orders:
        return
    for order in orders:
        writes.insert(order)
    _insert(writes, store, [(order, line) for order in orders for line in order.own_lines])
    orders_placed.send(sender=Order, orders=orders, store=store, writes=writes, now=now)
    for order in orders:
        writes.event(ORDER_PLACED, order, topic=order, at=now, actor=actor, states=("", order.status))


def _add_missing(writes: WriteSet, store: Store, named: Sequence[tuple[Order, Sequence[CopiedLine]]]) -> None:
    """Goods that a masked order doesn't have yet."""
    missing = []
    for order, lines in named:
        if order.is_masked:
            known = {line.item_id for line in order.own_lines}
            new = [line for line in _priced(lines, None) if line.item_id not in known]
            order.own_lines = [*order.own_lines, *new]
            missing += [(order, line) for line in new]
    _insert(writes, store, missing)


def _priced(lines: Sequence[CopiedLine], paid: Decimal | None) -> list[OrderLine]:
    """One row per item. Prices that no copy tells share what was paid beside the others, rounded up to the cent."""
    by_item: dict[str, OrderLine] = {}
    untold = []
    for line in lines or [CopiedLine(item_id=UNNAMED, quantity=1, unit_price=None, title="")]:
        item_id = line["item_id"] or UNNAMED
        if item_id in by_item:
            by_item[item_id].quantity += line["quantity"]
            continue
        row = new_row(
            OrderLine,
            item_id=item_id,
            title=line["title"],
            quantity=line["quantity"],
            unit_price=line["unit_price"] or ZERO,
        )
        by_item[item_id] = row
        if line["unit_price"] is None:
            untold.append(row)
    rows = list(by_item.values())
    rest = (paid or ZERO) - sum((row.paid_amount for row in rows), ZERO)
    if untold and rest > 0:
        pieces = sum(row.quantity for row in untold)
        for row in untold:
            row.unit_price = (rest / pieces).quantize(CENT, ROUND_UP)
    return rows


def _insert(writes: WriteSet, store: Store, rows: Sequence[tuple[Order, OrderLine]]) -> None:
    """Lines of these orders, called as the store's products are, in one statement for them all."""
    wanted = {row.item_id for _order, row in rows}
    products = {product.item_id: product for product in Product.objects.for_store(store.pk).filter(item_id__in=wanted)}
    for order, row in rows:
        row.store, row.order = store, order
        product = products.get(row.item_id)
        if product is not None:
            row.title, row.category = product.title, product.category
        writes.insert(row)
