"""Measure what a refund leaves in each table that only grows, and write its yearly size into docs/scaling.md.

scripts/growth.py    needs a database with `load_volume`'s rows; 1,000 stores × 400 refunds a day are reckoned
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- made by scripts/growth.py -->\n", "<!-- to here -->\n"
REFUNDS_A_YEAR = 1000 * 400 * 365
GIB = 2**30
# Nothing of these ever goes; what does is in docs/deploy.md (KEEP_…_DAYS).
GROWING = (
    *("common_event", "orders_order", "orders_orderline", "orders_shipment", "orders_owedparcel"),
    *("refunds_refund", "refunds_refundline", "refunds_message", "refunds_evidence", "refunds_dispute"),
    *("refunds_appeal", "refunds_qualityrefund", "payments_payment", "payments_transfer", "offers_offer"),
    *("offers_outcome", "offers_advice", "offers_coupongrant", "offers_offercoupon", "automation_ruling"),
    *("connectors_mirroredrefund", "connectors_sentdecision", "connectors_platformtask", "refunds_assignment"),
    *("refunds_note", "refunds_refundtag", "privacy_buyerrequest", "refunds_carrierclaim", "orders_delayreport"),
    *("orders_delayedorder", "refunds_livesession", "automation_ruleversion", "refunds_qualityrestriction"),
    *("payments_dayallowance", "payments_reconciliation", "payments_difference", "refunds_qualityday"),
    *("offers_dailyretention", "offers_retentiontotal", "offers_dailyloss", "offers_lossoutcome"),
)
_MEASURE = "SELECT count(*), pg_table_size('{0}'), pg_indexes_size('{0}') FROM {0}"


def measured() -> list[tuple[str, float, float, float]]:
    """(table, rows per refund, bytes of a row, bytes of its index entries) of each table that has rows."""
    from django.db import connection

    from common.tenancy import system_scope

    found = []
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM refunds_refund")
        refunds = cursor.fetchone()[0]
        for table in GROWING:
            cursor.execute(_MEASURE.format(table))
            rows, size, indexes = cursor.fetchone()
            if rows >= refunds / 100:  # fewer tell nothing: a page is as large with one row
                found.append((table, rows / refunds, size / rows, indexes / rows))
    return found


def render() -> str:
    """The table."""
    lines, whole = [], 0.0
    for table, rows, size, indexes in sorted(measured(), key=lambda each: -each[1] * (each[2] + each[3])):
        year = rows * REFUNDS_A_YEAR * (size + indexes) / GIB
        whole += year
        lines.append(f"| `{table}` | {rows:.2f} | {size:,.0f} | {indexes:,.0f} | {year:,.0f} |")
    head = "| table | rows per refund | bytes a row | of its indexes | GiB a year |\n|---|---|---|---|---|\n"
    counted = {line.split("`")[1] for line in lines}
    others = ", ".join(f"`{table}`" for table in GROWING if table not in counted)
    table = f"{head}{chr(10).join(lines)}\n| **together** | | | | **{whole:,.0f}** |\n"
    return f"{table}\nThese grow, too; `load_volume` writes hardly any of them: {others}.\n"


def main() -> int:
    """Write it."""
    import django

    django.setup()
    text = PAGE.read_text()
    PAGE.write_text(f"{text[: text.index(BEGIN)]}{BEGIN}\n{render()}\n{text[text.index(END) :]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
