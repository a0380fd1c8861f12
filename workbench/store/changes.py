"""What changed: who has set up what in a store, and from what to what. Owners see their stores', operators all."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from common.models import Event
from stores.events import EventArea
from workbench.kit.desk import Desk, desk_of
from workbench.kit.owners import managed_rows, manages
from workbench.kit.timeline import Entry, entry, who

PAGE = 50
# The people to filter by are those of the newest so many changes.
LOOKED_THROUGH = 1000
# What only the platform's own events are about.
OF_THE_PLATFORM = {EventArea.ACCOUNTS, EventArea.WORK}


@dataclass(frozen=True)
class Change:
    """A line of the page: what happened, in which part of the set-up, and in which store when several are shown."""

    entry: Entry
    area: str
    store: str


def changes_seen_on(desk: Desk) -> QuerySet[Event]:
    """The changes that the user may see at this desk, newest first."""
    return managed_rows(desk, Event.objects.in_scope()).exclude(area="").order_by("-id")


def people(changes: QuerySet[Event]) -> list[tuple[str, str]]:
    """Who has changed something lately: the id that events know them by, and how they are shown."""
    found: dict[str, str] = {}
    for event in changes.only("actor_kind", "actor_id", "actor_label")[:LOOKED_THROUGH]:
        found.setdefault(event.actor_id, who(event))
    return sorted(found.items(), key=lambda person: person[1])


def asked(changes: QuerySet[Event], query: Mapping[str, str]) -> QuerySet[Event]:
    """Those of the changes that the filters leave; a value that makes no sense leaves none."""
    if query.get("area"):
        changes = changes.filter(area=query["area"])
    if query.get("who"):
        changes = changes.filter(actor_id=query["who"])
    before = query.get("before", "")
    if before:
        changes = changes.filter(pk__lt=int(before)) if _is_id(before) else changes.none()
    return changes


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def changes_view(request: HttpRequest) -> TemplateResponse:
    """The page; `before` is the id at which the page before it ended."""
    desk = desk_of(request)
    if not manages(desk):
        raise PermissionDenied(_("Only owners see what was changed in a store."))
    changes = changes_seen_on(desk)
    query = {name: request.GET.get(name, "").replace("\0", "") for name in ("area", "who", "before")}
    rows = list(asked(changes, query).select_related("store")[: PAGE + 1])
    filters = {name: value for name, value in query.items() if value and name != "before"}
    labels = dict(EventArea.choices)
    areas = [area for area in EventArea if desk.is_operator or area not in OF_THE_PLATFORM]
    return TemplateResponse(
        request,
        "workbench/store/changes.html",
        {
            **admin.site.each_context(request),
            "title": _("What changed"),
            "is_fullwidth": "1",
            "changes": [
                Change(entry(row), labels.get(row.area, row.area), row.store.name if row.store else _("Platform"))
                for row in rows[:PAGE]
            ],
            "areas": [(area.value, area.label) for area in areas],
            "people": people(changes),
            "query": query,
            "filters": filters,
            "next_before": rows[PAGE - 1].pk if len(rows) > PAGE else None,
            "names_store": desk.only_store is None,
        },
    )
