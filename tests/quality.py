"""A Pinduoduo store with quality refunds: what its tests share."""

from datetime import datetime
from decimal import Decimal

from orders.models import Order
from refunds.quality.restrictions import review_all
from stores import marketplaces
from tests.books import amiss
from tests.world import NOON, Shop


def ask(
    shop: Shop, order: Order | None = None, *, reason: str = "quality", now: datetime = NOON, amount="1.00", **kwargs
):
    """A refund of a new order (paid a day before) with this reason."""
    order = order or shop.order(now=now)
    return shop.refund(order, kind=kwargs.pop("kind", "refund_only"), reason=reason, amount=amount, now=now, **kwargs)


def bulk_orders(shop: Shop, count: int, paid_at: datetime) -> None:
    """Orders that were paid at an instant, straight into the table: only their number matters."""
    with shop.scope():
        Order.objects.bulk_create(
            Order(
                store=shop.store,
                number=f"BULK-{paid_at:%m%d%H%M%S}-{number:05d}",
                buyer_id="b",
                buyer_name="B",
                paid_at=paid_at,
                ship_by=paid_at,
                shipped_at=paid_at,
                status="shipped",
                address="x",
                paid_amount=Decimal("1.00"),
            )
            for number in range(count)
        )


def figures(shop: Shop) -> dict:
    """What GET quality/ answers."""
    answer = shop.merchant.get("quality/")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def counts(shop: Shop) -> tuple[int, int, str]:
    """(quality refunds, orders, rate)."""
    answer = figures(shop)
    return answer["quality_refunds"], answer["orders"], answer["rate"]


def clean_books() -> None:
    """Every check of `verify_ledger` passes; bulk orders have no lines, which is the one thing not looked at."""
    off = amiss()
    off.pop("an order's paid amount is the sum of its lines, unless only copies of its refunds are known", None)
    assert off == {}, off


def set_rules(monkeypatch, marketplace: str, **changes) -> None:
    """Let a marketplace have other rules for the test."""
    from dataclasses import replace

    rules = replace(marketplaces.current_rules(marketplace), **changes)
    monkeypatch.setitem(marketplaces._ALL, (rules.name, rules.version), rules)


def restrict(shop: Shop, count: int, now: datetime = NOON) -> None:
    """Let the store have so many quality refunds, each of an order of its own, and review it."""
    for _ in range(count):
        ask(shop, now=now)
    review_all()
