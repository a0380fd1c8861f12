"""Many refunds approved or rejected together: a job whose rows a worker decides, each by the usual action.

decide_together (held for a moment) → decide_waiting_rows → done, sent to the marketplace, or left out with the reason
                                    ↘ stop_deciding: what still waits isn't decided
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NotRequired, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import translation

from common import clock, workers
from common.actions import action, bookkeeping
from common.actors import Actor, ActorKind
from common.errors import Invalid, NotFound, Refused, WanliuError, refuse_if
from common.events import event_type, internal_names
from common.hints import tell_of
from common.models import Event
from common.money import ZERO
from common.sentences import kept
from common.sentences import sentence as _
from common.writes import WriteSet
from refunds.actions import approve_refund, lock_refund, reject_refund
from refunds.events.deciding import DECISIONS_STARTED, DECISIONS_STOPPED
from refunds.models import DecisionJob, DecisionRow, Refund
from refunds.states import BulkVerdict, DecisionRowStatus
from refunds.team.assigning import deciders_of
from stores.models import Store
from stores.permissions import user_id_of

MOST_DECIDED_AT_ONCE = 200
HELD_FOR = timedelta(seconds=10)  # nothing has left the house by then: all of it can be stopped
COMES_TOO_LATE = timedelta(minutes=1)  # what is due by then isn't held
MOST_NEWS = 3  # of what happened since the preview, the newest


class Said(TypedDict):
    """What goes with a decision, as JSON keeps it: where the goods go, or why not."""

    return_address: NotRequired[str]
    reason: NotRequired[str]
    reason_code: NotRequired[str]


@dataclass(frozen=True)
class Chosen:
    """A refund that is to be decided, the newest event that whoever chose it knew of, and what goes with it.

    Or why it is `refused`: then its row says so, and no worker looks at it.
    """

    refund_id: UUID
    as_of: int
    said: Said
    refused: Refused | Invalid | None = None


def why_not_decide_so_many(count: int) -> Refused | None:
    """Why so many refunds can't be decided at once."""
    if count <= MOST_DECIDED_AT_ONCE:
        return None
    return Refused(
        "too_many", _("Decide at most %(most)d refunds at once.") % {"most": MOST_DECIDED_AT_ONCE}, "refunds"
    )


def why_changed_since(refund: Refund, as_of: int) -> Refused | None:
    """Why a locked refund isn't what the preview showed: what happened after `as_of`. What is internal is none."""
    events = Event.objects.for_store(refund.store_id).filter(topic_id=refund.pk, id__gt=as_of)
    news = events.exclude(name__in=internal_names()).order_by("-id")[:MOST_NEWS]
    told = [_told(event) for event in reversed(news)]
    if not told:
        return None
    return Refused(
        "page_out_of_date", _("It changed after the preview, so it was left out: %(news)s.") % {"news": told}
    )


def _told(event: Event) -> object:
    try:
        title = event_type(event.name).title
    except LookupError:  # recorded when the catalogue still had it
        title = event.name
    if not event.actor_label:
        return title
    return _("%(title)s (%(who)s)") % {"title": title, "who": event.actor_label}


def why_not_decide_any_more(store_id: int, actor: Actor) -> Refused | None:
    """Why nothing more is decided for a member of the store: they have left it, or have another role there by now."""
    user_id = user_id_of(actor)
    if actor.kind != ActorKind.MERCHANT or user_id is None or deciders_of([store_id]).filter(user=user_id).exists():
        return None
    return Refused(
        "permission_denied", _("%(who)s doesn't decide refunds of this store any more.") % {"who": actor.label}
    )


def why_not_stop(waiting: int) -> Refused | None:
    """Why a job can't be stopped: none of its rows waits."""
    if waiting:
        return None
    return Refused("invalid_transition", _("Nothing waits any more: all of it is decided or left out."))


@action
def decide_together(
    *, store: Store, verdict: BulkVerdict, chosen: Sequence[Chosen], actor: Actor, now: datetime
) -> DecisionJob:
    """Make a job of the chosen refunds. Invalid for none, Refused for too many, NotFound for one that isn't there.

    Nothing is decided before HELD_FOR is over, but what the deadline would have decided by then. Whether a refund can
    be decided is asked when it is, by the action itself.
    """
    refuse_if(why_not_decide_so_many(len(chosen)))
    if not chosen:
        raise Invalid("refunds", _("Tick the refunds first."), "required")
    by_id = {each.refund_id: each for each in chosen}
    refunds = list(Refund.objects.for_store(store.pk).filter(pk__in=by_id).order_by("due_at", "id"))
    if len(refunds) != len(by_id):
        raise NotFound("refunds")
    job = DecisionJob(
        store=store,
        verdict=verdict,
        actor=asdict(actor),
        language=translation.get_language() or "en",
        total=len(refunds),
        amount=sum((refund.amount for refund in refunds), ZERO),
        created_at=now,
        begins_at=now + HELD_FOR,
    )
    rows = [_row_of(job, refund, by_id[refund.pk]) for refund in refunds]
    if all(row.status == DecisionRowStatus.LEFT_OUT for row in rows):
        job.finished_at = now
    writes = WriteSet()
    writes.insert(job)
    for row in rows:
        writes.insert(row)
    facts = {"verdict": verdict, "refunds": job.total, "amount": f"{job.amount:.2f}"}
    writes.event(DECISIONS_STARTED, job, topic=job, at=now, actor=actor, **facts)
    writes.hint(tell_worker, job.pk)
    writes.flush()
    held = [row.pk for row in rows if not _is_pressing(row.refund, now)]
    waiting = DecisionRow.objects.for_store(store.pk).filter(pk__in=held, next_attempt_at__isnull=False)
    waiting.update(next_attempt_at=Now() + HELD_FOR)
    return job


