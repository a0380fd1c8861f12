"""Triggers by which the totals of a day follow its rows: whoever writes rows, of whichever release (docs/adr/0112)."""

import pgtrigger

MEASURES = (
    *("offers", "answered", "expired", "accepted", "sales_kept", "taken_back"),
    *("return_freight", "handling", "agent_time", "consultation", "offer_costs"),
)
TOTAL_KEY = ("store_id", "date", "part", "key", "label")
# What a row `{0}` of figures is a part of: its day, its method, its reason, its agent with the name of then.
IN_PARTS = """
    CROSS JOIN LATERAL (
        VALUES ('day', '', ''), ('method', {0}.method, ''), ('reason', {0}.reason, ''),
               ('agent', {0}.agent, {0}.agent_label)
    ) AS g (part, key, label)
"""
_KEY, _MEASURES = ", ".join(TOTAL_KEY), ", ".join(MEASURES)


def sums_of(rows: str) -> str:
    """The totals of rows of `DailyRetention`, each to be inserted into its table."""
    return f"""
        SELECT d.store_id, d.date, g.part, g.key, g.label,
               {", ".join(f"sum(d.{name}) AS {name}" for name in MEASURES)}
        FROM ({rows}) d {IN_PARTS.format("d")} GROUP BY {_KEY}
    """


def _added(rows: str) -> str:
    return f"""
        INSERT INTO offers_retentiontotal ({_KEY}, {_MEASURES}) {sums_of(rows)} ORDER BY {_KEY}
        ON CONFLICT ({_KEY}) DO UPDATE
        SET {", ".join(f"{name} = offers_retentiontotal.{name} + excluded.{name}" for name in MEASURES)};
    """


_COLUMNS = "store_id, date, method, reason, agent, agent_label"
_LESS = ", ".join(f"-{name} AS {name}" for name in MEASURES)
_TAKEN = f"""
    UPDATE offers_retentiontotal t SET {", ".join(f"{name} = t.{name} - s.{name}" for name in MEASURES)}
    FROM ({sums_of("SELECT * FROM removed")}) s WHERE ({", ".join(f"t.{name}" for name in TOTAL_KEY)}) = (
        {", ".join(f"s.{name}" for name in TOTAL_KEY)}
    );
"""
_CHANGED = f"""
    SELECT {_COLUMNS}, {_MEASURES} FROM added UNION ALL SELECT {_COLUMNS}, {_LESS} FROM removed
"""


def _trigger(name: str, operation, then: str, **tables) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=f"{then} RETURN NULL;",
    )


FOLLOWING = [
    _trigger("total_added", pgtrigger.Insert, _added("SELECT * FROM added"), new="added"),
    _trigger("total_changed", pgtrigger.Update, _added(_CHANGED), new="added", old="removed"),
    _trigger("total_removed", pgtrigger.Delete, _TAKEN, old="removed"),
]
