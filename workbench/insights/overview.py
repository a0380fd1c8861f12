"""Money kept in the last thirty days, for the overview."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.http import HttpRequest

from offers.insights.reading import Kept, read
from workbench.insights.page import Row, span_of, today_of
from workbench.kit.desk import desk_of

DAYS = 30
WIDTH, HEIGHT = 240, 44


def money_kept(request: HttpRequest, now: datetime) -> dict | None:
    """The totals and a small trend; None for whoever may not see figures or when there are none yet."""
    if not request.user.has_perm("offers.view_dailyretention"):
        return None
    desk = desk_of(request)
    today = today_of(desk, now)
    report = read(span_of(desk, today - timedelta(days=DAYS - 1), today), with_losses=False)
    if not report.totals.offers:
        return None
    return {"days": DAYS, "totals": Row("", report.totals), "trend": _trend(list(report.by["day"].values()))}


def _trend(days: list[Kept]) -> dict:
    """Net per day as the points of a line, and where zero is."""
    values = [kept.net for kept in days]
    top, bottom = max(Decimal(1), *values), min(Decimal(0), *values)
    scale = (HEIGHT - 4) / (top - bottom)
    step = Decimal(WIDTH) / (len(values) - 1)
    points = " ".join(f"{place * step:.1f},{2 + (top - value) * scale:.1f}" for place, value in enumerate(values))
    return {"points": points, "zero": f"{2 + top * scale:.1f}", "width": WIDTH, "height": HEIGHT}
