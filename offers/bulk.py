"""Send the recommended offer to many refunds: preview, then a job whose rows a worker works off."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import translation

from common import clock, workers
from common.actions import action, bookkeeping
from common.actors import Actor
from common.errors import Invalid, Refused, WanliuError, refuse_if
from common.hints import tell_of
from common.sentences import kept
from common.sentences import sentence as _
from common.writes import WriteSet
from offers.actions import send_offer, why_above_ceilings
from offers.cautions import Caution, cautions_of_terms, offer_of_terms
from offers.eligibility import methods_for, why_not_offer, why_not_retain
from offers.events import BULK_STARTED
from offers.methods import Method, Situation, Terms
from offers.models import BulkJob, BulkRow, Coupon
from offers.recommendation import recommend
from offers.scripts import scripts_for
from offers.states import BulkRowStatus
from refunds.models import Refund
from stores.models import Product, Store

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Proposal:
    """What would be sent for one refund; without `method`, `refusal` says why nothing would.

    `terms` are arguments of `send_offer`, `cautions` what speaks against it: such an offer needs a yes of its own.
    """

    refund: Refund
    method: Method | None
    terms: dict
    refusal: str = ""
    cautions: Sequence[Caution] = ()

    @property
    def filled(self) -> Terms:
        """The terms with the coupons, as the buyer sees them ordered, and the product that they name."""
        return filled_terms(self.refund, self.method, self.terms)

    @property
    def print(self) -> str:
        """The same for the same method with the same terms, and for nothing else."""
        told = json.dumps([self.method and self.method.code, self.terms], default=str, sort_keys=True)
        return blake2b(told.encode(), digest_size=12).hexdigest()


def propose(refund: Refund, now: datetime, actor: Actor | None = None) -> Proposal:
    """The first recommended offer whose terms `actor` can fill in without being asked anything."""
    situation = Situation(refund, now, actor)
    refused = why_not_retain(situation)
    if refused is not None:
        return Proposal(refund, None, {}, refused.detail)
    possible = [method for method in methods_for(refund) if why_not_offer(method, situation) is None]
    above = None
    for option in recommend(situation, possible):
        terms = default_terms(situation, option.method)
        if terms is None:
            continue
        if option.amount is not None:
            terms["amount"] = option.amount
        filled = filled_terms(refund, option.method, terms)
        refused = actor and why_above_ceilings(offer_of_terms(refund, option.method, filled), filled, actor)
        if refused is None:
            cautions = cautions_of_terms(refund, option.method, filled, now)
            return Proposal(refund, option.method, terms, cautions=cautions)
        above = above or refused
    return Proposal(refund, None, {}, above.detail if above else _("Every possible offer needs a choice of yours."))


def filled_terms(refund: Refund, method: Method, terms: Mapping[str, Any]) -> Terms:
    """Arguments of `send_offer` with the rows that they name, the coupons as the buyer sees them, and the amount."""
    given = dict(terms)
    ids, item_id = given.pop("coupon_ids", ()), given.pop("item_id", None)
    if ids:
        given["coupons"] = list(Coupon.objects.for_store(refund.store_id).filter(pk__in=ids).as_buyer_sees())
    if item_id:
        given["product"] = Product.objects.for_store(refund.store_id).filter(item_id=item_id).first()
    filled = Terms(**given)
    return replace(filled, amount=method.amount_of(refund, filled))


def default_terms(situation: Situation, method: Method) -> dict | None:
    """Arguments for `send_offer` that make sense unasked; None for a method that needs a person's choice."""
    terms = method.unasked_terms(situation)
    return None if terms is None else {"message": scripts_for(situation.refund.reason, method)[0], **terms}


def why_not_start(count: int) -> Refused | None:
    """Why so many refunds can't be sent offers at once."""
    if count <= MOST_AT_ONCE:
        return None
    return Refused("too_many", _("Choose at most %(most)d refunds at once.") % {"most": MOST_AT_ONCE}, "refunds")


