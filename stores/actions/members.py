"""Who works in a store: adding people, changing their roles, removing them.

A store that has an owner keeps one, nobody changes their own role, and nobody is drawn into a store by a stranger.
"""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor, ActorKind
from common.changes import changes_of
from common.errors import Invalid, NotFound, refuse_if
from common.events import EventType
from common.tenancy import system_scope
from common.writes import WriteSet
from stores.events import MEMBER_ADDED, MEMBER_REMOVED, MEMBER_ROLE_CHANGED
from stores.models import Membership, SavedView, Store, User
from stores.permissions import user_id_of
from stores.signals import role_ended
from stores.states import MemberRole
from stores.why_not import why_not_change_member


@action
def add_member(*, store: Store, username: str, role: str, actor: Actor, now: datetime) -> Membership:
    """Give somebody who has an account a role in the store.

    An operator may add anybody. A merchant may add who shares a store with them and whose account was opened for this
    store; everybody else is Invalid `username` in the same words, whether or not there is such an account. Invalid
    `username` (`unique`), too, for somebody who works here already: `change_member` gives another role.
    """
    user = User.objects.filter(username=username, is_staff=True, is_active=True).first()
    if user is None or not _may_be_added(user, store, actor):
        raise Invalid(
            "username",
            _("Nobody with this user name can be added here. The platform's operator opens accounts for your store."),
        )
    membership, is_new = Membership.objects.get_or_create(
        store=store, user=user, defaults={"role": _known(role), "since": now}
    )
    if not is_new:
        raise Invalid(
            "username", _("%(user)s works in this store already; change the role there.") % {"user": user}, "unique"
        )
    _record(MEMBER_ADDED, membership, actor, now, role=role)
    return membership


def _record(event: EventType, member: Membership, actor: Actor, now: datetime, **data) -> None:
    writes = WriteSet()
    named = {"username": member.user.username, "full_name": member.user.get_full_name()}
    writes.event(event, member, topic=member, at=now, actor=actor, **named, **data)
    writes.flush()


def _known(role: str) -> str:
    if role not in MemberRole.values:
        raise Invalid("role", _("Choose one of the roles."), "invalid_choice")
    return role


def _may_be_added(user: User, store: Store, actor: Actor) -> bool:
    """Whether the actor may know of this account and give it a role in this store."""
    if actor.kind == ActorKind.OPERATOR or user.opened_for_id == store.pk:
        return True
    with system_scope():  # the store they share may be another one than those at this desk
        own = Membership.objects.filter(user=user_id_of(actor)).values("store")
        return Membership.objects.filter(user=user, store__in=own).exists()


@action
def change_member(*, store_id: int, member_id: int, role: str, actor: Actor, now: datetime) -> Membership:
    """Give a member another role. NotFound for somebody who isn't one.

    Refused `own_membership` for one's own, `last_owner` when the store would be left without an owner.
    """
    member = _lock_member(store_id, member_id, actor, stays_owner=_known(role) == MemberRole.OWNER)
    if changed := changes_of(member, {"role": role}):
        member.save(update_fields=["role"])
        _record(MEMBER_ROLE_CHANGED, member, actor, now, **changed)
        role_ended.send(sender=Membership, member=member, role=member.role, actor=actor, now=now)
    return member


@action
def remove_member(*, store_id: int, member_id: int, actor: Actor, now: datetime) -> None:
    """End a user's role in a store; their next request sees nothing of it. Says no as `change_member` does."""
    member = _lock_member(store_id, member_id, actor, stays_owner=False)
    _record(MEMBER_REMOVED, member, actor, now, role=member.role)
    role_ended.send(sender=Membership, member=member, role="", actor=actor, now=now)
    SavedView.objects.for_store(store_id).filter(owner=member.user_id, is_shared=False).delete()
    member.delete()


def _lock_member(store_id: int, member_id: int, actor: Actor, *, stays_owner: bool) -> Membership:
    """The member, locked together with the store's owners, so that of two owners who remove each other one stays."""
    rows = Membership.objects.for_store(store_id).filter(Q(pk=member_id) | Q(role=MemberRole.OWNER)).order_by("pk")
    locked = {row.pk: row for row in rows.select_related("user").select_for_update(of=("self",), no_key=True)}
    member = locked.get(member_id)
    if member is None:
        raise NotFound
    owners = [row for row in locked.values() if row.role == MemberRole.OWNER]
    refuse_if(why_not_change_member(member, owners, actor, stays_owner=stays_owner))
    return member
