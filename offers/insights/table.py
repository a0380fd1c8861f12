"""The figures as a table: for a spreadsheet, and for clients."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from offers.insights.reading import Kept, RetentionReport
from offers.insights.sql import COUNTS
from offers.registry import method_label
from orders.erp.cells import inert
from refunds.states import RefundReason

YUAN = ("sales_kept", "taken_back", "hidden_costs_avoided", "offer_costs", "net")


def figures_in_text(kept: Kept) -> dict:
    """Counts as numbers, money with two places and the rate with four as strings."""
    return {
        **{name: getattr(kept, name) for name in COUNTS},
        "acceptance_rate": str(kept.acceptance_rate),
        **{name: f"{getattr(kept, name):.2f}" for name in YUAN},
    }


def groups_of(report: RetentionReport, group_by: str) -> Iterator[dict]:
    """The rows of one grouping: its key under its own name, then the figures."""
    for key, kept in report.by[group_by].items():
        row = {group_by: str(key)}
        if group_by == "agent":
            row["name"] = report.agent_names[str(key)]
        yield {**row, **figures_in_text(kept)}


def label_of(report: RetentionReport, group_by: str, key) -> str:
    """What people call a group."""
    match group_by:
        case "method":
            return method_label(key)
        case "reason":
            return str(RefundReason(key).label)
        case "agent":
            return agent_name(key, report.agent_names[key])
    return str(key)


def agent_name(agent: str, name: str) -> str:
    """A person's or a key's name; what nobody sent was sent automatically."""
    if agent in ("system", "platform"):
        return _("Automatic")
    return name or agent


def as_csv(report: RetentionReport, group_by: str) -> str:
    """A table of one grouping with a head line, in the words of the current language; no cell is ever a formula."""
    heads = {
        "day": _("Day"),
        "method": _("Retention method"),
        "reason": _("Reason"),
        "agent": _("Agent"),
        "offers": _("Offers"),
        "answered": _("Answered"),
        "expired": _("Without an answer"),
        "accepted": _("Accepted"),
        "acceptance_rate": _("Acceptance rate"),
        "sales_kept": _("Sales kept"),
        "taken_back": _("Lost again later"),
        "hidden_costs_avoided": _("Hidden costs avoided"),
        "offer_costs": _("Cost of the offers"),
        "net": _("Net"),
    }
    out = io.StringIO()
    writer = csv.writer(out)
    names = (*COUNTS, "acceptance_rate", *YUAN)
    writer.writerow([heads[group_by], *(heads[name] for name in names)])
    for key, kept in report.by[group_by].items():
        figures = figures_in_text(kept)
        writer.writerow([inert(label_of(report, group_by, key)), *(figures[name] for name in names)])
    return out.getvalue()
