"""Saving what one looks at, under a name. Whoever saves is locked, so that names and the default stay single."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, NotFound, Refused, refuse_if
from common.sentences import sentence as _
from common.writes import WriteSet
from stores.models import SavedView, Store, User
from stores.people.events import VIEW_CHANGED, VIEW_DELETED, VIEW_SAVED
from stores.permissions import MANAGE_STORE, can

MOST_VIEWS = 30  # of one person, in one list of one store: all of them are shown


def seen_by(user: User, store_ids: Collection[int]) -> QuerySet[SavedView]:
    """What the user sees of these stores' views: their own and those that are shared."""
    return SavedView.objects.in_scope().filter(Q(owner=user) | Q(is_shared=True), store__in=store_ids)


def views_for(user: User, list_name: str, store_ids: Collection[int]) -> QuerySet[SavedView]:
    """Those of a list, by name."""
    return seen_by(user, store_ids).filter(list_name=list_name).order_by("name", "id")


def why_not_save_view(saved: int) -> Refused | None:
    """Why nobody can save another view: there are as many of theirs as are ever shown."""
    if saved < MOST_VIEWS:
        return None
    return Refused("too_many", _("Keep at most %(most)d views of a list: delete one first.") % {"most": MOST_VIEWS})


def why_not_share_view(user: User, store_id: int) -> Refused | None:
    """Why the user can't show a view to everybody in the store: owners do."""
    if can(user, MANAGE_STORE, store_id):
        return None
    return Refused("permission_denied", _("Only owners share a view with everybody in the store."), "is_shared")


def why_not_change_view(view: SavedView, user: User) -> Refused | None:
    """Why the user can't change or delete the view: it is somebody else's, and only owners see to what is shared."""
    if view.owner_id == user.pk or (view.is_shared and can(user, MANAGE_STORE, view.store_id)):
        return None
    return Refused("permission_denied", _("Whoever saved this view changes it, or an owner of the store."))


def why_not_its_default(view: SavedView, user: User) -> Refused | None:
    """Why a list can't open like this view for the user: it is somebody else's."""
    if view.owner_id == user.pk:
        return None
    text = _("A list opens like one of your own views: save this one under a name of yours first.")
    return Refused("invalid_transition", text, "is_default")


@action
def save_view(
    *,
    store: Store,
    user: User,
    list_name: str,
    name: str,
    query: str,
    is_shared: bool,
    is_default: bool,
    actor: Actor,
    now: datetime,
) -> SavedView:
    """Keep the list's `query` under the name; a view of the user's that has it already shows this from now on.

    Invalid `name` for none and `query` for nothing to look at. Refused `too_many`, or `permission_denied` for whoever
    may not share.
    """
    name = name.strip()
    if not name:
        raise Invalid("name", _("Give the view a name."), "required")
    if not query:
        raise Invalid("query", _("Choose a tab, a filter or a search first."), "required")
    if is_shared:
        refuse_if(why_not_share_view(user, store.pk))
    views = _lock_views(store.pk, user, list_name)
    view = next((each for each in views if each.name == name), None)
    refuse_if(why_not_save_view(len(views)) if view is None else None)
    if is_default:
        _end_default(views)
    view = view or SavedView(store=store, owner=user, list_name=list_name, name=name)
    view.query, view.is_shared, view.is_default, view.saved_at = query, is_shared, is_default, now
    view.save()
    writes = WriteSet()
    told = {"view": name, "list": list_name, "shared": is_shared}
    writes.event(VIEW_SAVED, view, topic=view, at=now, actor=actor, **told)
    writes.flush()
    return view


def _lock_views(store_id: int, owner: User | int, list_name: str) -> list[SavedView]:
    User.objects.select_for_update(no_key=True).filter(pk=getattr(owner, "pk", owner)).first()
    own = SavedView.objects.for_store(store_id).filter(owner=owner, list_name=list_name)
    return list(own.order_by("id"))


def _end_default(views: list[SavedView]) -> None:
    for view in views:
        if view.is_default:
            view.is_default = False
            view.save(update_fields=["is_default"])


def _lock_view(store_id: int, view_id: UUID | str, user: User) -> tuple[SavedView, list[SavedView]]:
    """The view, and all of its owner in this list."""
    view = seen_by(user, [store_id]).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    refuse_if(why_not_change_view(view, user))
    views = _lock_views(store_id, view.owner_id, view.list_name)
    view = next((each for each in views if each.pk == view.pk), None)
    if view is None:  # deleted meanwhile
        raise NotFound
    return view, views


@action
def change_view(
    *,
    store_id: int,
    view_id: UUID | str,
    user: User,
    name: str,
    is_shared: bool,
    is_default: bool,
    actor: Actor,
    now: datetime,
) -> SavedView:
    """Give the view another name, share it or not, let the list open like it or not.

    NotFound for one that the user doesn't see; Invalid `name` for none, or one that another view has; Refused
    `permission_denied` for somebody else's.
    """
    view, views = _lock_view(store_id, view_id, user)
    name = name.strip()
    if not name:
        raise Invalid("name", _("Give the view a name."), "required")
    if any(each.name == name for each in views if each.pk != view.pk):
        raise Invalid("name", _("There is a view of this name already."), "unique")
    if is_shared and not view.is_shared:
        refuse_if(why_not_share_view(user, store_id))
    if is_default != view.is_default:
        refuse_if(why_not_its_default(view, user))
    if is_default:
        _end_default([each for each in views if each.pk != view.pk])
    before = view.name
    view.name, view.is_shared, view.is_default = name, is_shared, is_default
    view.save(update_fields=["name", "is_shared", "is_default"])
    writes = WriteSet()
    told = {"view": [before, name], "list": view.list_name, "shared": is_shared}
    writes.event(VIEW_CHANGED, view, topic=view, at=now, actor=actor, **told)
    writes.flush()
    return view


@action
def delete_view(*, store_id: int, view_id: UUID | str, user: User, actor: Actor, now: datetime) -> None:
    """Forget the view. NotFound for one that the user doesn't see; Refused `permission_denied` for somebody else's."""
    view, _views = _lock_view(store_id, view_id, user)
    writes = WriteSet()
    told = {"view": view.name, "list": view.list_name, "shared": view.is_shared}
    writes.event(VIEW_DELETED, view, topic=view, at=now, actor=actor, **told)
    writes.flush()
    view.delete()
