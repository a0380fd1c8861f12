"""Placing and shipping many orders of a store at once, each with an outcome of its own.

The same questions as one by one (`orders.why_not`), asked of rows that were locked together by their ids.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from django.db.models import prefetch_related_objects

from common.actions import action
from common.actors import Actor
from common.bulk import each_apart
from common.errors import NotFound, WanliuError, refuse_if
from common.writes import WriteSet
from orders.actions import (
    LineData,
    OrderData,
    bring_up_to_date,
    changes_lines,
    head_of,
    place,
    ship,
    upsert_order,
)
from orders.marketplace import lock_all_numbers
from orders.models import Order, read_lines_of
from orders.pieces import PiecesRequest
from orders.signals import orders_shipped
from orders.waybills import waybill
from orders.why_not import why_not_ship
from stores.models import Store


class ParcelData(TypedDict):
    """An order of the store and the parcel that it, or these lines of it, left in."""

    number: str
    carrier: str
    tracking_number: str
    lines: NotRequired[Sequence[PiecesRequest] | None]


PlacedOrder = tuple[OrderData, Sequence[LineData]]


def lock_orders(store_id: int, numbers: Sequence[str]) -> dict[str, Order]:
    """Those of the store's orders with these numbers that there are, locked by their ids, by number."""
    orders = Order.objects.for_store(store_id).filter(number__in=numbers).order_by("id")
    return {order.number: order for order in orders.select_for_update(no_key=True)}


@action
def upsert_orders(
    *, store: Store, wanted: Sequence[PlacedOrder], actor: Actor, now: datetime
) -> list[bool | Exception]:
    """`upsert_order` for many different orders: whether each is new, or what it was refused with.

    Those that are new, or whose lines are as they were, take a few statements together; each of the others its own.
    """
    lock_all_numbers(store.pk)
    outcomes: dict[str, bool | Exception] = {}
    sent: dict[str, PlacedOrder] = {data["number"]: (data, lines) for data, lines in wanted}
    heads: dict[str, PlacedOrder] = {}
    for data, lines in wanted:
        try:
            heads[data["number"]] = head_of(store, data, lines), lines
        except WanliuError as refusal:
            outcomes[data["number"]] = refusal
    found = _with_lines(lock_orders(store.pk, list(heads)))
    alone = {number for number, order in found.items() if order.is_masked or changes_lines(order, *heads[number])}
    writes = WriteSet()
    new = [order for number, order in heads.items() if number not in found]
    if new:
        place(writes, store, new, actor=actor, now=now)
    for number in [number for number in found if number not in alone]:
        bring_up_to_date(writes, store, found[number], *heads[number], actor=actor, now=now)
    writes.flush()

    def by_itself(numbers: Sequence[str]) -> list[bool]:
        return [
            upsert_order(store=store, data=sent[number][0], lines=sent[number][1], actor=actor, now=now)[1]
            for number in numbers
        ]

    for number in alone:
        [outcomes[number]] = each_apart(by_itself, [number])
    return [outcomes.get(data["number"], data["number"] not in found) for data, _lines in wanted]


def _with_lines(orders: dict[str, Order]) -> dict[str, Order]:
    if orders:
        prefetch_related_objects(list(orders.values()), "lines")
    return orders


@action
def ship_orders(
    *, store_id: int, parcels: Sequence[ParcelData], actor: Actor, now: datetime
) -> list[Order | WanliuError]:
    """`ship_order` for many: each shipped order, or what it was refused with; the second of two for one order is."""
    orders = lock_orders(store_id, [parcel["number"] for parcel in parcels])
    in_parts = {parcel["number"] for parcel in parcels if parcel.get("lines")}
    counted = [order for order in orders.values() if order.shipped_pieces or order.number in in_parts]
    if counted:
        read_lines_of(store_id, counted)
    writes = WriteSet()
    outcomes: list[Order | WanliuError] = []
    for parcel in parcels:
        try:
            carrier, tracking_number = waybill(parcel["carrier"], parcel["tracking_number"])
            order = orders.get(parcel["number"])
            if order is None:
                raise NotFound
            refuse_if(why_not_ship(order))
            sent = {"carrier": carrier, "tracking_number": tracking_number, "lines": parcel.get("lines")}
            ship(writes, order, **sent, actor=actor, now=now)
        except WanliuError as refusal:
            outcomes.append(refusal)
            continue
        outcomes.append(order)
    shipped = [outcome for outcome in outcomes if isinstance(outcome, Order)]
    if shipped:
        orders_shipped.send(sender=Order, orders=shipped, writes=writes, actor=actor, now=now)
    writes.flush()
    return outcomes
