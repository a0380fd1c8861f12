"""What a connected marketplace says of refunds: its copies, as `refunds.marketplace` is told of them."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count

from common.actors import Actor, ActorKind
from orders.marketplace import CopiedLine, CopiedOrder
from refunds.marketplace import CopiedRefund, MarketplaceReport, follow, open_followed
from refunds.models import Refund
from refunds.signals import decision_asked, decision_handed_over
from tests.world import NOON, Shop

MARKETPLACE = Actor(ActorKind.PLATFORM, "marketplace", "marketplace")
_numbers = count(1)


def report(stage: str, amount: str = "59.00", *, at=NOON, **facts) -> MarketplaceReport:
    """A copy that has just been changed there, of a request that was made an hour before."""
    facts = {"kind": "return_and_refund", "reason": "changed_mind", "deadline": at + timedelta(hours=40), **facts}
    return MarketplaceReport(
        stage=stage,
        raw_status=f"WAIT_{stage.upper()}",
        amount=Decimal(amount),
        created_at=NOON - timedelta(hours=1),
        updated_at=at,
        **facts,
    )


def copied_line(item_id: str = "8000", price: str | None = "59.00", quantity: int = 1) -> CopiedLine:
    """Goods as a copy names them."""
    return CopiedLine(
        item_id=item_id, quantity=quantity, unit_price=None if price is None else Decimal(price), title="Quilt"
    )


def copied_order(number: str | None = None, **facts) -> CopiedOrder:
    """An order as a copy tells of it; by default one that nobody has seen."""
    known = {"buyer_id": "open-1", "buyer_name": "王**", "paid_amount": Decimal("59.00"), "paid_at": None}
    return CopiedOrder(**{"number": number or f"COPY-{next(_numbers):06d}", "is_shipped": True, **known, **facts})


def followed(shop: Shop, stage: str = "asked", amount: str = "59.00", *, order=None, lines=None, **facts) -> Refund:
    """A refund that the marketplace has; `order` is the shop's own, or a copy of one."""
    copied = copied_order(order.number) if hasattr(order, "number") else order or copied_order()
    lines = [copied_line()] if lines is None else lines
    now = facts.get("at", NOON)
    with shop.scope():
        asked = CopiedRefund(order=copied, lines=lines, report=report(stage, amount, **facts))
        return open_followed(store=shop.store, copied=[asked], actor=MARKETPLACE, now=now)[0]


def told(shop: Shop, refund: Refund, stage: str, amount: str = "59.00", *, at=NOON, **facts) -> Refund:
    """The marketplace says that the refund is there now."""
    with shop.scope():
        return follow(
            store_id=shop.store.pk,
            refund_id=refund.pk,
            report=report(stage, amount, at=at, **facts),
            actor=MARKETPLACE,
            now=at,
        )


@contextmanager
def connected(refusal=None):
    """Somebody sends decisions to the marketplace; yields what was handed over, as (verb, data)."""
    sent = []

    def asked(sender, refund, verb, **kwargs):
        return refusal or True

    def take(sender, refund, verb, data, **kwargs):
        sent.append((verb, data))
        return True

    decision_asked.connect(asked)
    decision_handed_over.connect(take)
    try:
        yield sent
    finally:
        decision_asked.disconnect(asked)
        decision_handed_over.disconnect(take)
