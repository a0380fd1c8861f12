"""Refunds that an automatic rule was about, half of them held out: its proof, and a log of recommended offers.

Where the rule only watches, an agent sends what the desk recommends, which now and then is something to learn from.
"""

import random
from decimal import Decimal

from automation.running import rule_on
from common import clock
from common.actors import SYSTEM
from common.tenancy import tenant_scope
from demo.scene import Scene
from offers.actions import accept_offer, decline_offer, send_offer
from offers.bulk import propose
from offers.models import Offer
from refunds.actions import approve_refund
from refunds.models import Refund

RULED, FIRST_DAY, LAST_DAY = 92, 29, 1.5
ITEM = 2  # of the store's goods: the one that the rule is about
# How many of a hundred buyers stay for what the rule offers, and for what an agent does after a while.
STAY = {"rule": 74, "agent": 38}


def ruled_scenes() -> list[Scene]:
    """About two a day: ruled on within the hour, answered the same day."""
    dice, scenes = random.Random("ruled"), []
    for place in range(RULED):
        day = FIRST_DAY - place * (FIRST_DAY - LAST_DAY) / RULED
        ago = round(day * 24 + dice.uniform(-3, 3), 2)
        steps = ((ago - 0.5, "rule", {}), (ago - 9, "say", {"luck": dice.randrange(100)}))
        steps += ((ago - 10, "sweep", {}),) if place % 6 == 5 else ()
        scenes.append(Scene(ago, "refund_only", "packaging_damaged", steps, item=ITEM, quantity=1))
    return scenes


class RuledSteps:
    """What `Play` can do about such refunds."""

    def rule(self, number: int) -> None:
        """The store's rules look at it; where none acts, an agent offers what is recommended."""
        with tenant_scope(self.store.pk):
            key, now = self.refunds[number].pk, clock.now()
            rule_on(store_id=self.store.pk, refund_id=key, actor=SYSTEM, now=now)
            if self._pending(number) is None:
                agent = self.agents[number % 2]
                refund = Refund.objects.for_store(self.store.pk).select_related("order", "store").get(pk=key)
                proposal = propose(refund, now, agent)
                if proposal.method is not None:
                    told = {"store_id": self.store.pk, "refund_id": key, "method": proposal.method.code}
                    send_offer(**told, actor=agent, now=now, **proposal.terms)

    def say(self, number: int, luck: int) -> None:
        """The buyer answers: the likelier to stay, the more is offered. Who doesn't is paid back."""
        with tenant_scope(self.store.pk):
            offer = self._pending(number)
            key, now = self.refunds[number].pk, clock.now()
            if offer is not None:
                stays = STAY["rule"] if offer.sent_by_kind == SYSTEM.kind else STAY["agent"]
                more = int(100 * (offer.amount or Decimal()) / offer.asked_amount)
                answer = accept_offer if luck < stays + more // 2 else decline_offer
                answer(store_id=self.store.pk, offer_id=offer.pk, actor=self._actor("buyer"), now=now)
                if answer is accept_offer:
                    return
            approve_refund(store_id=self.store.pk, refund_id=key, actor=self._actor("merchant"), now=now)

    def _pending(self, number: int) -> Offer | None:
        return Offer.objects.for_store(self.store.pk).pending().filter(refund=self.refunds[number]).first()
