"""Who works in a store."""

from datetime import datetime

from common.actions import action
from common.actors import Actor
from stores.models import Membership, Store, User


@action
def add_member(*, store: Store, user: User, role: str, actor: Actor, now: datetime) -> Membership:
    """Give a user a role in a store, or change it."""
    membership, _created = Membership.objects.update_or_create(store=store, user=user, defaults={"role": role})
    return membership


@action
def remove_member(*, membership: Membership, actor: Actor, now: datetime) -> None:
    """End a user's role in a store; their next request sees nothing of it."""
    membership.delete()