def _row_of(job: DecisionJob, refund: Refund, chosen: Chosen) -> DecisionRow:
    row = DecisionRow(store_id=job.store_id, job=job, refund=refund, as_of=chosen.as_of, said=chosen.said)
    if chosen.refused is None:
        row.next_attempt_at = Now()
    else:
        row.status, row.why = DecisionRowStatus.LEFT_OUT, [kept(chosen.refused.detail)]
    return row


def _is_pressing(refund: Refund, now: datetime) -> bool:
    return refund.due_at is not None and refund.due_at <= now + COMES_TOO_LATE


tell_worker = partial(tell_of, "refunds.tasks.run_decision_jobs")


@action
def stop_deciding(*, store_id: int, job_id: UUID | str, actor: Actor, now: datetime) -> int:
    """Decide none of the job's refunds that still wait; returns how many. NotFound; Refused when none waits.

    What a worker is deciding at this moment is decided.
    """
    job = DecisionJob.objects.for_store(store_id).filter(pk=job_id).first()
    if job is None:
        raise NotFound
    rows = DecisionRow.objects.for_store(store_id).filter(job=job, status=DecisionRowStatus.WAITING)
    waiting = list(rows.timed().select_for_update(skip_locked=True, no_key=True))
    refuse_if(why_not_stop(len(waiting)))
    writes = WriteSet()
    for row in waiting:
        row.plan(None)
        row.status = DecisionRowStatus.STOPPED
        writes.update(row, *row.WORK_FIELDS)
    if not rows.exclude(pk__in=[row.pk for row in waiting]).exists():
        job.finished_at = now
        writes.update(job, "finished_at")
    writes.event(DECISIONS_STOPPED, job, topic=job, at=now, actor=actor, refunds=len(waiting))
    writes.flush()
    return len(waiting)


def decide_waiting_rows(*, job_ids: Sequence[UUID] | None = None, limit: int = workers.BATCH) -> int:
    """Decide the refunds of waiting rows (of these jobs, if given); returns how many were tried.

    Each goes in a transaction of its own. Safe to run anywhere, any number of times, and to kill at any moment.
    """
    due = DecisionRow.objects.all() if job_ids is None else DecisionRow.objects.filter(job__in=job_ids)
    tried = workers.do_due(due, _decide, limit=limit)
    _finish_decided(clock.now())
    return tried


@bookkeeping("A job is finished when its rows are; each decision of it is an act.", alone=True)
def _finish_decided(now: datetime) -> None:
    waiting = DecisionRow.objects.filter(
        store_id=OuterRef("store_id"), job=OuterRef("pk"), status=DecisionRowStatus.WAITING
    )
    DecisionJob.objects.filter(~Exists(waiting), finished_at=None).update(finished_at=now)


def _decide(row: DecisionRow) -> None:
    """Decide a held row's refund, or keep why it is left out."""
    with translation.override(row.job.language):
        try:
            with transaction.atomic():
                refund = _carry_out(row, Actor(**row.job.actor), clock.now())
        except WanliuError as error:
            gone = _("What the decision was to name is no longer there.")
            row.status, row.why = DecisionRowStatus.LEFT_OUT, [kept(getattr(error, "detail", "") or gone)]
        else:
            row.status = DecisionRowStatus.SENT if refund.is_followed else DecisionRowStatus.DONE


def _carry_out(row: DecisionRow, actor: Actor, now: datetime) -> Refund:
    store_id, said = row.store_id, row.said
    refuse_if(why_not_decide_any_more(store_id, actor))
    refund = lock_refund(store_id=store_id, refund_id=row.refund_id)
    refuse_if(why_changed_since(refund, row.as_of))
    about = {"store_id": store_id, "refund_id": row.refund_id, "actor": actor, "now": now}
    if row.job.verdict == BulkVerdict.APPROVE:
        return approve_refund(**about, return_address_id=said.get("return_address"))
    return reject_refund(**about, reason=said["reason"], reason_code=said.get("reason_code", ""))
