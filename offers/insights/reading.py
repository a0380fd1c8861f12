"""What retention saved in a range of days: the roll-ups, and what is not rolled up yet counted on the spot.

One statement reads both in one snapshot, so an answer is as right a millisecond after an acceptance as a year
later. What is not rolled up is what happened since the last roll-up and what buyers have yet to answer: partial
indexes bound it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal

from django.db import connection

from common.calendar import days_until, number_of_days
from common.money import ZERO
from offers.insights.loss import Loss
from offers.insights.sql import AVOIDED, FRESH, LOSS, LOSSES, MEASURES, rule_parameters

RATE_PLACES = Decimal("0.0001")
GROUPS = ("day", "method", "reason", "agent")


@dataclass(frozen=True)
class Span:
    """Which figures are asked for.

    Days from `start` to `end`, both included, in which stores (None: all), of which marketplace ("": all).

    In the stores of `own` only what `agent` sent counts, in those of `stores` everything.
    """

    start: date
    end: date
    stores: Sequence[int] | None
    own: Sequence[int] = ()
    agent: str = ""
    marketplace: str = ""

    def days(self) -> list[date]:
        """Each day, the first first."""
        return days_until(self.end, number_of_days(self.start, self.end))


@dataclass
class Kept:
    """What a group of offers came to. Yuan; `taken_back` has been subtracted from `sales_kept` already."""

    offers: int = 0
    answered: int = 0
    expired: int = 0
    accepted: int = 0
    sales_kept: Decimal = ZERO
    taken_back: Decimal = ZERO
    return_freight: Decimal = ZERO
    handling: Decimal = ZERO
    agent_time: Decimal = ZERO
    consultation: Decimal = ZERO
    offer_costs: Decimal = ZERO

    @property
    def hidden_costs_avoided(self) -> Decimal:
        """Return freight, handling, the agent's time and consultation."""
        return sum((getattr(self, name) for name in AVOIDED), ZERO)

    @property
    def net(self) -> Decimal:
        """What retention was worth."""
        return self.sales_kept + self.hidden_costs_avoided - self.offer_costs

    @property
    def over(self) -> int:
        """Offers that have an end: answered, or left without an answer."""
        return self.answered + self.expired

    @property
    def acceptance_rate(self) -> Decimal:
        """Accepted of those that are over. Four places; 0 when none is."""
        rate = Decimal(self.accepted) / self.over if self.over else Decimal(0)
        return rate.quantize(RATE_PLACES)


@dataclass
class RetentionReport:
    """The totals and their groups: by date, by the code of a method or reason, by agent (with the name last used)."""

    totals: Kept
    by: dict[str, dict[object, Kept]] = field(default_factory=lambda: {name: {} for name in GROUPS})
    agent_names: dict[str, str] = field(default_factory=dict)
    lost: Loss = field(default_factory=Loss)
    lost_refunds: int = 0


_SUMS = ", ".join(f"sum({name}) AS {name}" for name in MEASURES)
_ROW = "date, method, reason, agent, agent_label"


def _where(span: Span, row: str, day: str, agent: str, marketplace: str) -> str:
    """The conditions on a table's rows; `row` is its alias."""
    parts = [f"{row}.{day} BETWEEN %(start)s AND %(end)s"]
    if span.stores is not None:
        mine = f"{row}.store_id = ANY(%(stores)s)"
        own = f"({row}.store_id = ANY(%(own)s) AND {agent} = %(agent)s)"
        parts.append(f"({mine} OR {own})" if span.own else mine)
    if span.marketplace:
        parts.append(f"{marketplace} = %(marketplace)s")
    return " AND ".join(parts)


def _parameters(span: Span) -> dict:
    return {
        "start": span.start,
        "end": span.end,
        "stores": None if span.stores is None else list(span.stores),
        "own": list(span.own),
        "agent": span.agent,
        "marketplace": span.marketplace,
        **rule_parameters(),
    }


