"""The button on the card about an order, wherever it is shown: another address before it ships (K3)."""

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order
from orders.saving import change_address
from orders.why_not import why_not_readdress
from stores.permissions import EDIT_ORDERS
from workbench.kit.decisions import Choice, Decision, DecisionForm, choose


class AddressForm(DecisionForm):
    """Where the order goes instead."""

    address = forms.CharField(
        label=gettext_lazy("New delivery address"),
        max_length=Order._meta.get_field("address").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": 300}),
        help_text=gettext_lazy("With the receiver's name and phone, if they change too."),
    )

    def clean_address(self):
        """Another one than the order has."""
        if self.cleaned_data["address"] == self.row.address:
            raise forms.ValidationError(_("The order has this address already."))
        return self.cleaned_data["address"]


class ChangeAddress(Decision):
    """Write the new address, see both, confirm."""

    code, label, icon = "address", gettext_lazy("Change the address"), "edit_location_alt"
    done = gettext_lazy("The order goes to the new address.")
    capability, form = EDIT_ORDERS, AddressForm
    template = preview = "workbench/shipping/orders/address.html"

    def refusal(self, order, now):
        return why_not_readdress(order)

    def initial(self, order):
        """The address so far."""
        return {"address": order.address}

    def run(self, order, data, *, actor, now):
        address = data["address"]
        change_address(store_id=order.store_id, number=order.number, address=address, actor=actor, now=now)

    def foresee(self, order, data, answer):
        """The new one beside the old."""
        return {"new_address": data["address"]}


def readdressing(request: HttpRequest, order: Order) -> Choice:
    """The button of the order's card."""
    return choose(request, ChangeAddress(), order, url=reverse("admin:orders_order_address", args=[order.pk]))