@action
def start_bulk_job(
    *,
    store: Store,
    refund_ids: Sequence[UUID],
    actor: Actor,
    now: datetime,
    sure_ids: Collection[UUID] = (),
    shown: Mapping[UUID, str] | None = None,
) -> BulkJob:
    """Make a job of the refunds and tell a worker. Invalid for none, Refused for too many.

    Each of them gets a row: those for which nothing can be sent are refused at once, and the row keeps why. So is what
    costs more than it keeps, unless the refund is among `sure_ids` (docs/adr/0029), and where `shown` are the prints of
    what a person has seen, what has become something else by what was learnt or changed since.
    """
    refuse_if(why_not_start(len(refund_ids)))
    refunds = (
        Refund.objects.for_store(store.pk).filter(pk__in=refund_ids).select_related("order", "store").order_by("id")
    )
    proposals = [propose(refund, now, actor) for refund in refunds]
    if not proposals:
        raise Invalid("refunds", _("Tick the refunds first."), "required")
    job = BulkJob(
        store=store,
        actor=asdict(actor),
        language=translation.get_language() or "en",
        total=len(proposals),
        created_at=now,
    )
    rows = [
        _row_of(job, proposal, is_sure=proposal.refund.pk in sure_ids, refused=why_not_as_shown(proposal, shown))
        for proposal in proposals
    ]
    if all(row.status == BulkRowStatus.REFUSED for row in rows):
        job.finished_at = now
    writes = WriteSet()
    writes.insert(job)
    for row in rows:
        writes.insert(row)
    writes.event(BULK_STARTED, job, topic=job, at=now, actor=actor, refunds=job.total)
    writes.hint(tell_worker, job.pk)
    writes.flush()
    return job


def why_not_as_shown(proposal: Proposal, shown: Mapping[UUID, str] | None) -> Refused | None:
    """Why what would be sent now isn't what somebody has looked at; None where nobody has, or nothing would be sent."""
    if proposal.method is None or shown is None or shown.get(proposal.refund.pk) == proposal.print:
        return None
    return Refused(
        "recommended_meanwhile", _("Another offer is recommended by now than the one that was shown: look at it again.")
    )


def _row_of(job: BulkJob, proposal: Proposal, *, is_sure: bool, refused: Refused | None) -> BulkRow:
    row = BulkRow(store_id=job.store_id, job=job, refund=proposal.refund)
    doubts = [] if is_sure else [caution.detail for caution in proposal.cautions]
    if refused is not None:
        doubts = [refused.detail]
    if proposal.method is None or doubts:
        row.status, row.why = BulkRowStatus.REFUSED, kept([proposal.refusal] if proposal.refusal else doubts)
    else:
        row.method, row.amount, row.next_attempt_at = proposal.method.code, proposal.terms.get("amount"), Now()
    return row


tell_worker = partial(tell_of, "offers.tasks.run_bulk_jobs")


def send_waiting_rows(*, job_ids: Sequence[UUID] | None = None, limit: int = workers.BATCH) -> int:
    """Send the offers of waiting rows (of these jobs, if given); returns how many were tried.

    Each goes in a transaction of its own.

    Safe to run anywhere, any number of times, and to kill at any moment.
    """
    due = BulkRow.objects.all() if job_ids is None else BulkRow.objects.filter(job__in=job_ids)
    tried = workers.do_due(due, _do, limit=limit)
    _finish_jobs(clock.now())
    return tried


@bookkeeping("A job is finished when its rows are; each offer that it sent is an act.", alone=True)
def _finish_jobs(now: datetime) -> None:
    waiting = BulkRow.objects.filter(store_id=OuterRef("store_id"), job=OuterRef("pk"), status=BulkRowStatus.WAITING)
    BulkJob.objects.filter(~Exists(waiting), finished_at=None).update(finished_at=now)


def _do(row: BulkRow) -> None:
    """Send a held row's offer, or keep why it can't be sent."""
    with translation.override(row.job.language):
        try:
            with transaction.atomic():
                row.offer = _send(row.job, row, Actor(**row.job.actor))
        except WanliuError as error:
            row.status, row.why = BulkRowStatus.REFUSED, [kept(why_of(error))]
        else:
            row.status = BulkRowStatus.SENT


def why_of(error: WanliuError) -> str:
    """What a refusal says; what is missing (somebody deleted it) is said to be so."""
    return getattr(error, "detail", "") or _("What the offer was to name is no longer there.")


def _send(job: BulkJob, row: BulkRow, actor: Actor):
    now = clock.now()
    refund = Refund.objects.for_store(job.store_id).select_related("order", "store").get(pk=row.refund_id)
    situation = Situation(refund, now, actor)
    method = next(method for method in methods_for(refund) if method.code == row.method)
    refuse_if(why_not_offer(method, situation))
    terms = default_terms(situation, method)
    if terms is None:
        raise Invalid("method", _("This offer needs a choice of yours now."))
    if row.amount is not None:
        terms["amount"] = row.amount
    return send_offer(store_id=job.store_id, refund_id=refund.pk, method=row.method, actor=actor, now=now, **terms)
