"""The states of orders, delay reports, owed parcels, shipments and imported files, and what an order is filtered by.

The strings are the same in the database, in the API and in events.
"""

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


GOODS_STATUS = {
    OrderStatus.UNSHIPPED: GoodsStatus.NOT_SHIPPED,
    OrderStatus.SHIPPED: GoodsStatus.IN_TRANSIT,
    OrderStatus.DELIVERED: GoodsStatus.RECEIVED,
    OrderStatus.CANCELLED: GoodsStatus.NOT_SHIPPED,
}


class OrderTag(models.TextChoices):
    """Why an order that waits needs another look than its neighbours (P8, K1, K4, K5)."""

    PRIORITY = "priority_shipping", _("Priority shipping")
    URGED = "urged", _("Urged")
    LATE = "late", _("Late to ship")
    SOON_LATE = "soon_late", _("Late soon")
    DELAYED = "delayed", _("Delay reported")


class DelayReportStatus(models.TextChoices):
    """Where a report is, as people and clients read it."""

    OPEN = "open", _("Open")
    OVERDUE = "overdue", _("Overdue")
    LIFTED = "lifted", _("Lifted")


class ParcelKind(models.TextChoices):
    """What was promised."""

    GIFT = "gift", _("Gift")
    RESHIP = "reship", _("Reship")
    EXCHANGE = "exchange", _("Exchange")


class ParcelStatus(models.TextChoices):
    """Where a promised parcel is."""

    AWAITING_RETURN = "awaiting_return", _("Awaiting the buyer's return")
    OWED = "owed", _("To be sent")
    SHIPPED = "shipped", _("Sent")
    CANCELLED = "cancelled", _("Not owed any more")


class ShipmentDirection(models.TextChoices):
    """Which way a parcel goes."""

    OUTBOUND = "outbound", _("To the buyer")
    PROMISED = "promised", _("To the buyer, as promised")
    RETURN = "return", _("Back to the store")


class ShipmentStatus(models.TextChoices):
    """Where a parcel is, as its carrier has last said."""

    ANNOUNCED = "announced", _("Handed over")
    AWAITING_PICKUP = "awaiting_pickup", _("Not picked up yet")
    IN_TRANSIT = "in_transit", _("In transit")
    CANCELLED = "cancelled", _("Pick-up cancelled")
    COMING_BACK = "coming_back", _("Coming back")
    BACK = "back", _("Back at the store")
    RECALL_REFUSED = "recall_refused", _("Recall refused")
    DELIVERED = "delivered", _("Arrived")
    LOST = "lost", _("Lost")
    REPLACED = "replaced", _("Number corrected")


# Before the parcel has arrived anywhere, or is known to be lost.
ON_ITS_WAY = (ShipmentStatus.ANNOUNCED, ShipmentStatus.AWAITING_PICKUP, ShipmentStatus.IN_TRANSIT)

# A parcel in one of these may still change where it is.
MOVING = (*ON_ITS_WAY, ShipmentStatus.COMING_BACK, ShipmentStatus.RECALL_REFUSED)


class ShipmentTask(models.TextChoices):
    """What a worker asks of the carrier next."""

    CREATE_PICKUP = "create_pickup", _("Ask for the pick-up")
    RECALL = "recall", _("Recall the parcel")
    TRACK = "track", _("Look where it is")


class ImportStatus(models.TextChoices):
    """What became of a file."""

    READING = "reading", _("Being read")
    UNREADABLE = "unreadable", _("Can't be read")
    CHECKED = "checked", _("Waits for your confirmation")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Nothing imported")
