"""Evidence on the desk: thumbnails of both sides, the files themselves, and the form that adds one."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import NotFound
from common.uploads import clean_upload
from refunds.api.evidence import file_response
from refunds.models import Appeal, Dispute, Evidence, Refund
from refunds.platform.evidence import add_evidence, case_of, stored, why_closed, why_not_more
from refunds.states import Side
from stores.models import User
from stores.permissions import SHOW_EVIDENCE, can, require
from workbench.kit.base import attempt, by, show_refusal
from workbench.kit.forms import DeskForm, posted
from workbench.kit.frame import back_to, in_store_time


class EvidenceForm(DeskForm):
    """A file and what is to be seen in it."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text=gettext_lazy("JPEG, PNG, WebP or PDF, at most 10 MB."),
    )
    note = forms.CharField(
        label=gettext_lazy("What it shows"),
        max_length=Evidence._meta.get_field("note").max_length,
        required=False,
        widget=forms.TextInput(attrs={"data-count": Evidence._meta.get_field("note").max_length}),
    )


@dataclass(frozen=True)
class Card:
    """Both sides' files, oldest first; `form` for those who may add one now, else `closed` says why nobody may."""

    merchant: list[Evidence]
    buyer: list[Evidence]
    closed: str
    form: EvidenceForm | None

    @property
    def count(self) -> int:
        """Files of both sides."""
        return len(self.merchant) + len(self.buyer)


def evidence_of(refund: Refund, user: User, now: datetime) -> Card:
    """What both sides have shown about a refund, as this user sees it. The platform's own people take no side."""
    files = list(Evidence.objects.for_store(refund.store_id).filter(refund=refund).order_by("id"))
    merchants = [file for file in files if file.side == Side.MERCHANT]
    refused = why_closed(refund, case_of(refund), now) or why_not_more(refund, len(merchants))
    may = can(user, SHOW_EVIDENCE, refund.store_id) and not user.is_superuser
    return Card(
        merchant=merchants,
        buyer=[file for file in files if file.side == Side.BUYER],
        closed=str(refused) if refused else "",
        form=EvidenceForm(auto_id="id_evidence_%s") if may and refused is None else None,
    )


class EvidenceMixin:
    """The views of the refund's admin that add evidence and give it out."""

    @in_store_time
    def add_evidence_view(self, request, refund):
        """Add a file of the merchant's."""
        require(request.user, SHOW_EVIDENCE, refund.store_id)
        form = EvidenceForm(posted(request), request.FILES)
        if not form.is_valid():
            messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
            return _back(refund, request.POST.get("back", ""))
        refusal = attempt(lambda: _add(request, refund, form.cleaned_data))
        if refusal is None:
            messages.success(request, _("The evidence is added."))
        else:
            show_refusal(request, refusal)
        return _back(refund, request.POST.get("back", ""))

    def evidence_view(self, request, object_id, evidence_id):
        """The file: images in the page, everything else as a download."""
        refund = self.find(request, object_id)
        evidence = Evidence.objects.for_store(refund.store_id).filter(refund=refund, pk=evidence_id).first()
        if evidence is None:
            raise Http404
        try:
            return file_response(evidence, inline="download" not in request.GET)
        except NotFound:
            raise Http404 from None


def _add(request: HttpRequest, refund: Refund, data: dict) -> None:
    file = clean_upload(data["file"], data["file"].name)
    with stored(refund.store_id, file) as stored_as:
        add_evidence(
            store_id=refund.store_id,
            refund_id=refund.pk,
            side=Side.MERCHANT,
            file=file,
            stored_as=stored_as,
            note=data["note"],
            **by(request),
        )


def _back(refund: Refund, page: str) -> HttpResponseRedirect:
    """To the page that the form was on: the refund's, or its latest dispute's or appeal's."""
    model = {"dispute": Dispute, "appeal": Appeal}.get(page)
    case = model and model.objects.for_store(refund.store_id).filter(refund=refund).order_by("-id").first()
    if case is None:
        return back_to(refund, "#evidence")
    return HttpResponseRedirect(reverse(f"admin:refunds_{page}_change", args=[case.pk]) + "#evidence")
