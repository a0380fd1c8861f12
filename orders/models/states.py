"""Where an order is, and what it is filtered by beside that."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    """Where the goods are."""

    UNSHIPPED = "unshipped", _("To be shipped")
    SHIPPED = "shipped", _("In transit")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")


class GoodsStatus(models.TextChoices):
    """The order's status as a refund sees it."""

    NOT_SHIPPED = "not_shipped", _("Not shipped")
    IN_TRANSIT = "in_transit", _("In transit")
    RECEIVED = "received", _("Received")


class Tag(models.TextChoices):
    """Why an order that waits needs another look than its neighbours (P8, K1, K4, K5)."""

    PRIORITY = "priority_shipping", _("Priority shipping")
    URGED = "urged", _("Urged")
    LATE = "late", _("Late to ship")
    SOON_LATE = "soon_late", _("Late soon")
    DELAYED = "delayed", _("Delay reported")


GOODS_STATUS = {
    OrderStatus.UNSHIPPED: GoodsStatus.NOT_SHIPPED,
    OrderStatus.SHIPPED: GoodsStatus.IN_TRANSIT,
    OrderStatus.DELIVERED: GoodsStatus.RECEIVED,
    OrderStatus.CANCELLED: GoodsStatus.NOT_SHIPPED,
}
