"""Approve or reject many refunds of the queue: preview, job, results (docs/adr/0077)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID
from zlib import crc32

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from common.errors import refuse_if
from refunds.deciding import Chosen, Said, decide_together, stop_deciding, why_not_decide_so_many, why_not_stop
from refunds.models import DecisionJob, DecisionRow, Refund
from refunds.objections import MarketplaceReason
from refunds.states import BulkVerdict, DecisionRowStatus
from stores.models import ReturnAddress
from stores.permissions import DECIDE_REFUNDS
from workbench.kit.base import DeskAdmin, column, refused_back_to
from workbench.kit.changelist import next_page
from workbench.kit.dear import dear_page
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm, take
from workbench.kit.forms import ids_named
from workbench.kit.marks import moment
from workbench.kit.queue import tally_of
from workbench.kit.words import yuan
from workbench.refunds.decisions import Approve, RefundDecision, Reject
from workbench.refunds.selection import QUEUE, ticked_refunds
from workbench.refunds.weighing import Weighed, Weighing, lacking_evidence, weigh

KNOWN = "known"  # in the form: the newest event that the preview knew of, by refund
LONGEST_REASON = 200


class TogetherForm(DecisionForm):
    """What many refunds are decided with; `row` is the weighing of them."""

    row: Weighing

    def said_of(self, each: Weighed) -> Said:
        """What goes with the decision about one of them."""
        return {}


class ApproveTogetherForm(TogetherForm):
    """Where the goods come back to, for each store that has more than one address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stores = {each.refund.store_id: each.refund.store for each in self.row.possible if each.refund.moves_goods}
        addresses = ReturnAddress.objects.filter(store__in=stores).usable().order_by("store", "place")
        by_store: dict[int, list[ReturnAddress]] = {store_id: [] for store_id in stores}
        for address in addresses:
            by_store[address.store_id].append(address)
        for store_id, usable in by_store.items():
            label = _("Return address") if len(stores) == 1 else _("Return address of %(store)s")
            self.fields[f"address_{store_id}"] = forms.ChoiceField(
                label=label % {"store": stores[store_id].name},
                choices=[(str(address.pk), str(address)) for address in usable],
                widget=forms.RadioSelect,
                initial=str(usable[0].pk) if usable else "",
                help_text=_("The buyers are shown this address."),
            )

    def said_of(self, each):
        """The address, where goods come back."""
        if not each.refund.moves_goods:
            return {}
        return {"return_address": self.cleaned_data[f"address_{each.refund.store_id}"]}


class RejectTogetherForm(TogetherForm):
    """Why not; and the marketplaces' own reasons, once for all refunds that have the same list of them."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for the buyers"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": LONGEST_REASON, "autofocus": True}),
        help_text=gettext_lazy("Each buyer reads this and may correct the request."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._lists: dict[tuple, list[Weighed]] = {}
        for each in self.row.possible:
            if each.reasons is not None:
                self._lists.setdefault(each.reasons.reasons, []).append(each)
        for reasons, rows in self._lists.items():
            label = ngettext(
                "The marketplace's reason, for %(count)d refund",
                "The marketplace's reason, for %(count)d refunds",
                len(rows),
            )
            self.fields[_field_of(reasons)] = forms.ChoiceField(
                label=label % {"count": len(rows)},
                choices=[(reason.code, reason.with_demand) for reason in reasons],
                widget=forms.RadioSelect,
                help_text=_("As its list was on %(at)s.") % {"at": moment(rows[0].reasons.read_at)},
            )
        if self._lists and all(each.reasons is not None for each in self.row.possible):
            self.fields["reason"].required = False
            self.fields["reason"].help_text = _("Without words of yours the buyers read the marketplace's.")
        self.order_fields([name for name in self.fields if name != "reason"])

    @property
    def codes(self) -> dict[UUID, str]:
        """By refund, the marketplace's reason that was picked for it."""
        lists = self._lists.items()
        return {each.refund.pk: self.cleaned_data[_field_of(reasons)] for reasons, rows in lists for each in rows}

    def said_of(self, each):
        """The words, or the marketplace's own where there are none; and its reason."""
        code = self.codes.get(each.refund.pk, "")
        known = each.reasons.reasons if each.reasons else ()
        picked = next((reason.text for reason in known if reason.code == code), "")
        return {"reason": (self.cleaned_data["reason"] or picked)[:LONGEST_REASON], "reason_code": code}


def _field_of(reasons: Sequence[MarketplaceReason]) -> str:
    """The field of a list of reasons: the same, whichever other lists there are by now."""
    return f"code_{crc32(' '.join(reason.code for reason in reasons).encode())}"


