"""Who sees to a refund: by hand, or in turn.

Locks: the refund, the member, the assignment. Somebody who is removed is locked by whoever removes them, so that
nothing is given to people who have left.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from common import clock
from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import Invalid, NotFound, Refused, refuse_if
from common.models import Event
from common.sentences import sentence as _
from common.setbacks import sweep_rows
from common.tenancy import current_scope, without_ahead
from common.writes import WriteSet
from refunds.models import Assignment, Refund, RefundLine
from refunds.states import OPEN, RefundKind, RefundStatus
from refunds.team.events import REFUND_ASSIGNED, REFUND_UNASSIGNED
from stores.models import Membership, Store
from stores.permissions import DECIDE_REFUNDS, name_of, roles_with
from stores.states import MemberRole

BATCH = 500
SKILLS = ("skilled_kinds", "skilled_categories")


def deciders_of(store_ids: Iterable[int]) -> QuerySet[Membership]:
    """The members of these stores who may decide refunds, by name: those to whom refunds can be given."""
    members = Membership.objects.in_scope().filter(store__in=store_ids, role__in=roles_with(DECIDE_REFUNDS))
    members = members.filter(user__is_active=True).select_related("user")
    return members.only("store", "role", "turn", *_named("user")).order_by("user__first_name", "user__username")


def _taking(store_id: int) -> QuerySet[Membership]:
    """The same of one store, with what each takes in turn."""
    return deciders_of([store_id]).only("store", "role", "turn", *SKILLS, *_named("user"))


def _named(path: str) -> tuple[str, ...]:
    """What somebody is called by; the rest of an account is nobody's business here."""
    return tuple(f"{path}__{column}" for column in ("username", "first_name", "last_name"))


def why_not_assign(refund: Refund) -> Refused | None:
    """Why nobody has to see to the refund any more: it has ended."""
    if refund.is_open or refund.needs_attention:
        return None
    return Refused("invalid_transition", _("This refund has ended: nobody has to see to it any more."))


def why_assigned_meanwhile(present: Assignment | None, had: int | None) -> Refused | None:
    """Why a refund doesn't change hands: somebody else than on the page (`had`, a user's id) sees to it by now."""
    if (present.assignee_id if present else None) == had:
        return None
    if present is None:
        return Refused("assigned_meanwhile", _("Meanwhile this refund was put back: it is nobody's now."))
    return Refused(
        "assigned_meanwhile", _("Meanwhile %(name)s sees to this refund.") % {"name": name_of(present.assignee)}
    )


def assignments_of(refund: Refund) -> QuerySet[Assignment]:
    """Who sees to the refund: one or none."""
    rows = Assignment.objects.for_store(refund.store_id).filter(refund=refund).select_related("assignee")
    return rows.only("store", "refund", "assignee", "since", *_named("assignee"))


