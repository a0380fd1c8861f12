"""What keeps an order before it ships (K1, K3, K5).

Another address, a buyer's urging, the tag that sends it out first.
"""

from datetime import datetime

from common.actions import action
from common.actors import Actor
from common.errors import refuse_if
from common.writes import WriteSet
from orders.actions import lock_order
from orders.addresses import AddressParts, address_columns
from orders.events import ORDER_ADDRESS_CHANGED, ORDER_PRIORITISED, ORDER_URGED
from orders.models import Order
from orders.why_not import why_not_readdress, why_not_urge
from stores.models import Store


@action
def change_address(*, store_id: int, number: str, address: str | AddressParts, actor: Actor, now: datetime) -> Order:
    """Send the order somewhere else; only before it ships: Refused `order_already_shipped` afterwards (K3).

    The address that it has already changes nothing. NotFound for an unknown order.
    """
    order = lock_order(store_id=store_id, number=number)
    writes = WriteSet()
    readdress(writes, order, address, actor=actor, now=now)
    writes.flush()
    return order


def readdress(writes: WriteSet, order: Order, address: str | AddressParts, *, actor: Actor, now: datetime) -> None:
    """Change a locked order's address as part of the caller's writes. Refused as `change_address` (K3)."""
    refuse_if(why_not_readdress(order))
    before = order.address
    columns = address_columns(address)
    if all(getattr(order, name) == value for name, value in columns.items()):
        return
    for name, value in columns.items():
        setattr(order, name, value)
    order.address_changed_at = now
    writes.update(order, *columns, "address_changed_at")
    change = [before, order.address]
    writes.event(ORDER_ADDRESS_CHANGED, order, topic=order, at=now, actor=actor, rule="K3", address=change)


@action
def urge_order(*, store: Store, number: str, actor: Actor, now: datetime) -> Order:
    """The buyer asks for haste: the unshipped order is tagged, whether the store sees it now or only later (K5).

    Within `urge_counts_every` of the last one another urge changes nothing. Refused `order_already_shipped` afterwards.
    """
    order = lock_order(store_id=store.pk, number=number)
    refuse_if(why_not_urge(order))
    if order.urged_at is not None and now < order.urged_at + store.rules.urge_counts_every:
        return order
    order.is_urged, order.urged_at = True, now
    order.urges += 1
    writes = WriteSet()
    writes.update(order, "is_urged", "urged_at", "urges")
    writes.event(ORDER_URGED, order, topic=order, at=now, actor=actor, rule="K5", urges=order.urges)
    writes.flush()
    return order


def prioritise(writes: WriteSet, order: Order, *, actor: Actor, now: datetime) -> None:
    """Tag a locked order for priority shipping as part of the caller's writes; once (K1)."""
    if order.is_priority:
        return
    order.is_priority = True
    writes.update(order, "is_priority")
    writes.event(ORDER_PRIORITISED, order, topic=order, at=now, actor=actor, rule="K1")
