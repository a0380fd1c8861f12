"""What retention saved in a range of days: the roll-ups, and what is not rolled up yet counted on the spot.

One statement reads both in one snapshot, so an answer is as right a millisecond after an acceptance as a year
later. What is not rolled up is what happened since the last roll-up, which is little, and what buyers have yet to
answer, which is counted by an index alone (docs/adr/0112).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal

from django.db import connection

from common.calendar import days_until, number_of_days
from common.money import ZERO
from offers.insights.loss import Loss
from offers.insights.sql import AVOIDED, FRESH_OF_FEW, LOSS_OF_FEW, LOSSES, OUT_MEASURES, rule_parameters
from offers.models.totals import IN_PARTS, MEASURES

RATE_PLACES = Decimal("0.0001")
GROUPS = ("day", "method", "reason", "agent")


@dataclass(frozen=True)
class Span:
    """Which figures are asked for.

    Days from `start` to `end`, both included, in which stores (None: all, of `marketplace` if it is named).

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

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(*(getattr(self, name) + getattr(other, name) for name in MEASURES))

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


_MEASURES = ", ".join(MEASURES)
_ROW = "date, method, reason, agent, agent_label"


_OF_MARKETPLACE = "d.marketplace = %(marketplace)s"
_ITS_STORES = "SELECT id FROM stores_store WHERE marketplace = %(marketplace)s"


def _totals(span: Span) -> str:
    """The conditions on totals `d`. Stores by equality always: of a store its days lie together in the index."""
    stores = "%(stores)s"
    if span.stores is None:
        stores = f"ARRAY({_ITS_STORES if span.marketplace else 'SELECT id FROM stores_store'})"
    return f"d.store_id = ANY({stores}) AND d.date BETWEEN %(start)s AND %(end)s"


def _where(span: Span, row: str, day: str, agent: str, of_marketplace: str = _OF_MARKETPLACE) -> str:
    """The conditions on a table's rows; `row` is its alias."""
    parts = [f"{row}.{day} BETWEEN %(start)s AND %(end)s"]
    if span.stores is not None:
        whole = f"{row}.store_id = ANY(%(stores)s)"
        own = f"{row}.store_id = ANY(%(own)s) AND {agent} = %(agent)s"
        parts.append(f"({whole} OR {own})" if span.stores and span.own else own if span.own else whole)
    if span.marketplace:
        parts.append(of_marketplace)
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
    """The statement behind `read`: groups of every kind at once.

    What is rolled up is read from the totals, which are few, and of an agent from the rows that are theirs.
    """
    own = _where(replace(span, stores=()), "d", "date", "d.agent")
    theirs = f"UNION ALL SELECT {_ROW}, {_MEASURES} FROM offers_dailyretention d WHERE {own}" if span.own else ""
    unrolled = _where(span, "o", "sent_on", "o.sent_by", f"o.store_id IN ({_ITS_STORES})")
    return f"""
        WITH fresher AS MATERIALIZED (
            SELECT o.id, o.store_id, o.refund_id, o.status FROM offers_offer o
            WHERE NOT o.is_rolled AND o.status = ANY(%(over)s) AND {unrolled}
        ), touched AS (
            SELECT store_id, refund_id FROM fresher WHERE status = 'accepted'
            UNION ALL
            SELECT l.store_id, l.id FROM refunds_refund l WHERE l.status = 'refunded' AND NOT l.is_loss_counted
              AND {"l.store_id = ANY(%(all_stores)s)" if span.stores is not None else "true"}
        ), chosen AS (
            SELECT id FROM fresher
            UNION
            SELECT other.id FROM touched t CROSS JOIN LATERAL (
                SELECT o.id FROM refunds_refund a
                JOIN refunds_refund r ON r.store_id = a.store_id AND r.order_id = a.order_id AND r.id <> a.id
                JOIN offers_offer o ON o.store_id = r.store_id AND o.refund_id = r.id AND o.status = 'accepted'
                WHERE a.store_id = t.store_id AND a.id = t.refund_id AND {unrolled}
                OFFSET 0  -- looked up for each: planned as one join, all that was accepted in these days was read
            ) other
        ), fresh AS ({FRESH_OF_FEW}), rows AS (
            SELECT {_ROW}, {_MEASURES} FROM fresh
            UNION ALL
            SELECT {_ROW}, {", ".join(f"-b.{name}" for name in MEASURES)}
            FROM fresh f JOIN offers_outcome b ON b.store_id = f.store_id AND b.offer_id = f.offer_id
            UNION ALL
            SELECT o.sent_on, o.method, o.reason, o.sent_by, o.sent_by_label, {OUT_MEASURES}
            FROM offers_offer o
            WHERE NOT o.is_rolled AND o.status = ANY(%(out)s) AND {unrolled}
            GROUP BY o.sent_on, o.method, o.reason, o.sent_by, o.sent_by_label
            {theirs}
        ), parts AS (
            SELECT part, date, key, label, {_MEASURES} FROM offers_retentiontotal d WHERE {_totals(span)}
            UNION ALL
            SELECT g.part, r.date, g.key, g.label, {_MEASURES} FROM rows r {IN_PARTS.format("r")}
        )
        SELECT part, CASE part WHEN 'day' THEN date END, key, max(label),
               {", ".join(f"sum({name})" for name in MEASURES)}
        FROM parts GROUP BY 1, 2, 3
    """


def loss_sql(span: Span) -> str:
    """The statement behind a report's losses."""
    rolled = _where(replace(span, own=()), "d", "date", "")
    return f"""
        WITH lost AS MATERIALIZED (
            SELECT l.id FROM refunds_refund l WHERE l.status = 'refunded' AND NOT l.is_loss_counted
              AND {"l.store_id = ANY(%(stores)s)" if span.stores is not None else "true"}
        ), rows AS (
            SELECT {", ".join(LOSSES)} FROM offers_dailyloss d WHERE {rolled}
            UNION ALL
            SELECT {", ".join(LOSSES)} FROM ({LOSS_OF_FEW}) d WHERE {rolled}
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
        for part, day, key, label, *sums in cursor.fetchall():
            report.by[part][day or key] = Kept(*sums)
            if part == "agent":
                report.agent_names[key] = label
        if with_losses and (span.stores is None or span.stores):
            cursor.execute(loss_sql(span), parameters)
            refunds, *parts = cursor.fetchone()
            if refunds is not None:
                report.lost_refunds = refunds
                report.lost = Loss(**dict(zip([part.name for part in fields(Loss)], parts, strict=True)))
    report.totals = sum(report.by["day"].values(), Kept())
    for name in ("method", "reason", "agent"):
        groups = [group for group in report.by[name].items() if group[1].offers]
        report.by[name] = dict(sorted(groups, key=lambda group: (-group[1].net, str(group[0]))))
    return report
