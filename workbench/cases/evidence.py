"""Evidence on the desk: thumbnails of both sides, the files themselves, and the form that adds one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy

from common.errors import NotFound, Refused
from common.uploads import clean_upload
from refunds.api.evidence import file_response
from refunds.models import Evidence, Refund
from refunds.platform.evidence import add_evidence, case_of, stored, why_closed, why_not_more, why_not_show
from refunds.states import CaseSide
from stores.permissions import SHOW_EVIDENCE
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.forms import FileChoice


class EvidenceForm(DecisionForm):
    """A file and what is to be seen in it."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        allow_empty_file=True,
        widget=FileChoice(attrs={"accept": "image/*,video/mp4,video/quicktime,application/pdf"}),
        help_text=gettext_lazy("A picture or PDF of at most 10 MB, or a film (MP4, MOV) of at most 30 MB."),
    )
    note = forms.CharField(
        label=gettext_lazy("What it shows"),
        max_length=Evidence._meta.get_field("note").max_length,
        required=False,
        widget=forms.TextInput(attrs={"data-count": Evidence._meta.get_field("note").max_length}),
    )


@dataclass(frozen=True)
class Card:
    """Both sides' files, oldest first; `closed` says why nobody may add one now."""

    merchant: list[Evidence]
    buyer: list[Evidence]
    closed: Refused | None

    @property
    def count(self) -> int:
        """Files of both sides."""
        return len(self.merchant) + len(self.buyer)


def files_of(refund: Refund) -> QuerySet[Evidence]:
    """What both sides have shown about a refund, oldest first."""
    return Evidence.objects.for_store(refund.store_id).filter(refund=refund).order_by("id")


def evidence_of(refund: Refund, now: datetime, files: Iterable[Evidence] | None = None) -> Card:
    """What both sides have shown about a refund; its `files_of` are read unless they are given."""
    files = list(files_of(refund) if files is None else files)
    merchants = [file for file in files if file.side == CaseSide.MERCHANT]
    return Card(
        merchant=merchants,
        buyer=[file for file in files if file.side == CaseSide.BUYER],
        closed=why_closed(refund, case_of(refund), now) or why_not_more(refund, len(merchants)),
    )


class AddEvidence(Decision):
    """Add a file of the merchant's, from the page of the refund or of its case; `card` was read before."""

    code, label, icon, tone = "evidence", gettext_lazy("Add evidence"), "upload", ""
    done = gettext_lazy("The evidence is added.")
    capability, is_merchants, anchor = SHOW_EVIDENCE, True, "#evidence"
    form, auto_id = EvidenceForm, "id_evidence_%s"
    is_inline, is_read_here, heeds_news = True, False, False

    def __init__(self, card: Card | None = None):
        self.card = card

    def refusal(self, row, now):
        return self.card.closed if self.card else why_not_show(getattr(row, "refund", row), CaseSide.MERCHANT, now)

    def run(self, row, data, *, actor, now):
        refund, file = getattr(row, "refund", row), clean_upload(data["file"], data["file"].name)
        with stored(refund.store_id, file) as stored_as:
            add_evidence(
                store_id=refund.store_id,
                refund_id=refund.pk,
                side=CaseSide.MERCHANT,
                file=file,
                stored_as=stored_as,
                note=data["note"],
                actor=actor,
                now=now,
            )


class EvidenceMixin:
    """The view of the refund's admin that gives evidence out."""

    def evidence_view(self, request, object_id, evidence_id):
        """The file: images and films in the page, everything else as a download."""
        refund = self.find(request, object_id)
        evidence = Evidence.objects.for_store(refund.store_id).filter(refund=refund, pk=evidence_id).first()
        if evidence is None:
            raise Http404
        try:
            return file_response(evidence, shown_to=None if "download" in request.GET else request)
        except NotFound:
            raise Http404 from None
