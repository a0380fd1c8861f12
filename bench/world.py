"""The rows that the benchmarks work on, written in sets through the platform's own `WriteSet`."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bench.bare import models as bare
from common import clock
from common.actors import on_command_line
from common.ids import new_id
from common.tenancy import system_scope
from common.writes import WriteSet
from offers.methods.change_to_refund_only import ChangeToRefundOnly
from offers.models import Offer
from orders.models import Order, OrderLine
from orders.states import OrderStatus
from refunds.models import Refund, RefundLine
from refunds.states import DueAction, RefundKind
from stores import actions as store_actions
from stores.models import Store

PRICE = Decimal("59.00")
OFFERED = Decimal("2.00")
CHUNK = 2000


@dataclass(frozen=True)
class Shop:
    """A store with the keys of its merchant and of its marketplace."""

    store: Store
    merchant_key: str
    marketplace_key: str


def open_shops(count: int, *, prefix: str = "bench") -> list[Shop]:
    """Taote stores to trade in."""
    done = {"actor": on_command_line("bench"), "now": clock.now()}
    with system_scope():
        _, marketplace_key = store_actions.create_marketplace_key(marketplace="taote", name=prefix, **done)
        shops = []
        for number in range(count):
            store = store_actions.create_store(
                code=f"{prefix}-{number}", name=f"Bench {number}", marketplace="taote", **done
            )
            store_actions.add_return_address(
                store=store, contact="收", phone="057985120000", address="义乌市稠州北路 8 号", **done
            )
            _, merchant_key = store_actions.create_store_key(store=store, name="bench", **done)
            shops.append(Shop(store, merchant_key, marketplace_key))
    return shops


def place_orders(stores: Sequence[Store], count: int, now: datetime) -> list[Order]:
    """Shipped orders of one line that nobody has claimed anything of, spread over the stores."""
    orders, prefix = [], secrets.token_hex(4).upper()
    for first in range(0, count, CHUNK):
        writes = WriteSet()
        for number in range(first, min(first + CHUNK, count)):
            order = _order(stores[number % len(stores)], f"{prefix}{number:07d}", now)
            writes.insert(order)
            writes.insert(line_of(order))
            orders.append(order)
        with system_scope():
            writes.flush()
    return orders


def place_bare_orders(count: int) -> list[bare.Order]:
    """The same for the bare application."""
    prefix = secrets.token_hex(4).upper()
    orders = [
        bare.Order(number=f"{prefix}{number:07d}", buyer_id="buyer-1", paid_amount=PRICE) for number in range(count)
    ]
    bare.Order.objects.bulk_create(orders, batch_size=CHUNK)
    bare.OrderLine.objects.bulk_create(
        [bare.OrderLine(order=order, item_id="8000", quantity=1, unit_price=PRICE) for order in orders],
        batch_size=CHUNK,
    )
    return orders


def open_refunds(
    stores: Sequence[Store], count: int, now: datetime, *, kind: str, due_at: datetime, offered: bool = False
) -> list[Offer]:
    """Refunds of whole orders that await the merchant until `due_at`.

    With `offered` each has a pending offer; the offers are returned.
    """
    offers, prefix = [], secrets.token_hex(4).upper()
    for first in range(0, count, CHUNK):
        writes = WriteSet()
        for number in range(first, min(first + CHUNK, count)):
            order = _order(stores[number % len(stores)], f"{prefix}{number:07d}", now)
            line = line_of(order)
            order.claimed_amount = line.claimed_amount = PRICE
            line.claimed_quantity = int(kind != RefundKind.REFUND_ONLY)
            refund = _refund(order, kind, now, due_at)
            lines = RefundLine(store_id=order.store_id, refund=refund, line=line, quantity=1, amount=PRICE)
            for row in (order, line, refund, lines):
                writes.insert(row)
            if offered:
                offers.append(_offer(refund, now))
                writes.insert(offers[-1])
        with system_scope():
            writes.flush()
    return offers


def _order(store: Store, number: str, now: datetime, **changes) -> Order:
    fields = {
        "store_id": store.pk,
        "number": number,
        "buyer_id": f"buyer-{number[-5:]}",
        "buyer_name": "王小明",
        "paid_at": now - timedelta(days=1),
        "ship_by": now + timedelta(days=1),
        "address": "杭州市西湖区文三路 1 号",
        "status": OrderStatus.SHIPPED,
        "carrier": "SF",
        "tracking_number": f"SF{number}",
        "shipped_at": now - timedelta(hours=20),
        "paid_amount": PRICE,
    }
    return Order(**fields | changes)


def order_to_ship(store: Store, number: str, ship_by: datetime) -> Order:
    """An order that waits in the warehouse."""
    waiting = {"status": OrderStatus.UNSHIPPED, "ship_by": ship_by, "carrier": "", "tracking_number": ""}
    return _order(store, number, ship_by - timedelta(days=2), **waiting, shipped_at=None)


def line_of(order: Order) -> OrderLine:
    return OrderLine(
        id=new_id(), store_id=order.store_id, order=order, item_id="8000", title="保温杯", quantity=1, unit_price=PRICE
    )


def _refund(order: Order, kind: str, now: datetime, due_at: datetime) -> Refund:
    return Refund(
        store_id=order.store_id,
        order=order,
        kind=kind,
        reason="minor_flaw",
        amount=PRICE,
        due_at=due_at,
        due_action=DueAction.APPROVE,
        rules_name="taote",
        rules_version=1,
        created_at=now,
    )


def _offer(refund: Refund, now: datetime) -> Offer:
    return Offer(
        store_id=refund.store_id,
        refund=refund,
        method=ChangeToRefundOnly.code,
        once_as=ChangeToRefundOnly.once_as,
        message="补您 2 元，不用退货可以吗？",
        amount=OFFERED,
        agreed_with_buyer=True,
        sent_by="bench",
        sent_by_kind="merchant",
        sent_on=now.date(),
        reason=refund.reason,
        asked_kind=refund.kind,
        asked_amount=refund.amount,
        due_at=refund.due_at,
        created_at=now,
    )
