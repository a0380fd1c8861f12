"""What the card about an order asks, wherever it is shown."""

from orders.models import Order
from orders.states import OrderStatus
from stores.models import User
from stores.permissions import EDIT_ORDERS, can


def may_readdress(order: Order, user: User) -> bool:
    """Whether this user may send the order somewhere else now (K3)."""
    return order.status == OrderStatus.UNSHIPPED and can(user, EDIT_ORDERS, order.store_id)
