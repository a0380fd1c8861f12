"""The page *Integrate*: what programs need to call and be called, and how it goes, at a glance. Owners only."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from common import clock
from stores.models import ApiKey, Store
from webhooks.models import Delivery, Endpoint, FailedCall
from workbench.integrate.failed_calls import call_shown, with_key_names
from workbench.integrate.keys import in_words, state_of
from workbench.integrate.shown import answer_shown, error_shown, status_shown
from workbench.kit.desk import Desk, desk_of
from workbench.kit.owners import managed_rows, manages

MOST_KEYS = 10
MOST_ENDPOINTS = 10
MOST_DELIVERIES = 10
MOST_CALLS = 10


@dataclass(frozen=True)
class KeyLine:
    """A key, what it may do, and how it stands."""

    key: ApiKey
    scopes: list[str]
    state: str
    is_good: bool


@dataclass(frozen=True)
class EndpointLine:
    """An endpoint, and what came of the last event that it was owed."""

    endpoint: Endpoint
    status: str
    last: Delivery | None
    error: str


def integrate_view(request: HttpRequest) -> TemplateResponse:
    """The page."""
    desk = desk_of(request)
    if not manages(desk):
        raise PermissionDenied(_("Only owners see what the store's programs do."))
    deliveries = managed_rows(desk, Delivery.objects.in_scope()).select_related("endpoint", "store").order_by("-id")
    calls = with_key_names(managed_rows(desk, FailedCall.objects.in_scope())).select_related("store")
    context = {
        "title": _("Integrate"),
        "is_fullwidth": "1",
        "address": request.build_absolute_uri("/api/v1/"),
        "names_store": desk.only_store is None,
        "clocks": _clocks(desk),
        "keys": _keys(desk, request.now),
        "endpoints": _endpoints(desk),
        "deliveries": [(each, status_shown(each), error_shown(each)) for each in deliveries[:MOST_DELIVERIES]],
        "calls": [
            (each, call_shown(each), answer_shown(each)) for each in calls.order_by("-last_at", "-id")[:MOST_CALLS]
        ],
    }
    return TemplateResponse(request, "workbench/integrate/page.html", {**admin.site.each_context(request), **context})


def _clocks(desk: Desk) -> list[tuple[Store, datetime]]:
    """What the clock of each sandbox shows."""
    return [(store, store.on_its_clock(clock.wall())) for store in desk.shown if store.is_sandbox]


def _keys(desk: Desk, now: datetime) -> list[KeyLine]:
    """Those that can be called with, the newest first."""
    rows = managed_rows(desk, ApiKey.objects.in_scope()).filter(revoked=False).select_related("store")
    return [
        KeyLine(key, in_words(key.scopes), state_of(key, now), not (key.expiry_date and key.expiry_date <= now))
        for key in rows.order_by("-created")[:MOST_KEYS]
    ]


def _endpoints(desk: Desk) -> list[EndpointLine]:
    rows = managed_rows(desk, Endpoint.objects.in_scope()).existing().select_related("store")
    last = Delivery.objects.filter(endpoint=OuterRef("pk")).order_by("-event").values("pk")[:1]
    endpoints = list(rows.annotate(last_id=Subquery(last)).order_by("-id")[:MOST_ENDPOINTS])
    found = Delivery.objects.in_scope().in_bulk([each.last_id for each in endpoints if each.last_id])
    lines = [(endpoint, found.get(endpoint.last_id)) for endpoint in endpoints]
    return [
        EndpointLine(endpoint, status_shown(endpoint), delivery, error_shown(delivery) if delivery else "")
        for endpoint, delivery in lines
    ]
