"""Handing goods to a carrier: an order from its page or one after another, and a parcel that was promised (P8, Q16)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.actions import ship_order
from orders.corrections import correct_order, correct_parcel, why_not_correct_order, why_not_correct_parcel
from orders.models import Shipment
from orders.parcels import ship_parcel
from orders.shipments import outbound_of, resume_shipment
from orders.states import OrderStatus, ParcelStatus
from orders.why_not import why_not_ask_carrier, why_not_ship, why_not_ship_parcel
from refunds.handing_over import why_not_reship
from stores.permissions import SHIP
from workbench.kit.decisions import Decision
from workbench.kit.waybills import CorrectionForm, WaybillForm


class ShipOrder(Decision):
    """Hand the order's parcel to the carrier."""

    code, label, icon = "ship", _("Shipped"), "local_shipping"
    done = _("The order is shipped.")
    capability, form = SHIP, WaybillForm
    is_inline = True

    def concerns(self, order):
        """Until it has left; one that is cancelled says so."""
        return not order.has_left

    def refusal(self, order, now):
        return why_not_ship(order)

    def run(self, order, data, *, actor, now):
        return ship_order(store_id=order.store_id, number=order.number, actor=actor, now=now, **data)


class Correct(Decision):
    """Write down the right number of a parcel that the carrier hasn't picked up."""

    code, label, icon, tone = "correct", _("Correct the tracking number"), "edit", "plain"
    done = _("The number is corrected; the old one isn't followed any more.")
    capability, form = SHIP, CorrectionForm

    def consequence(self, row):
        """The old number is of no use any more."""
        return gettext("A pick-up under %(number)s is cancelled, and the new number is followed instead.") % {
            "number": row.tracking_number
        }


class CorrectOrder(Correct):
    """The number of the parcel in which an order goes out."""

    def concerns(self, order):
        """While it is on its way."""
        return order.status == OrderStatus.SHIPPED

    def refusal(self, order, now):
        return why_not_correct_order(order, outbound_of([order]).get(order.pk))

    def run(self, order, data, *, actor, now):
        return correct_order(store_id=order.store_id, number=order.number, actor=actor, now=now, **data)


class ShipParcel(Decision):
    """Keep a promise: send the parcel."""

    code, label, icon = "ship", _("Sent"), "local_shipping"
    done = _("The parcel is sent: the promise is kept.")
    capability, form = SHIP, WaybillForm
    is_inline, leads_to = True, "changelist"
    not_yours = _("The warehouse sends this parcel; your role only sees it.")

    def concerns(self, parcel):
        """Until it is sent."""
        return parcel.status in (ParcelStatus.OWED, ParcelStatus.AWAITING_RETURN)

    def refusal(self, parcel, now):
        return why_not_ship_parcel(parcel) or why_not_reship(parcel)

    def run(self, parcel, data, *, actor, now):
        return ship_parcel(store_id=parcel.store_id, parcel_id=parcel.pk, actor=actor, now=now, **data)


class CorrectParcel(Correct):
    """The number of a promised parcel."""

    def concerns(self, parcel):
        """Once it is sent."""
        return parcel.status == ParcelStatus.SHIPPED

    def refusal(self, parcel, now):
        return why_not_correct_parcel(parcel)

    def run(self, parcel, data, *, actor, now):
        return correct_parcel(store_id=parcel.store_id, parcel_id=parcel.pk, actor=actor, now=now, **data)


class AskAgain(Decision):
    """Ask a carrier again that has fallen silent about a parcel to a buyer."""

    code, label, icon, tone = "ask-carrier", _("Ask the carrier again"), "replay", "plain"
    done = _("The carrier is asked again.")
    capability = SHIP
    is_inline = True

    def shipment_of(self, row) -> Shipment | None:
        """The parcel as its carrier knows it; a promised one has it at hand."""
        return row.shipment

    def concerns(self, row):
        """Only while it waits for a person."""
        shipment = self.shipment_of(row)
        return shipment is not None and shipment.needs_attention

    def refusal(self, row, now):
        shipment = self.shipment_of(row)
        return why_not_ask_carrier(shipment) if shipment is not None else None

    def consequence(self, row):
        """Asking twice does no harm."""
        return gettext("It is the same request under the same key: nothing happens twice.")

    def run(self, row, data, *, actor, now):
        shipment = self.shipment_of(row)
        return resume_shipment(store_id=row.store_id, shipment_id=shipment.pk, actor=actor, now=now)


class AskAgainOfOrder(AskAgain):
    """About the parcel in which an order goes out."""

    def shipment_of(self, row):
        return outbound_of([row]).get(row.pk) if row.status == OrderStatus.SHIPPED else None