def retention_sql(span: Span) -> str:
    """The statement behind `read`: groups of every kind at once."""
    rolled = _where(span, "d", "date", "d.agent", "d.marketplace")
    unrolled = _where(span, "o", "sent_on", "o.sent_by", "s.marketplace")
    return f"""
        WITH fresher AS MATERIALIZED (
            SELECT o.id, o.store_id, o.refund_id, o.status FROM offers_offer o JOIN stores_store s ON s.id = o.store_id
            WHERE NOT o.is_rolled AND {unrolled}
        ), touched AS (
            SELECT store_id, refund_id FROM fresher WHERE status = 'accepted'
            UNION ALL
            SELECT l.store_id, l.id FROM refunds_refund l WHERE l.status = 'refunded' AND NOT l.is_loss_counted
              AND {"l.store_id = ANY(%(all_stores)s)" if span.stores is not None else "true"}
        ), chosen AS (
            SELECT id FROM fresher
            UNION
            SELECT o.id FROM touched t JOIN refunds_refund a ON a.store_id = t.store_id AND a.id = t.refund_id
            JOIN refunds_refund r ON r.store_id = a.store_id AND r.order_id = a.order_id AND r.id <> a.id
            JOIN offers_offer o ON o.store_id = r.store_id AND o.refund_id = r.id AND o.status = 'accepted'
            JOIN stores_store s ON s.id = o.store_id
            WHERE {unrolled}
        ), fresh AS ({FRESH}), rows AS (
            SELECT {_ROW}, {", ".join(MEASURES)} FROM offers_dailyretention d WHERE {rolled}
            UNION ALL
            SELECT {_ROW}, {", ".join(MEASURES)} FROM fresh
            UNION ALL
            SELECT {_ROW}, {", ".join(f"-b.{name}" for name in MEASURES)}
            FROM fresh f JOIN offers_outcome b ON b.store_id = f.store_id AND b.offer_id = f.offer_id
        )
        SELECT grouping(date, method, reason, agent), date, method, reason, agent, max(agent_label), {_SUMS}
        FROM rows GROUP BY GROUPING SETS ((), (date), (method), (reason), (agent))
    """


def loss_sql(span: Span) -> str:
    """The statement behind a report's losses."""
    rolled = _where(replace(span, own=()), "d", "date", "", "d.marketplace")
    return f"""
        WITH lost AS MATERIALIZED (
            SELECT l.id FROM refunds_refund l WHERE l.status = 'refunded' AND NOT l.is_loss_counted
              AND {"l.store_id = ANY(%(stores)s)" if span.stores is not None else "true"}
        ), rows AS (
            SELECT {", ".join(LOSSES)} FROM offers_dailyloss d WHERE {rolled}
            UNION ALL
            SELECT {", ".join(LOSSES)} FROM ({LOSS}) d WHERE {rolled}
        )
        SELECT {", ".join(f"sum({name})" for name in LOSSES)} FROM rows
    """


def read(span: Span, *, with_losses: bool = True) -> RetentionReport:
    """The figures of a span, in two statements whatever their number. The scope must cover its stores.

    Every day of the span is there; a method, reason or agent is when it has figures. What was lost is that of `stores`
    only: an agent loses no order; without losses it is one statement.
    """
    report = RetentionReport(
        totals=Kept(), by={"day": {day: Kept() for day in span.days()}, "method": {}, "reason": {}, "agent": {}}
    )
    parameters = _parameters(span) | {"all_stores": [*(span.stores or ()), *span.own]}
    with connection.cursor() as cursor:
        cursor.execute(retention_sql(span), parameters)
        for grouping, day, method, reason, agent, name, *sums in cursor.fetchall():
            kept = Kept(**dict(zip(MEASURES, sums, strict=True))) if sums[0] is not None else Kept()
            match grouping:
                case 0b0111:
                    report.by["day"][day] = kept
                case 0b1011:
                    report.by["method"][method] = kept
                case 0b1101:
                    report.by["reason"][reason] = kept
                case 0b1110:
                    report.by["agent"][agent] = kept
                    report.agent_names[agent] = name
                case _:
                    report.totals = kept
        if with_losses and (span.stores is None or span.stores):
            cursor.execute(loss_sql(span), parameters)
            refunds, *parts = cursor.fetchone()
            if refunds is not None:
                report.lost_refunds = refunds
                report.lost = Loss(**dict(zip([part.name for part in fields(Loss)], parts, strict=True)))
    for name in ("method", "reason", "agent"):
        groups = [group for group in report.by[name].items() if group[1].offers]
        report.by[name] = dict(sorted(groups, key=lambda group: (-group[1].net, str(group[0]))))
    return report
