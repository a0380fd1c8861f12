"""The figures that the history so far makes: quality (P6, P7, R9), money kept (Q18), sales lost (K12). Cents."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from tests.model.money import SHANGHAI
from tests.model.things import Offer
from tests.model.world import World

QUALITY = ("quality", "not_as_described")  # P6
WINDOW_DAYS = 30  # P7
HOLDS = timedelta(days=30)  # as long a sale that was kept may still be lost
CHANGING = ("change_to_refund_only", "change_to_return")
SENDS_BACK = ("stay", "exchange", "change_to_return")  # a yes to these spares no return parcel


@dataclass
class Kept:
    """What offers came to."""

    offers: int = 0
    answered: int = 0
    expired: int = 0
    accepted: int = 0
    sales_kept: int = 0
    taken_back: int = 0
    hidden_costs_avoided: int = 0
    offer_costs: int = 0

    def add(self, other: "Kept") -> None:
        """These as well."""
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


def figures(world: World, ranks: Mapping[str, int]) -> dict:
    """All of them. `ranks` tells in which order refunds were made that were asked for at the same instant."""
    totals, methods = Kept(), {}
    for label, refund in world.refunds.items():
        for offer in refund.offers:
            found = _kept(world, label, offer, ranks)
            totals.add(found)
            methods.setdefault(offer.method, Kept()).add(found)
    lost = [refund for refund in world.refunds.values() if refund.status == "refunded"]
    return {
        "quality": _quality(world),
        "kept": asdict(totals),
        "methods": {method: asdict(found) for method, found in sorted(methods.items())},
        "lost": {"refunds": len(lost), "sale": sum(refund.amount for refund in lost)},
    }


def _quality(world: World) -> dict:
    """Requests about quality per order paid, over 30 dates of the store's calendar, today included (P7).

    A request counts from when it was made (P6), never one without return (R9), and once however it is divided (P1).
    """
    today = world.now.astimezone(SHANGHAI).date()
    first = today - timedelta(days=WINDOW_DAYS - 1)
    paid = [order.paid_at.astimezone(SHANGHAI).date() for order in world.orders.values()]
    asked = [
        refund.asked_at.astimezone(SHANGHAI).date()
        for refund in world.refunds.values()
        if refund.reason in QUALITY and not refund.is_returnless and not refund.is_rest
    ]
    orders = sum(first <= day <= today for day in paid)
    count = sum(first <= day <= today for day in asked)
    rate = (2 * 10_000 * count + orders) // (2 * orders) if orders else 0
    return {"orders": orders, "quality_refunds": count, "rate": f"{rate // 10_000}.{rate % 10_000:04d}"}


def _kept(world: World, label: str, offer: Offer, ranks: Mapping[str, int]) -> Kept:
    """What one offer came to: a sale is kept as far as it was asked back and isn't refunded after all (Q18)."""
    found = Kept(offers=1, answered=offer.status in ("accepted", "declined"), expired=offer.status == "expired")
    if offer.status != "accepted":
        return found
    gross = max(0, offer.asked - (offer.amount or offer.asked)) if offer.method in CHANGING else offer.asked
    back = 0 if offer.method in CHANGING else min(gross, _taken_back(world, label, offer, ranks))
    found.accepted, found.sales_kept, found.taken_back = 1, gross - back, back
    numbers = world.numbers
    if not back and offer.method != "change_to_return":  # work was spared, and a parcel where one was to come back
        found.hidden_costs_avoided = numbers.work
        if offer.kind != "refund_only" and offer.method not in SENDS_BACK:
            found.hidden_costs_avoided += numbers.parcel
    sent = [p for p in world.payments if p.refund == label and p.purpose == offer.method and p.status != "failed"]
    found.offer_costs = offer.worth + sum(payment.amount for payment in sent)
    return found


def _taken_back(world: World, label: str, offer: Offer, ranks: Mapping[str, int]) -> int:
    """Cents of the same goods that the buyer asked back within 30 days, and got, or was talked out of once more."""
    mine, back = world.refunds[label], 0
    for name, later in world.refunds.items():
        same = [share.amount for place, share in later.lines.items() if place in mine.lines]
        if later.order != mine.order or ranks[name] <= ranks[label] or not same:
            continue
        if not offer.answered <= later.asked_at < offer.answered + HOLDS:
            continue
        again = [each.asked for each in later.offers if each.status == "accepted" and each.method not in CHANGING]
        if later.status == "refunded":
            back += sum(same)
        elif later.status == "withdrawn" and again:
            back += again[0]
    return back
