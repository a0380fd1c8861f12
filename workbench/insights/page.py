"""The page of money kept: what retention saved between two days, in charts and tables, and as a download (Q18)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from automation.proof import FEWEST, prove
from common.calendar import day_of, number_of_days
from offers.api.insights import MOST_DAYS, SpanSerializer, csv_answer
from offers.choosing.estimate import FEWEST_LOGGED
from offers.choosing.reading import foresee_ceilings
from offers.eligibility import retains
from offers.insights.reading import GROUPS, Kept, RetentionReport, Span, read
from offers.insights.table import label_of
from stores import marketplaces
from stores.models import Store
from stores.permissions import MANAGE_STORE, SEE_ALL_RESULTS, SEE_OWN_RESULTS, actor_of, can
from workbench.insights.charts import days_chart, net_chart, rate_chart
from workbench.kit.base import by
from workbench.kit.dear import dear_page
from workbench.kit.desk import Desk, desk_of

RANGES = (7, 30, 90, 365)


@dataclass(frozen=True)
class Row:
    """A line of a table."""

    label: str
    kept: Kept

    @property
    def percent(self) -> int:
        """The acceptance rate, in whole per cent."""
        return round(self.kept.acceptance_rate * 100)


def today_of(desk: Desk, now: datetime) -> date:
    """The date on the desk's calendar."""
    return day_of(now, desk.zone)


def span_of(desk: Desk, start: date, end: date, marketplace: str = "") -> Span:
    """The figures that the user may see: an operator all, others those of their stores, or of these their own only."""
    if desk.is_operator:
        return Span(start, end, [desk.store.pk] if desk.store else None, marketplace=marketplace)
    stores: list[Store] = [desk.store] if desk.store else desk.stores
    everything = [store.pk for store in stores if can(desk.user, SEE_ALL_RESULTS, store.pk)]
    own = [store.pk for store in stores if store.pk not in everything and can(desk.user, SEE_OWN_RESULTS, store.pk)]
    return Span(start, end, everything, own, actor_of(desk.user).id)


@dear_page
def insights_view(request: HttpRequest):
    """The page, or with `format=csv` one of its tables."""
    if not request.user.has_perm("offers.view_dailyretention"):
        raise PermissionDenied
    desk = desk_of(request)
    today = today_of(desk, request.now)
    query = SpanSerializer(data=request.GET, context={"today": today})
    asked = query.validated_data if query.is_valid() else {"from": today - timedelta(days=29), "to": today}
    marketplace = _marketplace(request, desk)
    span = span_of(desk, asked["from"], asked["to"], marketplace)
    report = read(span)
    if asked.get("format") == "csv":
        return csv_answer(report, asked.get("group_by", "day"), span, **by(request))
    context = _context(desk, span, report, today)
    problems = [str(text) for texts in query.errors.values() for text in texts] if not query.is_valid() else []
    return TemplateResponse(
        request,
        "workbench/insights/page.html",
        {**admin.site.each_context(request), "title": _("Money kept"), "problems": problems, **context},
    )


def _marketplace(request: HttpRequest, desk: Desk) -> str:
    """The marketplace that an operator over all stores has picked."""
    picked = request.GET.get("marketplace", "")
    return picked if desk.is_operator and desk.store is None and picked in marketplaces.newest() else ""


def _context(desk: Desk, span: Span, report: RetentionReport, today: date) -> dict:
    tables = {
        group: [Row(label_of(report, group, key), kept) for key, kept in report.by[group].items()] for group in GROUPS
    }
    owned = desk.only_store if desk.only_store and can(desk.user, MANAGE_STORE, desk.only_store.pk) else None
    return {
        "span": span,
        "most_days": MOST_DAYS,
        "totals": Row("", report.totals),
        "report": report,
        "tables": [
            ("method", _("By method"), _("Method"), tables["method"]),
            ("reason", _("By reason"), _("Reason"), tables["reason"]),
            ("agent", _("By agent"), _("Agent"), tables["agent"]),
        ],
        "days": [row for row in reversed(tables["day"]) if row.kept.offers],
        "charts": {
            "days": days_chart(report.by["day"]),
            "methods": rate_chart(tables["method"]),
            "reasons": net_chart(tables["reason"]),
        },
        "ranges": [
            {
                "days": days,
                "start": today - timedelta(days=days - 1),
                "end": today,
                "is_on": _is_range(span, today, days),
            }
            for days in RANGES
        ],
        "marketplaces": marketplaces.choices() if desk.is_operator and desk.store is None else [],
        "proofs": prove(span.stores, span.start, span.end) if span.stores else [],
        "fewest": FEWEST,
        "only_own": bool(span.own) and not span.stores,
        "rates_store": owned,
        "foresight": foresee_ceilings(owned, span.start, span.end) if owned and retains(owned) else None,
        "fewest_logged": FEWEST_LOGGED,
    }


def _is_range(span: Span, today: date, days: int) -> bool:
    return span.end == today and number_of_days(span.start, span.end) == days