@action
def assign_refund(
    *,
    store_id: int,
    refund_id: UUID | str,
    assignee_id: int | None,
    had: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give the refund to a member who may decide it, or (None) put it back. `had`: who saw to it when that was decided.

    NotFound for an unknown refund; Invalid `assignee` for somebody who is no such member; Refused `assigned_meanwhile`
    when `had` is out of date.
    """
    refund = Refund.objects.for_store(store_id).select_for_update(no_key=True).filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    member = None if assignee_id is None else lock_decider(store_id, assignee_id)
    present = assignments_of(refund).select_for_update(of=("self",), no_key=True).first()
    refuse_if(why_not_assign(refund) or why_assigned_meanwhile(present, had))
    if assignee_id == had:
        return
    before = name_of(present.assignee) if present else ""
    writes = WriteSet()
    if member is None:
        writes.event(REFUND_UNASSIGNED, refund, topic=refund, at=now, actor=actor, before=before, had=had)
        present.delete()
    else:
        _give(writes, refund, member, present, before, actor=actor, now=now)
    writes.flush()


def lock_decider(store_id: int, user_id: int) -> Membership:
    """The member who may decide the store's refunds, locked; Invalid `assignee` for none."""
    member = deciders_of([store_id]).filter(user=user_id).select_for_update(of=("self",), no_key=True).first()
    if member is None:
        raise _no_decider()
    return member


def _no_decider() -> Invalid:
    return Invalid("assignee", _("Choose a member of this store who may decide refunds."), "invalid_choice")


def decider_named(store_id: int, username: str) -> int:
    """The id of the user with this name who may decide the store's refunds; Invalid `assignee` for none."""
    member = deciders_of([store_id]).filter(user__username=username).first()
    if member is None:
        raise _no_decider()
    return member.user_id


def given_in_turn(refund: Refund) -> int | None:
    """The user who sees to the refund since it was their turn; None for nobody, and where a person has said who."""
    present = assignments_of(refund).first()
    given = Event.objects.for_store(refund.store_id).filter(topic_id=refund.pk, name=REFUND_ASSIGNED.name)
    by = given.order_by("-id").values_list("actor_id", flat=True).first()
    return present.assignee_id if present and by == SYSTEM.id else None


def _give(
    writes: WriteSet,
    refund: Refund,
    member: Membership,
    present: Assignment | None,
    before: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    had = present.assignee_id if present else None
    if present is None:
        writes.insert(Assignment(store_id=refund.store_id, refund=refund, assignee=member.user, since=now))
    else:
        present.assignee, present.since = member.user, now
        writes.update(present, "assignee", "since")
    told = {"assignee": name_of(member.user), "before": before, "had": had}
    writes.event(REFUND_ASSIGNED, refund, topic=refund, at=now, actor=actor, **told)


@action
def free_refunds(*, member: Membership, actor: Actor, now: datetime) -> None:
    """Put back what somebody who decides no refunds of this store any more sees to; the member is locked."""
    own = Assignment.objects.for_store(member.store_id).filter(assignee=member.user_id)
    waiting = Refund.objects.for_store(member.store_id).filter(Q(status__in=OPEN) | Q(needs_attention=True))
    writes = WriteSet()
    for refund in waiting.filter(pk__in=own.values("refund")).order_by("pk"):
        before = name_of(member.user)
        told = {"before": before, "had": member.user_id}
        writes.event(REFUND_UNASSIGNED, refund, topic=refund, at=now, actor=actor, **told)
    own.delete()
    writes.flush()


def share_out_refunds(*, limit: int = BATCH) -> int:
    """Give up to `limit` requests that are nobody's to the people of their store in turn; returns how many.

    Of stores that want it so. Rows that somebody else has locked are left to the next sweep.
    """
    now = clock.now()
    return sweep_rows(
        "refunds to share out",
        _nobodys,
        lambda refunds: give_in_turn(refunds=refunds, actor=SYSTEM, now=now),
        limit=limit,
    )


def _nobodys() -> QuerySet[Refund]:
    """Requests to share out, locked, but for those that nobody takes."""
    rows = without_ahead(to_share_out(Refund.objects.in_scope()).filter(_somebody_takes()))
    return rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("id")


def to_share_out(rows: QuerySet[Refund]) -> QuerySet[Refund]:
    """Those of the refunds that wait for their merchant and are nobody's, in stores that share them out."""
    stores = Store.objects.filter(shares_out_refunds=True)
    assigned = Assignment.objects.in_scope().filter(refund=OuterRef("pk"))
    waiting = rows.filter(store__in=stores.values("pk"), status=RefundStatus.AWAITING_MERCHANT, decision_sent="")
    return waiting.filter(~Exists(assigned))


def that_nobody_takes(rows: QuerySet[Refund]) -> QuerySet[Refund]:
    """Those of the refunds that would be shared out, and that nobody of their store has the skill for.

    None of the stores where somebody takes whatever comes, which is asked of the store and not of each of its refunds.
    """
    agents, active = _takers(OuterRef("pk"))
    whatever = {"skilled_kinds": [], "skilled_categories": []}
    somebody = Q(Exists(agents.filter(**whatever))) | ~Q(Exists(agents)) & Q(Exists(active.filter(**whatever)))
    special = Store.objects.filter(shares_out_refunds=True).exclude(somebody)
    if (store_ids := current_scope().store_ids) is not None:
        special = special.filter(pk__in=store_ids)
    # Whether there is any such store is one question more, and where there is none, the only one that is answered.
    of_these = rows.filter(Exists(special), store__in=special.values("pk"))
    return to_share_out(of_these).exclude(_somebody_takes())


def _takers(store: OuterRef) -> tuple[QuerySet[Membership], QuerySet[Membership]]:
    """A store's agents, and all who may decide: these take what is shared out only where there is no agent."""
    deciding = Membership.objects.in_scope().filter(store=store, role__in=roles_with(DECIDE_REFUNDS))
    active = deciding.filter(user__is_active=True)
    return active.filter(role=MemberRole.AGENT), active


def _somebody_takes() -> Q:
    """Refunds that somebody of their store takes in turn; the others would be in the way of those that come later."""
    agents, active = _takers(OuterRef("store"))
    lines = RefundLine.objects.filter(store=OuterRef(OuterRef("store")), refund=OuterRef(OuterRef("pk")))
    of_category = Q(skilled_categories=[]) | Q(skilled_categories__overlap=lines.values("line__category"))
    taken = Q()
    for kind in RefundKind.values:
        skilled = Q(skilled_kinds=[]) | Q(skilled_kinds__contains=[kind])
        by_agent, by_owner = (Exists(rows.filter(skilled, of_category)) for rows in (agents, active))
        taken |= Q(kind=kind) & (Q(by_agent) | ~Q(Exists(agents)) & Q(by_owner))
    return taken


@action
def give_in_turn(*, refunds: Sequence[Refund], actor: Actor, now: datetime) -> None:
    """Give refunds that the caller has locked to their stores' people, to those first whose turn is longest ago.

    Each goes to somebody who takes such refunds.
    """
    taken = set(Assignment.objects.in_scope().filter(refund__in=refunds).values_list("refund", flat=True))
    by_store = defaultdict(list)
    for refund in refunds:
        if refund.pk not in taken:  # somebody took it by hand between the look and the lock
            by_store[refund.store_id].append(refund)
    categories = _categories_of([refund for rows in by_store.values() for refund in rows])
    writes = WriteSet()
    for store_id, rows in sorted(by_store.items()):
        members = _in_turn(store_id)
        last = max((member.turn for member in members), default=0)
        for refund in rows:
            member = next((each for each in members if takes(each, refund, categories[refund.pk])), None)
            if member is None:
                continue  # whoever takes such refunds has left between the look and the lock
            last += 1
            member.turn = last
            members.sort(key=_turn_of)
            writes.update(member, "turn")
            _give(writes, refund, member, None, "", actor=actor, now=now)
    writes.flush()


def takes(member: Membership, refund: Refund, categories: Set[str]) -> bool:
    """Whether the member takes such a refund in turn: its kind, and goods of one of its categories."""
    of_kind = not member.skilled_kinds or refund.kind in member.skilled_kinds
    return of_kind and (not member.skilled_categories or not categories.isdisjoint(member.skilled_categories))


def kinds_nobody_takes(store: Store) -> list[str]:
    """The marketplace's kinds of refunds that nobody of the store takes in turn, whatever the goods."""
    members = list(_taking(store.pk))
    members = [member for member in members if member.role == MemberRole.AGENT] or members
    kinds = sorted(store.rules.refund_kinds)
    return [kind for kind in kinds if all(each.skilled_kinds and kind not in each.skilled_kinds for each in members)]


def _categories_of(refunds: Sequence[Refund]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {refund.pk: set() for refund in refunds}
    stores = {refund.store_id for refund in refunds}
    lines = RefundLine.objects.filter(store__in=stores, refund__in=refunds)
    for refund_id, category in lines.values_list("refund", "line__category"):
        found[refund_id].add(category)
    return found


def _turn_of(member: Membership) -> tuple[int, int]:
    return member.turn, member.pk


def _in_turn(store_id: int) -> list[Membership]:
    """Those among whom new refunds go round, locked: the agents, or the owners where there are none."""
    locked = _taking(store_id).select_for_update(of=("self",), no_key=True)
    members = sorted(locked, key=_turn_of)
    return [member for member in members if member.role == MemberRole.AGENT] or members
