"""TOP's lists of what has changed: of refunds, and for shops of Tmall of every dispute and of exchanges.

The list of disputes is documented to hold all of a shop's, but so is that of refunds, which some say it doesn't: each
is asked, and what is on several is told once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.port import Brief
from connectors.reading import part, rows, text
from connectors.top.asking import beijing_text
from connectors.top.copies import DISPUTE_FIELDS, EXCHANGE_FIELDS, top_version
from connectors.top.decisions import is_true

PAGE = 100


@dataclass(frozen=True)
class Listing:
    """One list: its call, where its rows and its `has_next` stand in the answer, and how its fields are called."""

    method: str
    fields: str
    within: tuple[str, ...]  # the object that tells of the page
    under: tuple[str, str]  # … and where in it the rows are
    since: str = "start_modified"
    until: str = "end_modified"
    id: str = "refund_id"
    has_choice: bool = True  # whether to have `has_next` told is asked for

    def asked(self, since: datetime, until: datetime) -> dict[str, str]:
        """What is asked for a window, but for the page's number."""
        window = {self.since: beijing_text(since), self.until: beijing_text(until), "page_size": str(PAGE)}
        return {"fields": self.fields, **window, **({"use_has_next": "true"} if self.has_choice else {})}

    def rows(self, said: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of an answer."""
        return rows(part(said, *self.within, self.under[0]).get(self.under[1]))

    def page(self, said: Mapping[str, Any]) -> tuple[list[Brief], bool]:
        """What an answer lists, and whether there is another page."""
        listed = [
            Brief(text(row.get(self.id)), text(row.get("tid")) or text(row.get("biz_order_id")), top_version(row))
            for row in self.rows(said)
        ]
        return listed, is_true(part(said, *self.within).get("has_next"))


REFUNDS = Listing(
    "taobao.refunds.receive.get",
    "refund_id,tid,oid,status,modified,refund_version,refund_phase,dispute_type",
    within=(),
    under=("refunds", "refund"),
)
DISPUTES = Listing("tmall.dispute.receive.get", DISPUTE_FIELDS, within=("result",), under=("results", "dispute"))
EXCHANGES = Listing(
    "tmall.exchange.receive.get",
    EXCHANGE_FIELDS,
    within=(),
    under=("results", "exchange"),
    since="start_gmt_modified_time",
    until="end_gmt_modifed_time",  # as the document spells it
    id="dispute_id",
    has_choice=False,
)
LISTINGS = (REFUNDS, DISPUTES, EXCHANGES)
