"""The saved views of a list, as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from stores.models import SavedView, Store
from stores.people.saved_views import views_for, why_not_change_view, why_not_its_default, why_not_share_view
from workbench.kit.changelist import QUEUE_VAR
from workbench.kit.desk import desk_of

PAGE_VAR = "p"


def kept_query(params: Mapping[str, Any], queue: str = "") -> str:
    """A list's query as it is kept: without its page and what is empty, in one order, with the open tab."""
    kept = QueryDict(mutable=True)
    if queue:
        kept[QUEUE_VAR] = queue
    for name in sorted(params):
        if name not in {PAGE_VAR, QUEUE_VAR if queue else PAGE_VAR} and params[name]:
            kept[name] = params[name]
    return kept.urlencode()


@dataclass(frozen=True)
class Shelf:
    """The views of a list at a desk: those of the user and what is shared; `active` is the one that is shown now.

    `query` is what would be saved, `stores` where it could be; the rest is what the user may do with it, and how the
    list opens for them.
    """

    list_name: str
    views: list[SavedView]
    active: SavedView | None
    query: str
    stores: list[Store]
    may_share: bool
    may_change: bool
    may_be_default: bool
    default: SavedView | None


def shelf_of(request: HttpRequest, list_name: str, queue: str) -> Shelf:
    """The list's views, read in one statement. The user's own come first where two show the same."""
    desk, query = desk_of(request), kept_query(request.GET, queue)
    views = list(views_for(request.user, list_name, [store.pk for store in desk.shown]))
    showing = [view for view in views if view.query == query]
    active = next((view for view in showing if view.owner_id == request.user.pk), showing[0] if showing else None)
    may_share = any(why_not_share_view(request.user, store.pk) is None for store in desk.shown)
    may_change = active is not None and why_not_change_view(active, request.user) is None
    may_be_default = active is not None and why_not_its_default(active, request.user) is None
    default = next((view for view in views if view.is_default and view.owner_id == request.user.pk), None)
    return Shelf(list_name, views, active, query, desk.shown, may_share, may_change, may_be_default, default)
