"""What is decided at the station: the refund page's two answers to what came back, in a shape for few keys."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workbench.refunds.decisions import FailInspection, FaultForm, PassInspection

USUAL_FAULTS = (
    _("Damaged"),
    _("Used or worn"),
    _("Another item than was bought"),
    _("Accessories or packaging are missing"),
    _("The parcel is empty"),
)


class FaultInput(forms.TextInput):
    """A line that proposes what is usually wrong, by a touch or a digit, and takes anything else."""

    template_name = "workbench/station/fault_input.html"

    def get_context(self, name, value, attrs):
        """The usual faults, in the reader's language."""
        return {**super().get_context(name, value, attrs), "usual": USUAL_FAULTS}


class StationFaultForm(FaultForm):
    """What is wrong, in one line: Enter sends it."""

    note = forms.CharField(
        label=_("What is wrong with the goods"),
        max_length=200,
        widget=FaultInput,
        help_text=_("The buyer reads this and may correct the request."),
    )


class PassAtStation(PassInspection):
    """The goods are fine, as counted."""

    auto_id = "id_passed_%s"


class FailAtStation(FailInspection):
    """The goods are not fine."""

    form, auto_id = StationFaultForm, "id_failed_%s"


DECISIONS = {decision.code: decision for decision in (PassAtStation(), FailAtStation())}
