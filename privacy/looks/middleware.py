"""Says of each answer whose data it shows, and to whom; `handler` writes that down before it is sent."""

from django.http import HttpRequest, HttpResponse

from common import looks
from common.actors import Actor
from common.looks import ShownRows
from privacy.looks.noting import looks_of
from privacy.looks.places import SEARCHES, is_of_people
from privacy.states import LookWay
from stores.api.auth import MARKETPLACE, Caller
from stores.permissions import actor_of, memberships_of

API = "/api/"
_SAFE = ("GET", "HEAD")


class LookMiddleware:
    """Puts `looks` on each answer that may show a buyer's data to a person of a store, an operator or a program.

    Every address counts but for those that `places` says show nothing of a buyer. What a marketplace's key has just
    told us itself is no look.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The answer."""
        with looks.collecting():
            response = self.get_response(request)
            if not hasattr(response, "looks"):
                note_shown(request, response)
        return response


def note_shown(request: HttpRequest, response: HttpResponse) -> None:
    """Put on the answer, as `looks`, what it has shown so far."""
    response.looks = []
    shown, match = looks.shown_so_far(), request.resolver_match
    if shown is None or match is None or not 200 <= response.status_code < 300 or not is_of_people(match.view_name):
        return
    actor = _who(request)
    if actor is not None:
        response.looks = looks_of(
            shown,
            stores=_stores(request, shown),
            actor=actor,
            way=_way(request, response, shown),
            place=match.view_name,
            at=request.came_at,
        )


def _who(request: HttpRequest) -> Actor | None:
    """Who reads the answer; None for strangers, buyers, and a marketplace that reads what it has said."""
    user = getattr(request, "user", None)
    if isinstance(user, Caller):
        return None if user.kind == MARKETPLACE and request.method not in _SAFE else user.actor()
    return actor_of(user) if user is not None and user.is_authenticated else None


def _stores(request: HttpRequest, shown: ShownRows) -> list[int]:
    """The stores of a page that doesn't say more."""
    if shown.store_id is not None:
        return [shown.store_id]
    desk = getattr(request, "desk", None)
    if desk is not None and desk.only_store is not None:
        return [desk.only_store.pk]
    user = request.user
    return [] if isinstance(user, Caller) else [each.store_id for each in memberships_of(user)]


def _way(request: HttpRequest, response: HttpResponse, shown: ShownRows) -> LookWay:
    if "attachment" in response.get("Content-Disposition", "") or response.get("Content-Type", "").startswith("image/"):
        return LookWay.FILE
    if request.path_info.startswith(API):
        return LookWay.CALL
    if any(request.GET.get(name, "").strip() for name in SEARCHES):
        return LookWay.SEARCH
    return LookWay.LIST if shown.listed is not None or not shown.rows else LookWay.PAGE
