"""What keeps an order before it ships: another address, a buyer's urging, the tag that sends it out first (K1, K3, K5)."""

from datetime import datetime

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Refused
from common.writes import WriteSet
from orders.actions import lock_order
from orders.models import Order
from orders.states import OrderStatus
from stores.models import Store


@action
def change_address(*, store_id: int, number: str, address: str, actor: Actor, now: datetime) -> Order:
    """Send the order somewhere else; only before it ships: Refused `order_already_shipped` afterwards (K3).

    The address that it has already changes nothing. NotFound for an unknown order.
    """
    order = lock_order(store_id=store_id, number=number)
    writes = WriteSet()
    readdress(writes, order, address, actor=actor, now=now)
    writes.flush()
    return order


def readdress(writes: WriteSet, order: Order, address: str, *, actor: Actor, now: datetime) -> None:
    """Change a locked order's address as part of the caller's writes. Refused as `change_address` (K3)."""
    _check_not_cancelled(order)
    if order.has_left:
        raise Refused(
            "order_already_shipped",
            _(
                "The parcel is on its way (%(carrier)s %(tracking)s): its address can't be changed any more."
                " Ask the carrier to redirect it, or return it after receipt."
            )
            % {"carrier": order.carrier, "tracking": order.tracking_number},
        )
    before = order.address
    if address == before:
        return
    order.address, order.address_changed_at = address, now
    writes.update(order, "address", "address_changed_at")
    writes.event("order.address_changed", order, topic=order, at=now, actor=actor, rule="K3", address=[before, address])


@action
def urge_order(*, store: Store, number: str, actor: Actor, now: datetime) -> Order:
    """The buyer asks for haste: the unshipped order is tagged, whether the store sees it now or only later (K5).

    Within `urge_counts_every` of the last one another urge changes nothing. Refused `order_already_shipped` afterwards.
    """
    order = lock_order(store_id=store.pk, number=number)
    _check_not_cancelled(order)
    if order.has_left:
        raise Refused(
            "order_already_shipped",
            _("The order has been shipped (%(carrier)s %(tracking)s): follow the parcel instead.")
            % {"carrier": order.carrier, "tracking": order.tracking_number},
        )
    if order.urged_at is not None and now < order.urged_at + store.rules.urge_counts_every:
        return order
    order.is_urged, order.urged_at = True, now
    order.urges += 1
    writes = WriteSet()
    writes.update(order, "is_urged", "urged_at", "urges")
    writes.event("order.urged", order, topic=order, at=now, actor=actor, rule="K5", urges=order.urges)
    writes.flush()
    return order


def _check_not_cancelled(order: Order) -> None:
    """Refused `invalid_transition` for an order of which nothing is left to ship."""
    if order.status == OrderStatus.CANCELLED:
        raise Refused("invalid_transition", _("This order is cancelled: everything in it was refunded."))


def prioritise(writes: WriteSet, order: Order, *, actor: Actor, now: datetime) -> None:
    """Tag a locked order for priority shipping as part of the caller's writes; once (K1)."""
    if order.is_priority:
        return
    order.is_priority = True
    writes.update(order, "is_priority")
    writes.event("order.prioritised", order, topic=order, at=now, actor=actor, rule="K1")
