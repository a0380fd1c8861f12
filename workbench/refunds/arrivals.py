"""The inspection's form: how many pieces of each line were in the parcel."""

from copy import deepcopy

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.arrivals import Arrival
from refunds.handing_over import reships_at_receipt
from refunds.models import Refund
from workbench.kit.decisions import DecisionForm
from workbench.kit.waybills import WaybillForm


class ArrivalForm(DecisionForm):
    """What arrived, and a note. A refund of a single piece has nothing to count, nor has a marketplace's.

    Where the marketplace hears of an exchange's receipt by the new goods, it asks for their parcel.
    """

    note = forms.CharField(
        label=gettext_lazy("Inspection note"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": 200}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = self.row.own_lines
        if reships_at_receipt(self.row):
            self.fields |= deepcopy(WaybillForm.base_fields)
            self.fields["carrier"].label = _("Carrier of the new goods")
            self.fields["tracking_number"].label = _("Tracking number of the new goods")
            self.order_fields([*WaybillForm.base_fields, "note"])
        if self.row.is_followed or pieces_of(self.row) == 1:
            return
        for line in self.lines:
            self.fields[f"received-{line.line.goods}"] = forms.IntegerField(
                label=_("%(product)s: pieces in the parcel") % {"product": line.line.label},
                min_value=0,
                max_value=line.quantity,
                required=False,
                initial=line.quantity,
                widget=forms.TextInput(
                    attrs={"type": "number", "inputmode": "numeric", "min": "0", "max": str(line.quantity)}
                ),
                help_text=_("%(count)d announced") % {"count": line.quantity},
            )
        self.order_fields([name for name in self.fields if name != "note"])

    def received(self) -> list[Arrival] | None:
        """The counted pieces, what wasn't counted as announced; None where a marketplace takes all of them or none."""
        if self.row.is_followed:
            return None
        counted = [self.cleaned_data.get(f"received-{line.line.goods}") for line in self.lines]
        return [
            Arrival(item_id=line.line.item_id, sku=line.line.sku, quantity=line.quantity if count is None else count)
            for line, count in zip(self.lines, counted, strict=True)
        ]

    def clean(self):
        """Give the action's argument its shape."""
        return {**super().clean(), "received": self.received()}


def pieces_of(refund: Refund) -> int:
    """How many pieces the buyer announced."""
    return sum(line.quantity for line in refund.own_lines)
