"""Taking back, for a moment, that a refund was given to somebody or put back (docs/adr/0078)."""

from datetime import datetime, timedelta
from uuid import UUID

from common.actions import action
from common.actors import Actor
from common.errors import NotFound, Refused, refuse_if
from common.models import Event
from common.sentences import sentence as _
from common.writes import WriteSet
from refunds.models import Assignment, Refund
from refunds.team.assigning import assignments_of, lock_decider, why_not_assign
from refunds.team.events import ASSIGNMENT_TAKEN_BACK, REFUND_ASSIGNED, REFUND_UNASSIGNED
from stores.permissions import name_of

UNDONE_WITHIN = timedelta(seconds=10)
_ACTS = (REFUND_ASSIGNED.name, REFUND_UNASSIGNED.name)


def why_not_take_back(newest: Event | None, event_id: int, actor: Actor, now: datetime) -> Refused | None:
    """Why this actor can't take back the assignment that the event tells of.

    It is somebody else's, it was longer ago than UNDONE_WITHIN, or another one followed (`newest` of the refund).
    """
    if newest is None or newest.id < event_id or ("had" not in newest.data and newest.id == event_id):
        return Refused("invalid_transition", _("There is nothing to take back."))
    if newest.id != event_id:
        who = newest.actor_label or _("the turn")
        return Refused("assigned_meanwhile", _("Meanwhile %(who)s has changed who sees to it.") % {"who": who})
    if (newest.actor_kind, newest.actor_id) != (actor.kind, actor.id):
        return Refused("invalid_transition", _("Only whoever did it takes it back."))
    if now - newest.at > UNDONE_WITHIN:
        text = _("It can be taken back for %(seconds)d seconds only: give the refund to somebody by hand.")
        return Refused("invalid_transition", text % {"seconds": UNDONE_WITHIN.seconds})
    return None


@action
def take_back_assignment(*, store_id: int, refund_id: UUID | str, event_id: int, actor: Actor, now: datetime) -> None:
    """Whoever saw to the refund before the assignment that the event tells of sees to it again.

    NotFound for an unknown refund; Invalid `assignee` where that one decides no refunds of the store any more.
    """
    refund = Refund.objects.for_store(store_id).select_for_update(no_key=True).filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    # Before what came last is read: whoever leaves is freed of it without the refund's lock.
    present = assignments_of(refund).select_for_update(of=("self",), no_key=True).first()
    told = Event.objects.for_store(store_id).filter(topic_id=refund.pk, name__in=(*_ACTS, ASSIGNMENT_TAKEN_BACK.name))
    newest = told.order_by("-id").first()
    refuse_if(why_not_assign(refund) or why_not_take_back(newest, event_id, actor, now))
    had = newest.data["had"]
    member = None if had is None else lock_decider(store_id, had)
    before = name_of(present.assignee) if present else ""
    writes = WriteSet()
    if member is None:
        present.delete()
    elif present is None:
        writes.insert(Assignment(store_id=store_id, refund=refund, assignee=member.user, since=now))
    else:
        present.assignee, present.since = member.user, now
        writes.update(present, "assignee", "since")
    names = {"assignee": name_of(member.user) if member else "", "before": before}
    writes.event(ASSIGNMENT_TAKEN_BACK, refund, topic=refund, at=now, actor=actor, **names)
    writes.flush()


def undoable_acts(actor: Actor, first: int, last: int) -> list[Event]:
    """The actor's own assignments in the open scope whose events have these ids or ids between them, oldest first."""
    events = Event.objects.in_scope().filter(id__gte=first, id__lte=last, name__in=_ACTS)
    return list(events.filter(actor_kind=actor.kind, actor_id=actor.id).order_by("id"))
