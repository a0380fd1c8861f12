"""What an order is filtered by beside its status: tags that follow from its row and the clock."""

from datetime import datetime

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from stores.models import Store


class Tag(models.TextChoices):
    """Why an order needs another look than its neighbours (P8, K1, K4, K5)."""

    PRIORITY = "priority_shipping", _("Priority shipping")
    URGED = "urged", _("Urged")
    LATE = "late", _("Late to ship")
    SOON_LATE = "soon_late", _("Late soon")
    DELAYED = "delayed", _("Delay reported")


def tags_of(order: Order, store: Store, now: datetime) -> list[Tag]:
    """The tags of an order of this store at this instant: shipping clears them, and urges are for stores that see them (K5)."""
    if not order.is_to_ship:
        return []
    soon = now <= order.ship_by <= now + store.rules.ships_soon_within
    carried = {
        Tag.PRIORITY: order.is_priority,
        Tag.URGED: order.is_urged and store.smart_customer_service,
        Tag.LATE: order.ship_by < now,
        Tag.SOON_LATE: soon,
        Tag.DELAYED: order.is_delayed,
    }
    return [tag for tag, on in carried.items() if on]


def with_tag(orders: QuerySet[Order], tag: str, store: Store, now: datetime) -> QuerySet[Order]:
    """Those of the store's orders that carry the tag at this instant."""
    match tag:
        case Tag.LATE:
            return orders.late(now)
        case Tag.SOON_LATE:
            return orders.soon_late(now, store.rules.ships_soon_within)
        case Tag.DELAYED:
            return orders.delayed()
        case Tag.URGED:
            return orders.urged()
        case _:
            return orders.priority()
