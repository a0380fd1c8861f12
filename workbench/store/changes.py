"""What changed: who has set up what in a store, and from what to what. Owners see their stores', operators all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import end_of_day, start_of_day
from common.models import Event
from common.search import folded
from stores.events import EventArea
from workbench.kit.desk import Desk, desk_of
from workbench.kit.forms import CalendarField
from workbench.kit.owners import managed_rows, manages
from workbench.kit.timeline import Entry, entry, who
from workbench.store.changed_things import things_of

PAGE = 50
# The people to filter by are those of the newest so many changes.
LOOKED_THROUGH = 1000
# A page of a search looks at so many changes; where they fill no page, it says so and goes on from there.
SEARCHED = 2000
# What only the platform's own events are about.
OF_THE_PLATFORM = {EventArea.ACCOUNTS, EventArea.WORK}
FILTERS = ("area", "who", "first", "last", "q")


@dataclass(frozen=True)
class Change:
    """A line of the page: what happened, in which part of the set-up, and in which store when several are shown."""

    event: Event
    entry: Entry
    area: str
    store: str  # empty where all are the same one's

    def says(self, typed: str) -> bool:
        """Whether what people read of it holds the folded text."""
        told = [text for pair in self.entry.said for text in pair]
        read = [self.entry.title, *self.entry.details, *told, self.entry.who, self.area, self.store]
        return any(typed in folded(str(text)) for text in read)


@dataclass(frozen=True)
class ChangesFound:
    """A page of changes, the id at which the next one begins, and whether a search went no further back than that."""

    changes: Sequence[Change]
    next_before: int | None
    goes_on: bool = False


class PeriodForm(forms.Form):
    """From which day until which, both of them counted, by the calendar that the page is shown in."""

    first = CalendarField(label=gettext_lazy("First day"), required=False)
    last = CalendarField(label=gettext_lazy("Last day"), required=False)

    def clean(self):
        """ValidationError of the last day where it is before the first."""
        data = super().clean()
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", _("The last day is before the first one."))
        return data


def changes_seen_on(desk: Desk) -> QuerySet[Event]:
    """The changes that the user may see at this desk, newest first."""
    return managed_rows(desk, Event.objects.in_scope()).exclude(area="").order_by("-id")


def people(changes: QuerySet[Event]) -> list[tuple[str, str]]:
    """Who has changed something lately: the id that events know them by, and how they are shown."""
    found: dict[str, str] = {}
    for event in changes.only("actor_kind", "actor_id", "actor_label")[:LOOKED_THROUGH]:
        found.setdefault(event.actor_id, who(event))
    return sorted(found.items(), key=lambda person: person[1])


def asked(changes: QuerySet[Event], query: Mapping[str, str], period: Mapping[str, date | None]) -> QuerySet[Event]:
    """Those of the changes that the filters leave; a value that makes no sense leaves none."""
    zone = timezone.get_current_timezone_name()
    if query.get("area"):
        changes = changes.filter(area=query["area"])
    if query.get("who"):
        changes = changes.filter(actor_id=query["who"])
    if first := period.get("first"):
        changes = changes.filter(at__gte=start_of_day(first, zone))
    if last := period.get("last"):
        changes = changes.filter(at__lt=end_of_day(last, zone))
    before = query.get("before", "")
    if before:
        changes = changes.filter(pk__lt=int(before)) if _is_id(before) else changes.none()
    return changes


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def find(changes: QuerySet[Event], typed: str, *, names_store: bool) -> ChangesFound:
    """The first page of changes that say what was typed, of all where nothing was. What is shown is searched."""
    look_at = SEARCHED if typed else PAGE
    rows = list(changes.select_related("store")[: look_at + 1])
    labels = dict(EventArea.choices)
    found: list[Change] = []
    for row in rows[:look_at]:
        store = (row.store.name if row.store else _("Platform")) if names_store else ""
        change = Change(row, entry(row), str(labels.get(row.area, row.area)), store)
        if not typed or change.says(typed):
            found.append(change)
        if len(found) == PAGE:
            has_more = row.pk != rows[-1].pk
            return ChangesFound(found, row.pk if has_more else None)
    ends_here = len(rows) <= look_at
    return ChangesFound(found, None if ends_here else rows[look_at - 1].pk, goes_on=not ends_here)


def changes_view(request: HttpRequest) -> TemplateResponse:
    """The page; `before` is the id at which the page before it ended."""
    desk = desk_of(request)
    if not manages(desk):
        raise PermissionDenied(_("Only owners see what was changed in a store."))
    changes = changes_seen_on(desk)
    query = {name: request.GET.get(name, "").replace("\0", "") for name in (*FILTERS, "before")}
    form = PeriodForm(query)
    left = asked(changes, query, form.cleaned_data) if form.is_valid() else changes.none()
    found = find(left, folded(query["q"]), names_store=desk.only_store is None)
    urls = things_of(request, [change.event for change in found.changes])
    areas = [area for area in EventArea if desk.is_operator or area not in OF_THE_PLATFORM]
    return TemplateResponse(
        request,
        "workbench/store/changes.html",
        {
            **admin.site.each_context(request),
            "title": _("What changed"),
            "is_fullwidth": "1",
            "changes": [(change, urls.get(change.event.pk, "")) for change in found.changes],
            "areas": [(area.value, area.label) for area in areas],
            "people": people(changes),
            "query": query,
            "form": form,
            "filters": {name: query[name] for name in FILTERS if query[name]},
            "next_before": found.next_before,
            "searched": SEARCHED if found.goes_on and query["q"] else None,
        },
    )
