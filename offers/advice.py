"""What was recommended when an offer was sent, kept with it: how likely it was, and what else there was to choose.

It is what would have been recommended in that moment, so a page that stood open while others answered may have shown
something else; then the offer isn't what was recommended, and nothing is learnt from it about choosing.
"""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from common.actors import Actor
from offers.choosing.choice import WHOLE
from offers.eligibility import keeps_orders, methods_for, why_not_offer
from offers.methods import METHODS, Situation
from offers.models import Advice, Offer
from offers.recommendation import is_first, ranking_of


class AdviceFacts(TypedDict):
    """The advice as an event tells it; `propensity` is a decimal of one."""

    recommended_method: str
    recommended_amount: str | None
    propensity: str
    was_tried: bool
    was_taken: bool


def advice_on(offer: Offer, *, now: datetime, actor: Actor) -> Advice | None:
    """What is recommended about the refund of an offer that `actor` is about to send.

    None where nothing is recommended.
    """
    refund = offer.refund
    if not keeps_orders(refund.rules) or METHODS[offer.method].changes_refund:
        return None
    situation = Situation(refund, now, actor)
    possible = [method for method in methods_for(refund) if why_not_offer(method, situation) is None]
    ranking = ranking_of(situation, possible)
    if ranking.choice is None:
        return None
    first = ranking.arms[ranking.choice.place]
    return Advice(
        store_id=offer.store_id,
        offer=offer,
        method=first.method,
        amount=first.amount,
        chance=ranking.choice.chance,
        was_tried=ranking.choice.was_tried,
        was_taken=is_first(ranking, offer.method, offer.amount),
        arms=[
            [arm.method, arm.percent, arm.amount and str(arm.amount), int(arm.accepts * WHOLE), str(arm.net), chance]
            for arm, chance in zip(ranking.arms, ranking.choice.chances, strict=True)
        ],
    )


def advice_facts(advice: Advice) -> AdviceFacts:
    """What the event says of it."""
    return {
        "recommended_method": advice.method,
        "recommended_amount": advice.amount and f"{advice.amount:.2f}",
        "propensity": f"{Decimal(advice.chance) / WHOLE:.6f}",
        "was_tried": advice.was_tried,
        "was_taken": advice.was_taken,
    }
