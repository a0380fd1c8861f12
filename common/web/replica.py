"""Requests that only read are answered from the replica, where one is set; what writes is noted (docs/adr/0105)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from common import looks
from common.metering import noting
from common.replica import notes
from common.replica.turns import Turn, on_replica
from common.replica.way import Reads, read_by, way
from common.web.sessions import DESK

SAFE = ("GET", "HEAD")
# The desk's lists, and its pages that tell of many rows; of who looked at buyers' data the primary tells.
LISTS, NOT_THESE = "_changelist", "admin:privacy_"
PAGES = {"admin:index", "admin:insights", "admin:changes", "admin:customers"}


class ReplicaMiddleware:
    """The innermost one: it runs the view, on the replica if that may answer, and again on the primary if it fails."""

    def __init__(self, get_response):
        if not settings.REPLICA_DATABASE:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, once it is noted that its caller has written."""
        who = _who(request)
        if who is None:
            return self._answer_to_stranger(request)
        writes = request.method not in SAFE
        mark = notes.announce(who) if writes else ""
        with read_by(who), notes.noticing() as noticed:
            response = self.get_response(request)
            if writes or noticed.acted:
                notes.note_write(who, mark)
        return response

    def _answer_to_stranger(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; whoever has signed in by it has written."""
        response = self.get_response(request)
        if request.method not in SAFE and (who := _who(request)) is not None:
            notes.note_write(who)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple, kwargs: dict
    ) -> HttpResponseBase | None:
        """The replica's answer; None where the primary is to be asked."""
        if request.method not in SAFE or not _is_for_replica(request, view) or (found := way()) is None:
            return None
        if not found.leads_there:
            noting.read_from(found.reads)
            return None
        with on_replica(found.needed) as turn:
            response = _answer(request, view, args, kwargs, turn)
        noting.read_from(Reads.FAILED if response is None else Reads.REPLICA)
        if response is None:
            looks.forget_shown()
        return response


def _answer(request, view, args, kwargs, turn: Turn) -> HttpResponseBase | None:
    """The view's answer; None when the replica couldn't give one, or gave an error that the primary may not give."""
    try:
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            turn.look_back()
    except Exception:
        if turn.took_too_long:
            raise
        return None
    return None if turn.failed else response


def _who(request: HttpRequest) -> str | None:
    """Whose writes and reads go together: a program's by its key, a person's in all of their sessions."""
    kind, _blank, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() == "bearer" and secret:
        return notes.who_is("key", secret.strip())
    if request.path_info.startswith(DESK) and request.user.is_authenticated:
        return notes.who_is("user", str(request.user.pk))
    return None


def _is_for_replica(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether the address is one of those that the replica may answer."""
    resource = getattr(view, "cls", None)
    if resource is not None:
        asks = getattr(resource, "is_for_replica", None)
        return asks is not None and asks(view.actions.get("get"), request.GET)
    name = request.resolver_match.view_name
    if request.GET.get("format"):  # a download is on record
        return False
    return name in PAGES or (name.startswith("admin:") and name.endswith(LISTS) and not name.startswith(NOT_THESE))
