"""What tests of retention's figures share: rates, offers over the API, a report that is right in three ways."""

from decimal import Decimal

from offers.insights.rebuild import rebuild, roll_everything
from stores.marketplaces import Costs
from tests.books import amiss

RATES = {
    "return_freight": "9.00",
    "handling": "3.50",
    "agent_minutes": 10,
    "agent_hourly": "33.10",
    "consultation": "0.75",
}

COSTS = vars(Costs())

AVOIDED = Decimal("9.00") + Decimal("3.50") + Decimal("5.52") + Decimal("0.75")


def report(shop, **params) -> dict:
    answer = shop.merchant.get("insights/retention/", **params)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def send(shop, refund=None, **terms) -> str:
    refund = refund or shop.refund()
    answer = shop.merchant.post("offers/", {"refund": str(refund.pk), "message": "亲，抱歉", **terms})
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


def accepted(shop, refund=None, **terms) -> str:
    offer = send(shop, refund, **terms)
    assert shop.buyer.post(f"offers/{offer}/accept/").status_code == 200
    return offer


def money(shop) -> tuple[str, ...]:
    totals = report(shop)["totals"]
    return tuple(totals[name] for name in ("sales_kept", "hidden_costs_avoided", "offer_costs", "net"))


def consistent(shop) -> dict:
    """The report, which is the same before it is rolled up, afterwards, and after a rebuild."""
    live = report(shop)
    roll_everything()
    assert report(shop) == live
    assert rebuild(shop.store) == 0
    assert report(shop) == live
    assert amiss() == {}
    return live
