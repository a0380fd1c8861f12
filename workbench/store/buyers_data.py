"""What buyers ask of their data: exports to hand over, erasures, and how far each is. Owners only."""

from datetime import datetime

from django import forms
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.errors import Refused
from privacy.asking import ask_for_erasure, ask_for_export, resume_request, take_export
from privacy.links import as_download, export_link
from privacy.models import BuyerRequest
from privacy.states import RequestKind, RequestStatus
from privacy.why_not import why_not_resume_request, why_not_take_export
from stores.permissions import MANAGE_STORE
from workbench.kit.base import by, column, timed_column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.editing import AddingMixin, Saving
from workbench.kit.marks import end, moment
from workbench.kit.owners import OwnersAdmin

TONES = {RequestStatus.UNDER_WAY: "blue", RequestStatus.DONE: "green", RequestStatus.FAILED: "red"}
ASKING = {RequestKind.EXPORT: ask_for_export, RequestKind.ERASURE: ask_for_erasure}


class BuyerRequestForm(DecisionForm):
    """Whose data, and what is asked of it."""

    buyer = forms.CharField(
        label=gettext_lazy("Buyer"),
        max_length=64,
        help_text=gettext_lazy("The buyer's id, the number of one of their orders, or the phone that it goes to."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What they ask for"),
        choices=RequestKind.choices,
        initial=RequestKind.EXPORT,
        widget=forms.RadioSelect,
    )


class AskForBuyer(Saving):
    """Export or erase what is kept of one buyer."""

    label, form, capability = gettext_lazy("A buyer asks about their data"), BuyerRequestForm, MANAGE_STORE
    done = gettext_lazy("It is under way.")
    template = "workbench/store/buyers_data/ask.html"
    preview = "workbench/store/buyers_data/look.html"

    def run(self, store, data, *, actor, now):
        """The request, whose page shows how far it is."""
        return ASKING[RequestKind(data["kind"])](store=store, buyer=data["buyer"], actor=actor, now=now)

    def foresee(self, store, data, answer):
        """How many orders it is about."""
        return {"asked": answer, "is_erasure": answer.kind == RequestKind.ERASURE}


class ResumeRequest(Decision):
    """Let a worker go on with what broke off again and again."""

    code, label, icon, tone = "resume", gettext_lazy("Try again now"), "refresh", "primary"
    done = gettext_lazy("It is tried again.")
    capability, is_inline = MANAGE_STORE, True

    def concerns(self, request):
        """As long as a person is called."""
        return request.status == RequestStatus.FAILED

    def refusal(self, request, now):
        return why_not_resume_request(request)

    def run(self, request, data, *, actor, now):
        resume_request(store_id=request.store_id, request_id=request.pk, actor=actor, now=now)


def _state(request: BuyerRequest, now: datetime) -> str:
    words, tone = request.get_status_display(), TONES[RequestStatus(request.status)]
    if request.ends_at and request.ends_at <= now:
        words, tone = _("file is gone"), ""
    return format_html('<span class="wl-badge {}">{}</span>', tone, words)


class BuyerRequestAdmin(AddingMixin, DecidingMixin, OwnersAdmin):
    """Requests about buyers' data, the newest first."""

    adding, decisions = AskForBuyer(), (ResumeRequest(),)
    list_display = ("show_what", "show_whose", "orders", "show_state", "show_asked", "asked_by")
    list_filter = ("kind", "status")
    ordering = ("-id",)
    show_what = column(gettext_lazy("kind"), lambda request: request.get_kind_display())
    show_whose = column(gettext_lazy("buyer"), lambda request: request.buyer_id or str(request.order))
    show_state = timed_column(gettext_lazy("state"), _state)
    show_asked = column(gettext_lazy("asked at"), lambda request: moment(request.asked_at))

    def get_queryset(self, request):
        """With the order that stands for a buyer without an id."""
        return super().get_queryset(request).select_related("order")

    def page_queryset(self, request):
        """See get_queryset."""
        return super().page_queryset(request).select_related("order")

    def get_urls(self):
        """The file's address, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("<uuid:object_id>/file/", view(require_safe(self.file_view)), name="privacy_buyerrequest_file"),
            *super().get_urls(),
        ]

    def file_view(self, request, object_id):
        """The finished file; who takes it is on record."""
        row = self.find(request, object_id)
        try:
            return as_download(take_export(store_id=row.store_id, request_id=row.pk, **by(request)))
        except Refused:
            return self.back(row)  # where it stands how far it is

    def after(self, request, row, decision, form, answer):
        """A new request leads to its page."""
        response = super().after(request, row, decision, form, answer)
        return self.back(answer) if isinstance(answer, BuyerRequest) else response

    def row_page(self, request, row, bound=None):
        """How far it is; of a finished export the file, and the link to hand to the buyer."""
        link = export_link(row, request.now)
        return self.page(
            request,
            "workbench/store/buyers_data/page.html",
            row.get_kind_display(),
            asked=row,
            state=_state(row, request.now),
            is_erasure=row.kind == RequestKind.ERASURE,
            link=request.build_absolute_uri(link) if link else "",
            why_no_file=why_not_take_export(row, request.now) if row.kind == RequestKind.EXPORT else None,
            ends=end(row.ends_at),
            decide=self.choices(request, row, bound),
        )
