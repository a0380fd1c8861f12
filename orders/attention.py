"""What of orders waits for a person, because workers have given it up."""

from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from orders.models import Shipment, ShipmentImport

ATTENTION = (
    Attention(
        "shipments",
        _("Parcels about which a carrier gives no answer"),
        _("Ask the carrier what became of them; on the order's page the question is put anew."),
        lambda: Shipment.objects.filter(needs_attention=True),
        "created_at",
        "orders.order",
    ),
    Attention(
        "files",
        _("Shipment files that couldn't be read or shipped"),
        _("Find the file's line in the log of the worker of files; have the store bring the file again."),
        lambda: ShipmentImport.objects.filter(needs_attention=True),
        "created_at",
        "orders.shipmentimport",
    ),
)
