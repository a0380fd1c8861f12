"""Orders, what is promised on top of them, and their parcels."""

from orders.models.order import (
    GOODS_STATUS,
    MOST_SMALL_PAYMENTS,
    TAGS,
    GoodsStatus,
    Order,
    OrderLine,
    OrderStatus,
    OwedParcel,
    ParcelKind,
    ParcelStatus,
)
from orders.models.sandbox import SandboxParcel
from orders.models.shipment import Direction, Shipment, ShipmentStatus, Task

__all__ = [
    "GOODS_STATUS",
    "MOST_SMALL_PAYMENTS",
    "TAGS",
    "Direction",
    "GoodsStatus",
    "Order",
    "OrderLine",
    "OrderStatus",
    "OwedParcel",
    "ParcelKind",
    "ParcelStatus",
    "SandboxParcel",
    "Shipment",
    "ShipmentStatus",
    "Task",
]
