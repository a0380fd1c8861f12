"""What a store has before its history begins: a product, its limit of the day, a coupon, a service budget."""

from datetime import datetime, timedelta
from decimal import Decimal

import time_machine

from common.actors import Actor, ActorKind
from common.tenancy import system_scope
from payments.terms import set_payment_terms
from stores.models import CategoryOpening
from tests.model.numbers import MARKETPLACES
from tests.model.writing import DAY_LIMIT
from tests.world import Shop

OPERATOR = Actor(ActorKind.OPERATOR, "prove", "operator")


def furnish(shop: Shop, now: datetime) -> dict[str, str]:
    """Set the store up over its API; returns the ids of its coupons by how a history calls them."""
    numbers = MARKETPLACES[shop.store.marketplace]
    product = {"item_id": "8000", "title": "Quilt", "category": "50008163", "price": "59.00", "source": "own"}
    _made(shop.merchant.post("products/", [product]))
    # Long before any history, wherever its clock jumps back to (Q2).
    CategoryOpening.objects.filter(category=product["category"]).update(opens_on=now.date() - timedelta(days=60))
    with system_scope():
        terms = {"per_payment": None, "per_order": None, "gateway": ""}
        set_payment_terms(store=shop.store, per_day=Decimal(DAY_LIMIT) / 100, actor=OPERATOR, now=now, **terms)
    rates = {"return_freight": "9.00", "handling": "3.50", "agent_minutes": 10, "agent_hourly": "33.10"}  # Q18
    with time_machine.travel(now - timedelta(days=60), tick=False):
        _made(shop.merchant.patch(f"stores/{shop.store.code}/cost-rates/", {**rates, "consultation": "0.75"}))
    if numbers.budget:
        steps = {
            "agreement_version": "3.0",
            "budget": f"{Decimal(numbers.budget) / 100:.2f}",
            "auto_top_up": {"on": False, "threshold": "0.00", "amount": "0.00"},
            "products": ["8000"],
        }
        _made(shop.merchant.put("returnless/", steps))
        _made(shop.merchant.post("returnless/enrol/"))
        _made(shop.buyer.post("returnless/live-sessions/", {"live_session": "L1"}))  # R3: in force from here on
    if not numbers.coupons:
        return {}
    coupon = {
        "name": "thanks",
        "amount_off": "5.00",
        "min_spend": "0.00",
        "valid_from": (now - timedelta(days=30)).isoformat(),
        "valid_until": (now + timedelta(days=300)).isoformat(),
        "quantity": numbers.coupons,
    }
    channels = {"coupon": "smart_retention", "other_coupon": "refund_retention"}  # Q13: the second is of no use here
    return {
        name: _made(shop.merchant.post("coupons/", {**coupon, "channel": channel}))["id"]
        for name, channel in channels.items()
    }


def _made(answer) -> dict:
    assert answer.status_code < 300, answer.content
    return answer.json()
