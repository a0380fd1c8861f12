"""The charts: data and options for the theme's Chart.js. Amounts travel as text, so that no cent is lost on the way."""

import json
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from offers.insights.reading import Kept

# Legible on the light and on the dark ground; grid lines are coloured by the theme.
INK = "#8b95a5"
GRID = {"color": "#8884"}
_BARS = {
    "animation": False,
    "responsive": True,
    "maintainAspectRatio": False,
    "plugins": {"legend": {"display": False}},
}


def _axis(**options) -> dict:
    return {
        "border": {"display": False},
        "ticks": {"color": INK, **options.pop("ticks", {})},
        "grid": dict(GRID),
        **options,
    }


def _quiet(**options) -> dict:
    return _axis(**options) | {"grid": {"display": False}}


def days_chart(days: dict[date, Kept]) -> dict:
    """Net per day."""
    data = {
        "labels": [f"{day:%m-%d}" for day in days],
        "datasets": [
            {
                "label": _("Net (¥)"),
                "data": [str(kept.net) for kept in days.values()],
                "backgroundColor": "var(--color-primary-500)",
                "borderRadius": 3,
                "maxBarThickness": 28,
            }
        ],
    }
    scales = {"x": _quiet(ticks={"maxRotation": 0, "autoSkipPadding": 12}), "y": _axis(beginAtZero=True)}
    return _chart(data, {**_BARS, "scales": scales})


def rate_chart(rows: Sequence) -> dict:
    """Acceptance in per cent, the highest first, a bar each."""
    ordered = sorted(rows, key=lambda row: -row.kept.acceptance_rate)
    values = [str(row.kept.acceptance_rate * 100) for row in ordered]
    return _lying(ordered, values, _("Accepted (%)"), "var(--color-primary-500)", max=100)


def net_chart(rows: Sequence) -> dict:
    """Net in yuan, the most first, a bar each."""
    return _lying(rows, [str(row.kept.net) for row in rows], _("Net (¥)"), "#4a86d8")


def _lying(rows: Sequence, values: list[str], label: str, colour: str, **axis) -> dict:
    bar = {"label": label, "data": values, "backgroundColor": colour, "borderRadius": 3, "maxBarThickness": 18}
    scales = {"x": _axis(beginAtZero=True, **axis), "y": _quiet()}
    return _chart(
        {"labels": [row.label for row in rows], "datasets": [bar]}, {**_BARS, "indexAxis": "y", "scales": scales}
    ) | {"height": 46 + 30 * len(rows)}


def _chart(data: dict, options: dict) -> dict:
    return {"data": json.dumps(data, ensure_ascii=False), "options": json.dumps(options)}
