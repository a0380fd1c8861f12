"""Photographs from the station: a phone's camera or files, several at once, of what came back and of unclaimed parcels.

The script sends one after the other with a bar for each; without it the form sends one. Files are made harmless and
kept as all evidence is.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from refunds.models import Refund
from refunds.platform.evidence import why_not_more
from workbench.cases.evidence import AddEvidence, Card
from workbench.kit.decisions import DecisionForm

TAKEN = "image/*,video/mp4,video/quicktime"


class CameraInput(forms.FileInput):
    """A button for the camera, and one for files that are there already."""

    template_name = "workbench/station/camera_input.html"


class PhotographForm(DecisionForm):
    """One photograph or film."""

    file = forms.FileField(
        label=_("Photographs"),
        max_length=255,
        allow_empty_file=True,
        widget=CameraInput(attrs={"accept": TAKEN}),
    )


class Photograph(AddEvidence):
    """A photograph of what came back: evidence of the merchant's side, from the moment on (Q17)."""

    code, label, icon = "photograph", _("Add photographs"), "photo_camera"
    done, form, auto_id = _("The photograph is added."), PhotographForm, "id_photo_%s"

    def run(self, row, data, *, actor, now):
        super().run(row, {**data, "note": ""}, actor=actor, now=now)


def photograph_of(refund: Refund) -> Photograph:
    """The decision as the station's page shows it, whose files are read already."""
    return Photograph(Card(merchant=refund.shown, buyer=[], closed=why_not_more(refund, len(refund.shown))))