class DecideTogether(Decision):
    """Start the job of one store; a worker decides its refunds."""

    capability = DECIDE_REFUNDS
    each: ClassVar[RefundDecision]
    form: ClassVar[type[TogetherForm]]
    asks: ClassVar[bool]  # whether something has to be said before the preview can tell what happens

    def __init__(self, weighing: Weighing | None = None, known: Mapping[UUID, int] | None = None):
        self.weighing, self.known = weighing, known or {}

    def refusal(self, refunds, now):
        """That is told of each refund, in the preview."""
        return None

    def make_form(self, refunds, now, *posted):
        """About all that were weighed, whatever their store."""
        return self.form(*posted, row=self.weighing, now=now, auto_id=self.auto_id)

    def run(self, refunds, data, *, actor, now):
        chosen = [Chosen(refund.pk, self.known.get(refund.pk, 0), *data[refund.pk]) for refund in refunds]
        return decide_together(
            store=refunds[0].store, verdict=BulkVerdict(self.each.code), chosen=chosen, actor=actor, now=now
        )


class ApproveTogether(DecideTogether):
    """Say yes to all of them (T8, P1)."""

    code, label, icon, tone = "approve", gettext_lazy("Approve those ticked"), "check", "primary"
    each, form, asks = Approve(), ApproveTogetherForm, False

    @staticmethod
    def button(count: int, amount: str) -> str:
        """What the button says that starts it."""
        words = ngettext("Approve %(count)d refund · %(amount)s", "Approve %(count)d refunds · %(amount)s", count)
        return words % {"count": count, "amount": amount}


class RejectTogether(DecideTogether):
    """Say no to all of them, with a reason (T8)."""

    code, label, icon, tone = "reject", gettext_lazy("Reject those ticked"), "block", "danger"
    each, form, asks = Reject(), RejectTogetherForm, True

    @staticmethod
    def button(count: int, amount: str) -> str:
        """What the button says that starts it."""
        words = ngettext("Reject %(count)d refund · %(amount)s", "Reject %(count)d refunds · %(amount)s", count)
        return words % {"count": count, "amount": amount}


class StopDeciding(Decision):
    """Decide none of those that still wait."""

    code, label, icon, tone = "stop", gettext_lazy("Stop the rest"), "undo", ""
    done = gettext_lazy("Stopped: what still waited isn't decided.")
    capability, is_inline = DECIDE_REFUNDS, True

    def refusal(self, job, now):
        return why_not_stop(job.total - job.done - job.left_out)

    def run(self, job, data, *, actor, now):
        stop_deciding(store_id=job.store_id, job_id=job.pk, actor=actor, now=now)


DONE = (DecisionRowStatus.DONE, DecisionRowStatus.SENT)
LEFT_OUT = (DecisionRowStatus.LEFT_OUT, DecisionRowStatus.STOPPED)


