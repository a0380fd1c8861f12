"""Orders, what is promised on top of them, their parcels, their delays, and the files that ship them."""

from orders.models.delay import DelayedOrder, DelayReport, ReportStatus
from orders.models.order import MOST_SMALL_PAYMENTS, Order, OrderLine
from orders.models.parcel import OwedParcel, ParcelKind, ParcelStatus
from orders.models.queries import COMES_FIRST
from orders.models.sandbox import SandboxParcel
from orders.models.shipment import Direction, Shipment, ShipmentStatus, Task
from orders.models.shipment_import import ImportRow, ImportStatus, ShipmentImport
from orders.models.states import GOODS_STATUS, GoodsStatus, OrderStatus, Tag

__all__ = [
    "COMES_FIRST",
    "GOODS_STATUS",
    "MOST_SMALL_PAYMENTS",
    "DelayReport",
    "DelayedOrder",
    "Direction",
    "GoodsStatus",
    "ImportRow",
    "ImportStatus",
    "Order",
    "OrderLine",
    "OrderStatus",
    "OwedParcel",
    "ParcelKind",
    "ParcelStatus",
    "ReportStatus",
    "SandboxParcel",
    "Shipment",
    "ShipmentImport",
    "ShipmentStatus",
    "Tag",
    "Task",
]
