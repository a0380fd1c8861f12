"""Handing goods to a carrier: an order from its page or one after another, and a parcel that was promised (P8, Q16)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.actions import ship_order
from orders.parcels import ship_parcel
from orders.states import ParcelStatus
from orders.waybills import known_labels
from orders.why_not import why_not_ship, why_not_ship_parcel
from stores.permissions import SHIP
from workbench.kit.decisions import Decision, DecisionForm


class CarrierInput(forms.TextInput):
    """A line that proposes the carriers that are known, and takes any other that is named as such."""

    template_name = "workbench/shipping/carrier_input.html"

    def get_context(self, name, value, attrs):
        """The names to choose from, in the reader's language."""
        context = super().get_context(name, value, {**(attrs or {}), "list": f"{name}-names"})
        return {**context, "names": known_labels()}


class ShipForm(DecisionForm):
    """Who carries the parcel."""

    carrier = forms.CharField(label=_("Carrier"), max_length=60, widget=CarrierInput)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=100)


class ShipOrder(Decision):
    """Hand the order's parcel to the carrier."""

    code, label, icon = "ship", _("Shipped"), "local_shipping"
    done = _("The order is shipped.")
    capability, form = SHIP, ShipForm
    is_inline = True

    def concerns(self, order):
        """Until it has left; one that is cancelled says so."""
        return not order.has_left

    def refusal(self, order, now):
        """See the base."""
        return why_not_ship(order)

    def run(self, order, data, *, actor, now):
        """See the base."""
        return ship_order(store_id=order.store_id, number=order.number, actor=actor, now=now, **data)


class ShipParcel(Decision):
    """Keep a promise: send the parcel."""

    code, label, icon = "ship", _("Sent"), "local_shipping"
    done = _("The parcel is sent: the promise is kept.")
    capability, form = SHIP, ShipForm
    is_inline, leads_to = True, "changelist"
    not_yours = _("The warehouse sends this parcel; your role only sees it.")

    def concerns(self, parcel):
        """Until it is sent."""
        return parcel.status in (ParcelStatus.OWED, ParcelStatus.AWAITING_RETURN)

    def refusal(self, parcel, now):
        """See the base."""
        return why_not_ship_parcel(parcel)

    def run(self, parcel, data, *, actor, now):
        """See the base."""
        return ship_parcel(store_id=parcel.store_id, parcel_id=parcel.pk, actor=actor, now=now, **data)