class DecisionJobAdmin(DecidingMixin, DeskAdmin):
    """Past and running bulk decisions; each has a page with a result per refund."""

    class Media:
        css = {"all": ["workbench/work.css"]}
        js = ["workbench/progress.js", "workbench/bulk.js", "workbench/undo.js"]

    decisions = (StopDeciding(),)
    list_display = ("show_created", "show_verdict", "show_who", "total", "show_amount", "done", "left_out")
    list_display += ("show_finished",)
    ordering = ("-id",)
    show_created = column(gettext_lazy("started"), lambda job: moment(job.created_at))
    show_verdict = column(gettext_lazy("decision"), lambda job: job.get_verdict_display())
    show_who = column(gettext_lazy("by"), lambda job: job.actor.get("label", ""))
    show_amount = column(gettext_lazy("amount"), lambda job: yuan(job.amount))
    done = column(gettext_lazy("carried out"), lambda job: job.done)
    left_out = column(gettext_lazy("left out"), lambda job: job.left_out)
    show_finished = column(gettext_lazy("finished"), lambda job: moment(job.finished_at))

    def get_queryset(self, request):
        """With how far each is."""
        return self._with_tallies(super().get_queryset(request))

    def page_queryset(self, request):
        """See get_queryset."""
        return self._with_tallies(super().page_queryset(request))

    @staticmethod
    def _with_tallies(jobs):
        return jobs.annotate(done=tally_of(DecisionRow, DONE), left_out=tally_of(DecisionRow, LEFT_OUT))

    def get_urls(self):
        """The steps' addresses, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("approve/", view(require_POST(self.approve_view)), name="refunds_decisionjob_approve"),
            path("reject/", view(require_POST(self.reject_view)), name="refunds_decisionjob_reject"),
            path("<uuid:object_id>/progress/", view(self.progress_view), name="refunds_decisionjob_progress"),
            *super().get_urls(),
        ]

    @dear_page
    @refused_back_to(QUEUE)
    def approve_view(self, request: HttpRequest) -> HttpResponse:
        """What approving the ticked refunds would bring; with `step=send` it begins."""
        return self._decide_ticked(request, ApproveTogether)

    @dear_page
    @refused_back_to(QUEUE)
    def reject_view(self, request: HttpRequest) -> HttpResponse:
        """Why they are rejected, then what that would bring; with `step=send` it begins."""
        return self._decide_ticked(request, RejectTogether)

    def _decide_ticked(self, request: HttpRequest, kind: type[DecideTogether]) -> HttpResponse:
        refuse_if(why_not_decide_so_many(len(ids_named(request.POST.getlist("refund")))))
        refunds, step = ticked_refunds(request, DECIDE_REFUNDS), request.POST.get("step", "")
        if not refunds:
            messages.warning(request, _("Tick the refunds first."))
            return HttpResponseRedirect(next_page(request))
        weighing = weigh(request, kind.each, refunds)
        decision = kind(weighing)
        form = decision.make_form(refunds, request.now, *([request.POST] if step in ("look", "send") else ()))
        is_answered = step in ("look", "send") and form.is_valid()
        if step == "send" and is_answered:
            return self._start(request, kind, form, refunds)
        if is_answered and kind.asks:
            decision.weighing = weighing.leave_out(lacking_evidence(weighing, form.codes))
        return self._preview(request, decision, form, is_look=is_answered or not kind.asks)

    def _preview(
        self, request: HttpRequest, decision: DecideTogether, form: TogetherForm, *, is_look: bool
    ) -> HttpResponse:
        weighing = decision.weighing
        return self.page(
            request,
            "workbench/refunds/deciding/preview.html",
            _("Check before it is decided") if is_look else str(decision.label),
            weighing=weighing,
            decision=decision,
            form=form,
            is_look=is_look,
            button=decision.button(len(weighing.possible), yuan(weighing.amount)),
            back=next_page(request),
        )

    def _start(
        self, request: HttpRequest, kind: type[DecideTogether], form: TogetherForm, refunds: Sequence[Refund]
    ) -> HttpResponse:
        """A job per store of all that the preview named: what can't be decided by now, its row will say."""
        jobs, by_store = [], {}
        for refund in refunds:
            by_store.setdefault(refund.store_id, []).append(refund)
        said = {each.refund.pk: (form.said_of(each), None) for each in form.row.possible}
        said |= {each.refund.pk: ({}, each.refused) for each in form.row.left_out}
        start = kind(form.row, known_of(request))
        for rows in by_store.values():
            form.cleaned_data = said
            jobs += take(request, start, rows, form) or ()
        for text in form.non_field_errors():
            messages.error(request, text)
        if not jobs:
            return HttpResponseRedirect(next_page(request))
        if len(jobs) > 1:
            return HttpResponseRedirect(reverse("admin:refunds_decisionjob_changelist"))
        return HttpResponseRedirect(reverse("admin:refunds_decisionjob_change", args=[jobs[0].pk]))

    def row_page(self, request: HttpRequest, job: DecisionJob, bound: Any = None) -> HttpResponse:
        """The job's page: how far it is, and what became of each refund; at the end those left out come first."""
        rows = DecisionRow.objects.for_store(job.store_id).filter(job=job).select_related("refund__order")
        rows = list(rows.order_by("id"))
        if job.finished_at is not None:
            rows.sort(key=lambda row: row.status != DecisionRowStatus.LEFT_OUT)
        return self.page(
            request,
            "workbench/refunds/deciding/page.html",
            _("Bulk decision of %(when)s") % {"when": moment(job.created_at)},
            job=job,
            stop=self.choice(request, job, StopDeciding()),
            is_held=job.finished_at is None and request.now < job.begins_at,
            rows=rows,
        )

    def progress_view(self, request: HttpRequest, object_id: UUID) -> JsonResponse:
        """How far the job is, for the page to show; each row with its result."""
        job = self.find(request, object_id)
        rows = DecisionRow.objects.for_store(job.store_id).filter(job=job).exclude(status=DecisionRowStatus.WAITING)
        told = [
            {"id": str(row.pk), "status": row.status, "label": row.get_status_display(), "detail": row.reason}
            for row in rows
        ]
        is_finished = job.finished_at is not None
        return JsonResponse(
            {"total": job.total, "sent": job.done, "refused": job.left_out, "finished": is_finished, "rows": told}
        )


def known_of(request: HttpRequest) -> dict[UUID, int]:
    """By refund, the newest event that the preview knew of; nothing for what is none."""
    pairs = [pair.split(":", 1) for pair in request.POST.get(KNOWN, "").split(",") if ":" in pair]
    numbers = {key: text for key, text in pairs if text.isascii() and text.isdigit() and len(text) < 19}
    return {key: int(numbers[str(key)]) for key in ids_named(numbers)}
