"""What an order is filtered by beside its status: tags that follow from its row and the clock."""

from datetime import datetime

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from stores.marketplaces import MarketplaceRules


class Tag(models.TextChoices):
    """Why an order needs another look than its neighbours (P8, K1, K4, K5)."""

    PRIORITY = "priority_shipping", _("Priority shipping")
    URGED = "urged", _("Urged")
    LATE = "late", _("Late to ship")
    SOON_LATE = "soon_late", _("Late soon")
    DELAYED = "delayed", _("Delay reported")


def tags_of(order: Order, now: datetime, rules: MarketplaceRules) -> list[str]:
    """The order's tags at this instant."""
    waits = order.is_to_ship
    left = order.ship_by - now
    carried = {
        Tag.PRIORITY: order.is_priority,
        Tag.URGED: order.is_urged,
        Tag.LATE: waits and order.ship_by < now,
        Tag.SOON_LATE: waits and order.ship_by >= now and left <= rules.ships_soon_within,
        Tag.DELAYED: waits and order.is_delayed,
    }
    return [tag.value for tag, on in carried.items() if on]


def with_tag(orders: QuerySet[Order], tag: str, now: datetime, rules: MarketplaceRules) -> QuerySet[Order]:
    """Those of one store's orders that carry the tag at this instant."""
    match tag:
        case Tag.LATE:
            return orders.late(now)
        case Tag.SOON_LATE:
            return orders.soon_late(now, rules.ships_soon_within)
        case Tag.DELAYED:
            return orders.delayed()
        case Tag.URGED:
            return orders.filter(is_urged=True)
        case _:
            return orders.filter(is_priority=True)
