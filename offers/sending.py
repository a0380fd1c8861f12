"""What an offer keeps of the moment in which it was sent: whoever makes an `Offer` fills these in (Q18)."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from common.actors import Actor
from common.calendar import day_of
from refunds.models import Refund


class SendingFacts(TypedDict):
    """Fields of an offer. Amounts in yuan; `sent_on` is the date on the store's calendar."""

    sent_by: str
    sent_by_kind: str
    sent_by_label: str
    sent_on: date
    reason: str
    asked_kind: str
    asked_amount: Decimal
    product_price: Decimal | None


def sending_facts(refund: Refund, *, actor: Actor, now: datetime, product_price: Decimal | None = None) -> SendingFacts:
    """Fields of an offer about a refund, loaded with its store, that `actor` sends now.

    `product_price` is what the goods that it promises are worth together, if it promises any.
    """
    return {
        "sent_by": actor.id or actor.kind,
        "sent_by_kind": actor.kind,
        "sent_by_label": actor.label,
        "sent_on": day_of(now, refund.store.time_zone),
        "reason": refund.reason,
        "asked_kind": refund.kind,
        "asked_amount": refund.amount,
        "product_price": product_price,
    }
