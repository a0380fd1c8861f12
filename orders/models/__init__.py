"""Orders, what is promised on top of them, their parcels, their delays, and the files that ship them.

order (with lines and queries) is the head; shipment is a parcel with a carrier, parcel one that is owed; delay and
shipment_import are about many orders. sandbox is what the sandbox carrier remembers.
"""

from orders.models.delay import DelayedOrder, DelayReport
from orders.models.order import MOST_SMALL_PAYMENTS, Order, OrderLine, read_lines_of, with_lines
from orders.models.parcel import OwedParcel
from orders.models.queries import COMES_FIRST
from orders.models.sandbox import SandboxParcel
from orders.models.shipment import Shipment
from orders.models.shipment_import import FilePart, ImportRow, ShipmentImport

__all__ = [
    "COMES_FIRST",
    "MOST_SMALL_PAYMENTS",
    "DelayReport",
    "DelayedOrder",
    "FilePart",
    "ImportRow",
    "Order",
    "OrderLine",
    "OwedParcel",
    "SandboxParcel",
    "Shipment",
    "ShipmentImport",
    "read_lines_of",
    "with_lines",
]
