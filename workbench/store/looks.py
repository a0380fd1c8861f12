"""Who looked at buyers' data: which person or program, when, through what, and whose. Owners see their stores'."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.admindocs.views import simplify_regex
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLResolver, get_resolver, reverse
from django.utils.dateparse import parse_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.calendar import FIRST_DAY, LAST_DAY, end_of_day, start_of_day
from common.search import folded
from orders.models import Order
from privacy.looks.places import table_of
from privacy.models import Look
from privacy.states import LookWay
from refunds.models import Refund
from workbench.kit.desk import desk_of
from workbench.kit.owners import managed_rows, manages
from workbench.store.changes import PeriodForm

PAGE = 50
LOOKED_THROUGH = 1000  # the people to filter by are those of the newest so many looks
MOST_ORDERS = 300  # of a buyer, or of several who are known by what was typed
# Pages of the desk that are of no table.
PAGES = {
    "index": gettext_lazy("Overview"),
    "customers": gettext_lazy("Customers"),
    "station": gettext_lazy("Returns station"),
    "station_decide": gettext_lazy("Returns station"),
    "search": gettext_lazy("Find"),
    "changes": gettext_lazy("What changed"),
    "notices": gettext_lazy("Notices"),
    "notice_open": gettext_lazy("Notices"),
}


@dataclass(frozen=True)
class Line:
    """A look as the page shows it; `link` leads to what it was about."""

    look: Look
    who: str
    way: str
    place: str
    number: str
    link: str


def looks_view(request: HttpRequest) -> TemplateResponse:
    """The page; `before` is where the page before it ended. Seven statements at most besides the desk's own."""
    desk = desk_of(request)
    if not manages(desk):
        raise PermissionDenied(_("Only owners see who looked at buyers' data."))
    names = ("who", "way", "buyer", "since", "until", "before")
    query = {name: request.GET.get(name, "").replace("\0", "").strip()[:100] for name in names}
    looks = managed_rows(desk, Look.objects.in_scope().filter(buyers__gt=0)).order_by("-at", "-id")
    period = PeriodForm({"first": query["since"], "last": query["until"]})
    asked_for = looks_asked_for(looks, query, desk.zone) if period.is_valid() else looks.none()
    rows = list(asked_for.select_related("store")[: PAGE + 1])
    filters = {name: value for name, value in query.items() if value and name != "before"}
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return TemplateResponse(
        request,
        "workbench/store/looks.html",
        {
            **admin.site.each_context(request),
            "title": _("Who looked at buyers' data"),
            "is_fullwidth": "1",
            "lines": _lines(rows[:PAGE]),
            "people": who_looked(looks),
            "ways": LookWay.choices,
            "query": query,
            "period": period,
            "filters": filters,
            "next_before": f"{last.at.isoformat()}~{last.pk}" if last else "",
            "names_store": desk.only_store is None,
        },
    )


def who_looked(looks: QuerySet[Look]) -> list[tuple[str, str]]:
    """Who has looked lately: the id that looks know them by, and what they are called."""
    newest = looks.values_list("actor_id", "actor_label")[:LOOKED_THROUGH]
    return sorted(dict(newest).items(), key=lambda person: person[1])


def looks_asked_for(looks: QuerySet[Look], query: Mapping[str, str], zone: str) -> QuerySet[Look]:
    """Those of the looks that the filters leave; a value that makes no sense leaves none. Days are the desk's."""
    if query["who"]:
        looks = looks.filter(actor_id=query["who"])
    if query["way"]:
        looks = looks.filter(way=query["way"])
    if query["buyer"]:
        looks = looks.filter(topic_id__in=topics_of(query["buyer"]))
    since, until = _day(query["since"]), _day(query["until"])
    if (query["since"] and since is None) or (query["until"] and until is None):
        return looks.none()
    if since:
        looks = looks.filter(at__gte=start_of_day(since, zone))
    if until:
        looks = looks.filter(at__lt=end_of_day(until, zone))
    return _behind(looks, query["before"]) if query["before"] else looks


def topics_of(term: str) -> list[UUID]:
    """The orders of the open scope that are a buyer's, known by id, number or phone, and their refunds."""
    orders = Order.objects.in_scope()
    ids: list[UUID] = []
    for named in ({"buyer_id": term}, {"number": term}, {"phone_folded": folded(term) or "-"}):
        ids += orders.filter(**named).order_by("-id").values_list("pk", flat=True)[:MOST_ORDERS]
    return [*ids, *Refund.objects.in_scope().filter(order__in=ids).values_list("pk", flat=True)]


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and FIRST_DAY <= day < LAST_DAY else None


def _behind(looks: QuerySet[Look], before: str) -> QuerySet[Look]:
    at, _separator, key = before.partition("~")
    try:
        instant, last = datetime.fromisoformat(at), UUID(key)
    except ValueError:
        return looks.none()
    if instant.tzinfo is None:
        return looks.none()
    return looks.filter(at__lte=instant).exclude(at=instant, pk__gte=last)


def _lines(rows: list[Look]) -> list[Line]:
    topics = {look.topic_id for look in rows if look.topic_id}
    orders = Order.objects.in_scope().filter(pk__in=topics).values_list("pk", "number")
    refunds = Refund.objects.in_scope().filter(pk__in=topics).values_list("pk", "order__number")
    about = {pk: (number, reverse("admin:orders_order_change", args=[pk])) for pk, number in orders}
    about |= {pk: (number, reverse("admin:refunds_refund_change", args=[pk])) for pk, number in refunds}
    return [
        Line(
            look=look,
            who=look.actor_label or look.actor_id,
            way=LookWay(look.way).label,
            place=title_of(look.place),
            number=about.get(look.topic_id, ("", ""))[0],
            link=about.get(look.topic_id, ("", ""))[1],
        )
        for look in rows
    ]


def title_of(place: str) -> str:
    """What people call a route: the page's name at the desk, the address of a call."""
    if not place.startswith("admin:"):
        return _calls().get(place, place)
    page = place.removeprefix("admin:")
    if page in PAGES:
        return str(PAGES[page])
    try:
        meta = apps.get_model(*table_of(page).split("_"))._meta
    except (LookupError, ValueError):
        return page
    return capfirst(str(meta.verbose_name_plural if page.endswith("_changelist") else meta.verbose_name))


@cache
def _calls() -> dict[str, str]:
    """Name → address of each call."""
    found: dict[str, str] = {}

    def walk(resolver: URLResolver, prefix: str) -> None:
        for pattern in resolver.url_patterns:
            path = f"{prefix}{pattern.pattern}"
            if isinstance(pattern, URLResolver):
                walk(pattern, path)
            elif pattern.name:
                found.setdefault(pattern.name, simplify_regex(path))

    walk(get_resolver(), "")
    return found
