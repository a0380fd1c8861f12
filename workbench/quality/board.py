"""What the quality page and the overview tell: each step, the trend, and how to recover (P7)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from refunds.models import QualityRestriction
from refunds.quality.figures import QualityFigures, figures_of, rate_of
from refunds.quality.recovery import Recovery, recovery_from
from refunds.states import QualityStep
from stores.marketplaces.base import QualityThreshold
from stores.models import Store
from workbench.kit.words import percent

MOST_RESTRICTED = 60
COLOURS = {QualityStep.DEMOTION: "#e0a12b", QualityStep.NO_NEW_LISTINGS: "#d9722b", QualityStep.PRODUCTS_OFF: "#d04438"}
CHART_OPTIONS = {
    "responsive": True,
    "maintainAspectRatio": False,
    "animation": False,
    "interaction": {"mode": "index", "intersect": False},
    "elements": {"point": {"radius": 0, "hitRadius": 8}},
    "plugins": {"legend": {"position": "bottom", "labels": {"boxWidth": 18, "boxHeight": 2, "color": "#7b8a90"}}},
    "scales": {
        "x": {"grid": {"display": False}, "ticks": {"maxTicksLimit": 7, "maxRotation": 0, "color": "#7b8a90"}},
        "y": {"beginAtZero": True, "grid": {}, "ticks": {"maxTicksLimit": 6, "color": "#7b8a90"}},
    },
}


@dataclass(frozen=True)
class Standing:
    """A step of the marketplace and how the store stands to it."""

    threshold: QualityThreshold
    restriction: QualityRestriction | None
    recovery: Recovery

    @property
    def label(self) -> str:
        """The step's name."""
        return str(QualityStep(self.threshold.step).label)

    @property
    def meaning(self) -> str:
        """What the step does."""
        return MEANINGS[self.threshold.step]()

    @property
    def how_to_recover(self) -> str:
        """What ends the step, as a sentence."""
        if not self.recovery.refunds_fewer:
            return _("The figures have recovered: this is lifted within a minute.")
        fewer = ngettext(
            "%(count)d counted refund has left the 30 days",
            "%(count)d counted refunds have left the 30 days",
            self.recovery.refunds_fewer,
        ) % {"count": self.recovery.refunds_fewer}
        more = ngettext("%(count)d more order", "%(count)d more orders", self.recovery.orders_more) % {
            "count": self.recovery.orders_more
        }
        return _("It is lifted by itself at %(rate)s: when %(fewer)s, or with %(more)s.") % {
            "rate": percent(self.threshold.rate),
            "fewer": fewer,
            "more": more,
        }


MEANINGS = {
    QualityStep.DEMOTION: lambda: _("The store's products are shown further down in search and recommendations."),
    QualityStep.NO_NEW_LISTINGS: lambda: _(
        "No product can be added or listed; what is listed stays and can be changed."
    ),
    QualityStep.PRODUCTS_OFF: lambda: _(
        "All products are off the shelf; they come back by themselves when this is lifted."
    ),
}


def standings(store: Store, figures: QualityFigures, restrictions: list[QualityRestriction]) -> list[Standing]:
    """Every step of the store's marketplace, the mildest first."""
    present = {row.step: row for row in restrictions if row.lifted_at is None}
    return [
        Standing(threshold, present.get(threshold.step), recovery_from(threshold, figures))
        for threshold in store.rules.quality_thresholds
    ]


def trend_of(store: Store, now: datetime, days: int) -> list[tuple[date, Decimal]]:
    """The rate of the window as it was at the end of each of the last `days` dates."""
    window = store.rules.quality_window_days
    counted = figures_of(store, now, days=days + window - 1).days
    found = []
    for end in range(window, len(counted) + 1):
        part = QualityFigures(counted[end - window : end])
        found.append((part.days[-1].date, rate_of(part.quality_refunds, part.orders)))
    return found


def chart_of(store: Store, trend: list[tuple[date, Decimal]]) -> str:
    """The trend and the thresholds as the theme's chart wants them, in per cent."""
    lines = [
        {
            "label": _("Quality refund rate (%)"),
            "data": [str(rate * 100) for _on, rate in trend],
            "borderColor": "var(--color-primary-600)",
            "borderWidth": 2,
            "tension": "0.2",
        }
    ]
    lines += [
        {
            "label": f"{QualityStep(threshold.step).label} > {percent(threshold.rate)}",
            "data": [str(threshold.rate * 100)] * len(trend),
            "borderColor": COLOURS[threshold.step],
            "borderWidth": 1,
            "borderDash": [5, 4],
        }
        for threshold in store.rules.quality_thresholds
    ]
    return json.dumps({"labels": [f"{on:%m-%d}" for on, _rate in trend], "datasets": lines})


def restrictions_in_force() -> QuerySet[QualityRestriction]:
    """Those of the open scope; of the platform's at most MOST_RESTRICTED."""
    return QualityRestriction.objects.in_scope().in_force().select_related("store").order_by("-id")[:MOST_RESTRICTED]


def restricted_stores(rows: Iterable[QualityRestriction]) -> list[dict]:
    """Each store of these with its hardest step."""
    found: dict[int, dict] = {}
    for row in sorted(rows, key=lambda row: QualityStep.values.index(row.step)):
        found[row.store_id] = {"store": row.store, "step": row, "meaning": MEANINGS[row.step]()}
    return sorted(found.values(), key=lambda each: each["store"].code)
