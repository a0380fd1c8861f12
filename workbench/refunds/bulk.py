"""“Send the recommended offer” over a selection of the queue: preview, job, results."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from offers.bulk import Proposal, propose, start_bulk_job
from offers.models import BulkJob, BulkRow
from offers.states import BulkRowStatus
from refunds.models import Refund
from stores.permissions import SEND_OFFERS
from workbench.kit.base import DeskAdmin, by, column, refused_back_to
from workbench.kit.dear import dear_page
from workbench.kit.decisions import SURE, Decision, take
from workbench.kit.forms import ids_named
from workbench.kit.marks import moment
from workbench.kit.queue import tally_of
from workbench.refunds.selection import QUEUE, selected

SHOWN = "shown"


@dataclass(frozen=True)
class BulkPreview:
    """A refund with what its buyer would be shown; without `method`, `refusal` says why nothing would be sent.

    Where there are `cautions` it is sent only with a tick of its own.
    """

    refund: Refund
    method: str
    buyer_sees: str
    message: str
    refusal: str
    cautions: list[str]


def preview_of(proposal: Proposal) -> BulkPreview:
    """The proposal in the words that the buyer reads (Q6)."""
    refund, method = proposal.refund, proposal.method
    if method is None:
        return BulkPreview(refund, "", "", "", proposal.refusal, [])
    terms, cautions = proposal.filled, [caution.detail for caution in proposal.cautions]
    return BulkPreview(refund, str(method.label), method.buyer_sees(refund, terms), terms.message, "", cautions)


def _progress(job: BulkJob) -> str:
    return format_html(
        '<span class="wl-meter"><progress max="{}" value="{}"></progress> <span>{} / {}</span></span>',
        job.total,
        job.sent + job.refused,
        job.sent + job.refused,
        job.total,
    )


class SendRecommended(Decision):
    """Start the job of one store; a worker sends its offers."""

    capability = SEND_OFFERS

    def __init__(self, sure_ids: Collection[UUID], shown: Mapping[UUID, str] | None):
        self.sure_ids, self.shown = sure_ids, shown

    def refusal(self, refunds, now):
        """That is told of each refund, on the page before."""
        return None

    def run(self, refunds, data, *, actor, now):
        ids = [refund.pk for refund in refunds]
        told = {"sure_ids": self.sure_ids, "shown": self.shown, "actor": actor, "now": now}
        return start_bulk_job(store=refunds[0].store, refund_ids=ids, **told)


def prints_shown(texts: Iterable[str]) -> dict[UUID, str] | None:
    """By refund the print of the offer that the page before showed, `id:print` with commas between; None for no page.

    Http404 for what is none.
    """
    pairs = [pair.partition(":") for pair in ",".join(texts).split(",") if pair]
    try:
        return {UUID(refund_id): print_ for refund_id, _colon, print_ in pairs} or None
    except ValueError:
        raise Http404 from None


class BulkJobAdmin(DeskAdmin):
    """Past and running sendings; each has a page with a result per refund."""

    class Media:
        css = {"all": ["workbench/work.css"]}
        js = ["workbench/progress.js", "workbench/bulk.js"]

    list_display = ("show_created", "show_who", "show_progress", "sent", "refused", "show_finished")
    ordering = ("-id",)
    show_created = column(gettext_lazy("started"), lambda job: moment(job.created_at))
    show_who = column(gettext_lazy("by"), lambda job: job.actor.get("label", ""))
    show_progress = column(gettext_lazy("done"), _progress)
    sent = column(gettext_lazy("offers sent"), lambda job: job.sent)
    refused = column(gettext_lazy("not sent"), lambda job: job.refused)
    show_finished = column(gettext_lazy("finished"), lambda job: moment(job.finished_at))

    def get_queryset(self, request):
        """With how far each is."""
        return self._with_tallies(super().get_queryset(request))

    def page_queryset(self, request):
        """See get_queryset."""
        return self._with_tallies(super().page_queryset(request))

    @staticmethod
    def _with_tallies(jobs):
        return jobs.annotate(
            sent=tally_of(BulkRow, [BulkRowStatus.SENT]), refused=tally_of(BulkRow, [BulkRowStatus.REFUSED])
        )

    def get_urls(self):
        """The steps' addresses, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("preview/", view(require_POST(self.preview_view)), name="offers_bulkjob_preview"),
            path("start/", view(require_POST(self.start_view)), name="offers_bulkjob_start"),
            path("<uuid:object_id>/progress/", view(self.progress_view), name="offers_bulkjob_progress"),
            *super().get_urls(),
        ]

    @dear_page
    @refused_back_to(QUEUE)
    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """What each buyer would be sent, or why nothing; changes nothing."""
        chosen = selected(request, self.admin_site.get_model_admin(Refund))
        if not chosen.refunds:
            messages.warning(request, _("Tick the refunds first."))
            return HttpResponseRedirect(f"{reverse(QUEUE)}?queue=retainable")
        actor = by(request)["actor"]
        proposals = [propose(refund, request.now, actor) for refund in chosen.refunds]
        previews = [preview_of(proposal) for proposal in proposals]
        possible = [preview for preview in previews if preview.method]
        return self.page(
            request,
            "workbench/refunds/bulk/preview.html",
            _("Check the offers"),
            chosen=chosen,
            named=",".join(str(preview.refund.pk) for preview in possible),
            shown=",".join(f"{proposal.refund.pk}:{proposal.print}" for proposal in proposals if proposal.method),
            possible=[preview for preview in possible if not preview.cautions],
            dear=[preview for preview in possible if preview.cautions],
            refused=[preview for preview in previews if not preview.method],
        )

    @dear_page
    @refused_back_to(QUEUE)
    def start_view(self, request: HttpRequest) -> HttpResponse:
        """Start a job per store; a worker sends the offers."""
        by_store: dict[int, list[Refund]] = {}
        for refund in selected(request, self.admin_site.get_model_admin(Refund)).refunds:
            by_store.setdefault(refund.store_id, []).append(refund)
        shown = prints_shown(request.POST.getlist(SHOWN))
        start, jobs, refusals = SendRecommended(ids_named(request.POST.getlist(SURE)), shown), [], []
        for rows in by_store.values():
            form = start.fill(request, rows)
            form.full_clean()
            jobs += take(request, start, rows, form) or ()
            refusals += form.non_field_errors()
        for text in refusals:
            messages.error(request, text)
        if not jobs:
            if not by_store:
                messages.warning(request, _("Tick the refunds first."))
            return HttpResponseRedirect(f"{reverse(QUEUE)}?queue=retainable")
        total = sum(job.total for job in jobs)
        messages.success(
            request,
            ngettext("%(count)d refund is being worked on.", "%(count)d refunds are being worked on.", total)
            % {"count": total},
        )
        if len(jobs) > 1:
            return HttpResponseRedirect(reverse("admin:offers_bulkjob_changelist"))
        return HttpResponseRedirect(reverse("admin:offers_bulkjob_change", args=[jobs[0].pk]))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The job's page: how far it is, and what became of each refund."""
        job = self.find(request, object_id)
        return self.page(
            request,
            "workbench/refunds/bulk/page.html",
            _("Bulk sending of %(when)s") % {"when": moment(job.created_at)},
            job=job,
            done=job.sent + job.refused,
            rows=self._rows(job),
        )

    def progress_view(self, request, object_id) -> JsonResponse:
        """How far the job is, for the page to show; each row with its result."""
        job = self.find(request, object_id)
        rows = [
            {"id": str(row.pk), "status": row.status, "label": row.get_status_display(), "detail": row.reason}
            for row in BulkRow.objects.for_store(job.store_id).filter(job=job).exclude(status=BulkRowStatus.WAITING)
        ]
        return JsonResponse(
            {
                "total": job.total,
                "sent": job.sent,
                "refused": job.refused,
                "finished": job.finished_at is not None,
                "rows": rows,
            }
        )

    @staticmethod
    def _rows(job: BulkJob) -> list[BulkRow]:
        """In their order; at the end those that were refused come first."""
        rows = BulkRow.objects.for_store(job.store_id).filter(job=job)
        rows = list(rows.select_related("refund__order").order_by("id"))
        if job.finished_at is not None:
            rows.sort(key=lambda row: row.status != BulkRowStatus.REFUSED)
        return rows
