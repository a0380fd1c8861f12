"""What a platform has no call for: a task for a person in the marketplace's back office."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from common.actions import action
from common.actors import Actor
from common.errors import NotFound
from common.writes import WriteSet
from connectors.events import TASK_CLOSED, TASK_OPENED
from connectors.models import PlatformTask, SentDecision
from connectors.states import SendingStatus
from refunds.actions import lock_refund
from refunds.handing_over import end_decision


def open_task(writes: WriteSet, decision: SentDecision, *, text: str, actor: Actor, now: datetime) -> None:
    """A new task: what was decided is to be done by hand."""
    task = PlatformTask(
        store_id=decision.store_id,
        refund_id=decision.refund_id,
        decision=decision,
        verb=decision.verb,
        text=(text or decision.data.get("text", ""))[:500],
        stage=decision.seen["stage"],
        created_at=now,
    )
    writes.insert(task)
    writes.event(TASK_OPENED, task, topic=decision.refund_id, at=now, actor=actor, verb=task.verb, text=task.text)


@action
def close_tasks_of(*, store_id: int, refund_id: UUID, stage: str, actor: Actor, now: datetime) -> None:
    """What was to be done by hand about a locked refund is over: it is at another `stage`, or its decision has ended.

    Whoever opens or closes a task or ends a decision holds the refund, which is lock enough for both.
    """
    tasks = PlatformTask.objects.for_store(store_id).filter(refund_id=refund_id, closed_at=None)
    is_over = ~Q(stage=stage) | ~Q(decision__status=SendingStatus.BY_HAND)
    writes = WriteSet()
    for task in tasks.filter(is_over):
        _close(writes, task, by_itself=True, actor=actor, now=now)
    writes.flush()


@action
def close_task(*, store_id: int, task_id: UUID | str, actor: Actor, now: datetime) -> PlatformTask:
    """A person says that it is done there, or needn't be; the marketplace's next copy tells the rest. NotFound."""
    tasks = PlatformTask.objects.for_store(store_id).filter(pk=task_id)
    refund_id = tasks.values_list("refund_id", flat=True).first()
    if refund_id is None:
        raise NotFound
    lock_refund(store_id=store_id, refund_id=refund_id)
    task = tasks.get()
    if task.closed_at is not None:
        return task
    writes = WriteSet()
    _close(writes, task, by_itself=False, actor=actor, now=now)
    by_hand = SentDecision.objects.for_store(store_id).filter(status=SendingStatus.BY_HAND)
    decision = by_hand.filter(pk=task.decision_id).first()
    if decision is not None:
        decision.status, decision.closed_at = SendingStatus.CONFIRMED, now
        writes.update(decision, "status", "closed_at")
    writes.flush()
    end_decision(
        store_id=store_id, refund_id=task.refund_id, is_refused=False, code="by_hand", text="", actor=actor, now=now
    )
    return task


def _close(writes: WriteSet, task: PlatformTask, *, by_itself: bool, actor: Actor, now: datetime) -> None:
    task.closed_at = now
    writes.update(task, "closed_at")
    told = {"verb": task.verb, "text": task.text, "by_itself": by_itself}
    writes.event(TASK_CLOSED, task, topic=task.refund_id, at=now, actor=actor, **told)
