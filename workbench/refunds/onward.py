"""On to the next refund of the list that one came from: its queue, filters, search and order."""

from copy import copy
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from refunds.models import Refund
from workbench.kit.changelist import NotOffered
from workbench.kit.decisions import Decision

LIST = "list"  # in the way from a list to a refund: the list's own query
COOKIE = "wl_list"
KEPT_FOR_S = 3600
LONGEST_QUERY = 500
MOST_AHEAD = 1_000  # rows of the list that are looked through
QUEUE = "admin:refunds_refund_changelist"


def way_from(params: QueryDict, queue: str) -> str:
    """What the addresses of a list's rows end with, so that their pages know the list; its page number counts not."""
    kept = params.copy()
    kept.pop("p", None)
    kept.setdefault("queue", queue)
    return f"?{urlencode({LIST: kept.urlencode()})}"


def list_of(request: HttpRequest, refund: Refund) -> str:
    """The query of the list from which somebody opened the refund; empty for none."""
    query = request.GET.get(LIST) or request.COOKIES.get(COOKIE, "")
    return query if len(query) <= LONGEST_QUERY else ""


def remember_list(request: HttpRequest, refund: Refund, response: HttpResponse) -> None:
    """Have the browser say at this refund's addresses, and at no others, from which list it was opened."""
    if query := list_of(request, refund):
        path = reverse("admin:refunds_refund_change", args=[refund.pk]).removesuffix("change/")
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(COOKIE, query, max_age=KEPT_FOR_S, path=path, httponly=True, samesite="Lax", secure=secure)


class OnwardMixin:
    """A refund's page that leads on to the next one, after a decision or without."""

    def decide(self, request: HttpRequest, refund: Refund, decision: Decision) -> HttpResponse:
        """Look ahead first: once it is decided nobody knows where in the list it was."""
        if request.method == "POST" and decision.leads_on:
            request.ahead = self._ahead(request, refund)
        return super().decide(request, refund, decision)

    def after(self, request, row, decision, form, answer) -> HttpResponse:
        """To the next refund of the list, or back to the list with a word."""
        response = super().after(request, row, decision, form, answer)
        ahead = getattr(request, "ahead", None)
        return response if ahead is None else self._onward(request, row, ahead)

    def next_view(self, request: HttpRequest, object_id: UUID) -> HttpResponseRedirect:
        """To the next refund of the list without deciding this one. Http404 for one that was opened from no list."""
        refund = self.find(request, object_id)
        ahead = self._ahead(request, refund)
        if ahead is None:
            raise Http404
        return self._onward(request, refund, ahead)

    def _rows(self, request: HttpRequest, query: str):
        """The rows of the list with this query, in its order; none where it asks for what no list offers."""
        asked = copy(request)
        asked.GET = QueryDict(query)
        try:
            return self.get_changelist_instance(asked).queryset
        except NotOffered:
            return Refund.objects.none()

    def _ahead(self, request: HttpRequest, refund: Refund) -> list[UUID] | None:
        """What comes after the refund in the list that it was opened from; None where it wasn't, or isn't there."""
        query = list_of(request, refund)
        if not query:
            return None
        ids = list(self._rows(request, query).values_list("pk", flat=True)[:MOST_AHEAD])
        return ids[ids.index(refund.pk) + 1 :] if refund.pk in ids else None

    def _onward(self, request: HttpRequest, refund: Refund, ahead: list[UUID]) -> HttpResponseRedirect:
        """The first of those ahead that the list still has."""
        query = list_of(request, refund)
        following = self._rows(request, query).filter(pk__in=ahead).values_list("pk", flat=True).first()
        if following is None:
            messages.info(request, _("That was the last one of this list."))
            return HttpResponseRedirect(f"{reverse(QUEUE)}?{query}")
        page = reverse("admin:refunds_refund_change", args=[following])
        return HttpResponseRedirect(f"{page}?{urlencode({LIST: query})}")
