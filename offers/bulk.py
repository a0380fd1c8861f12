"""Send the recommended offer to many refunds: preview, then a job whose rows a worker works off."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from celery import current_app
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from common import clock
from common.actions import action
from common.actors import Actor
from common.errors import Invalid, WanliuError, refuse_if
from common.tenancy import system_scope, tenant_scope
from common.writes import WriteSet
from offers.actions import send_offer
from offers.eligibility import build_case, methods_for, why_not_offer, why_not_retain
from offers.methods import Case, Method
from offers.models import BulkJob, BulkRow
from offers.recommendation import recommend
from offers.scripts import scripts_for
from offers.states import BulkRowStatus
from refunds.models import Refund
from stores.models import Store

log = logging.getLogger("wanliu.offers")

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Proposal:
    """What would be sent for one refund; without `method`, `refusal` says why nothing would."""

    refund: Refund
    method: Method | None
    terms: dict
    refusal: str


def propose(refund: Refund, now: datetime) -> Proposal:
    """The first recommended offer whose terms can be filled in without asking anybody."""
    case = build_case(refund, now)
    refused = why_not_retain(case)
    if refused is not None:
        return Proposal(refund, None, {}, refused.detail)
    possible = [method for method in methods_for(refund) if why_not_offer(method, case) is None]
    for option in recommend(case, possible):
        terms = default_terms(case, option.method)
        if terms is not None:
            return Proposal(refund, option.method, terms, "")
    return Proposal(refund, None, {}, _("Every possible offer needs a choice of yours."))


def default_terms(case: Case, method: Method) -> dict | None:
    """Arguments for `send_offer` that make sense unasked; None for a method that needs a person's choice."""
    terms = method.unasked_terms(case)
    return None if terms is None else {"message": scripts_for(case.refund.reason)[0], **terms}


@action
def start_bulk_job(*, store: Store, refund_ids: Sequence[UUID], actor: Actor, now: datetime) -> BulkJob:
    """Make a job of the refunds for which something can be sent, and tell a worker. Invalid for none or too many."""
    if len(refund_ids) > MOST_AT_ONCE:
        raise Invalid("refunds", _("Choose at most %(most)d refunds at once.") % {"most": MOST_AT_ONCE}, "max_length")
    refunds = (
        Refund.objects.for_store(store.pk).filter(pk__in=refund_ids).select_related("order", "store").order_by("id")
    )
    proposals = [proposal for refund in refunds if (proposal := propose(refund, now)).method is not None]
    if not proposals:
        raise Invalid("refunds", _("Nothing can be sent for these refunds now."), "required")
    job = BulkJob(
        store=store,
        actor=asdict(actor),
        language=translation.get_language() or "en",
        total=len(proposals),
        created_at=now,
    )
    writes = WriteSet()
    writes.insert(job)
    for proposal in proposals:
        writes.insert(BulkRow(store=store, job=job, refund=proposal.refund, method=proposal.method.code))
    writes.hint(tell_worker, job.pk)
    writes.flush()
    return job


def tell_worker(job_ids: Sequence[UUID]) -> None:
    """Ask a worker to begin. Without a broker beat finds the job a little later."""
    try:
        for job_id in job_ids:
            current_app.send_task("offers.tasks.run_bulk_job", args=[str(job_id)], retry=False)
    except OperationalError as error:
        log.warning("no broker (%s): the sweep will take up the bulk jobs", error)


def run_job(job_id: UUID) -> int:
    """Work off a job's waiting rows, each in a transaction of its own; returns how many.

    Safe to run twice at once and to kill at any moment.
    """
    with system_scope():
        job = BulkJob.objects.filter(pk=job_id, finished_at=None).select_related("store").first()
    if job is None:
        return 0
    done, actor = 0, Actor(**job.actor)
    with translation.override(job.language):
        while _run_next_row(job, actor):
            done += 1
    with tenant_scope(job.store_id):
        if not BulkRow.objects.for_store(job.store_id).filter(job=job, status=BulkRowStatus.WAITING).exists():
            BulkJob.objects.for_store(job.store_id).filter(pk=job.pk).update(finished_at=clock.now())
    return done


def _run_next_row(job: BulkJob, actor: Actor) -> bool:
    """Send one waiting row's offer; the offer and the row's result are one transaction. False when none is left."""
    with tenant_scope(job.store_id):
        waiting = BulkRow.objects.for_store(job.store_id).filter(job=job, status=BulkRowStatus.WAITING).order_by("id")
        row = waiting.select_for_update(skip_locked=True, no_key=True).first()
        if row is None:
            return False
        try:
            offer = _send(job, row, actor)
        except WanliuError as error:
            row.status, row.detail = BulkRowStatus.REFUSED, str(error)[:300]
        else:
            row.status, row.offer = BulkRowStatus.SENT, offer
        writes = WriteSet()
        writes.update(row, "status", "detail", "offer")
        writes.flush()
    return True


def _send(job: BulkJob, row: BulkRow, actor: Actor):
    now = clock.now()
    refund = Refund.objects.for_store(job.store_id).select_related("order", "store").get(pk=row.refund_id)
    case = build_case(refund, now)
    method = next(method for method in methods_for(refund) if method.code == row.method)
    refuse_if(why_not_offer(method, case))
    terms = default_terms(case, method)
    if terms is None:
        raise Invalid("method", _("This offer needs a choice of yours now."))
    return send_offer(store_id=job.store_id, refund_id=refund.pk, method=row.method, actor=actor, now=now, **terms)


def unfinished_jobs() -> list[UUID]:
    """Jobs that a lost message or a dead worker left behind."""
    with system_scope():
        return list(BulkJob.objects.filter(finished_at=None).order_by("id").values_list("pk", flat=True))


def resume_jobs() -> int:
    """Work off the jobs that were left behind; returns how many rows they had left."""
    return sum(run_job(job_id) for job_id in unfinished_jobs())
