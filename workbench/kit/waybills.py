"""What a form asks about a parcel: its carrier, out of those that are known, and its number."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.waybills import known_labels
from workbench.kit.decisions import DecisionForm


class CarrierInput(forms.TextInput):
    """A line that proposes the carriers that are known, and takes any other that is named as such."""

    template_name = "workbench/carrier_input.html"

    def get_context(self, name, value, attrs):
        """The names to choose from, in the reader's language."""
        context = super().get_context(name, value, {**(attrs or {}), "list": f"{name}-names"})
        return {**context, "names": known_labels()}


class WaybillForm(DecisionForm):
    """Who carries the parcel, and under which number."""

    carrier = forms.CharField(label=_("Carrier"), max_length=60, widget=CarrierInput)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=100)


class CorrectionForm(WaybillForm):
    """What the parcel's carrier and number should have been, and why they weren't."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays on record with the old number."))
