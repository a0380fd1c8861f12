"""Handing goods to a carrier: an order from its page or one after another, and a parcel that was promised (P8, Q16)."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.actions import ship_order
from orders.corrections import (
    correct_order,
    correct_parcel,
    why_not_correct,
    why_not_correct_order,
    why_not_correct_parcel,
)
from orders.models import Shipment
from orders.parcels import ship_parcel
from orders.pieces import parcels_out
from orders.shipments import resume_shipment
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

    def told(self, order, data):
        """Where parcels have left before, this was the last."""
        return gettext("The rest is sent: the order is shipped.") if order.shipped_pieces else str(self.done)


class PartForm(WaybillForm):
    """What goes into this parcel, piece by piece, and who carries it."""

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.lines = {f"pieces_{number}": line for number, line in enumerate(row.own_lines) if line.pieces_here}
        for name, line in self.lines.items():
            left = gettext("%(left)d left to ship") % {"left": line.pieces_here}
            self.fields[name] = forms.IntegerField(
                label=line.label, min_value=0, max_value=line.pieces_here, required=False, help_text=left
            )

    def clean(self):
        """The pieces by their goods."""
        data = super().clean()
        chosen = [(line, data.pop(name, None)) for name, line in self.lines.items()]
        data["lines"] = [
            {"item_id": line.item_id, "sku": line.sku, "quantity": count} for line, count in chosen if count
        ]
        if not data["lines"] and not self.errors:
            self.add_error(None, gettext("Say how many pieces of what are in this parcel."))
        return data


class ShipPart(Decision):
    """Send some of the order's pieces in a parcel of their own."""

    code, label, icon, tone = "ship-part", _("Ship a part"), "call_split", "accent"
    done = _("The parcel is sent; the rest of the order is still to be shipped.")
    capability, form = SHIP, PartForm

    def concerns(self, order):
        """As long as there is something to divide."""
        return not order.has_left and sum(line.pieces_here for line in order.own_lines) > 1

    def refusal(self, order, now):
        return why_not_ship(order)

    def consequence(self, order):
        """The order waits for the rest, which has its deadline as before."""
        return gettext(
            "The parcel is followed by itself. The order stays in the queue until everything in it has left."
        )

    def run(self, order, data, *, actor, now):
        return ship_order(store_id=order.store_id, number=order.number, actor=actor, now=now, **data)

    def told(self, order, data):
        """All that was left may have been chosen."""
        rest = sum(line.pieces_here for line in order.own_lines) - sum(part["quantity"] for part in data["lines"])
        return str(self.done if rest else ShipOrder.done)


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


class PartCorrectionForm(CorrectionForm):
    """Of several parcels one is named, of those that no carrier has yet."""

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        if not row.shipped_pieces:
            return
        parcels = [(each.pk, str(each)) for each in parcels_out([row])[row.pk] if why_not_correct(each) is None]
        self.fields["parcel_id"] = forms.ChoiceField(label=gettext("Parcel"), choices=parcels)
        self.order_fields(["parcel_id"])


class CorrectOrder(Correct):
    """The number of the parcel, or of one of the parcels, in which an order goes out."""

    form = PartCorrectionForm

    def concerns(self, order):
        """While it, or a part of it, is on its way."""
        return order.status == OrderStatus.SHIPPED or order.is_partly_shipped

    def refusal(self, order, now):
        refusals = [why_not_correct_order(order, parcel) for parcel in parcels_out([order])[order.pk] or [None]]
        return None if None in refusals else refusals[-1]

    def consequence(self, row):
        """Which number is of no use any more is chosen where there are several."""
        if row.shipped_pieces:
            return gettext("A pick-up under the old number is cancelled, and the new number is followed instead.")
        return super().consequence(row)

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
    """About the parcel in which an order goes out; of several about the first of which the carrier is silent."""

    def shipment_of(self, row):
        if row.status != OrderStatus.SHIPPED and not row.is_partly_shipped:
            return None
        parcels = parcels_out([row])[row.pk]
        return next((parcel for parcel in parcels if parcel.needs_attention), parcels[-1] if parcels else None)
