"""A refund under negotiation, and what each side may do with it: the contenders of the races."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from offers import actions as offer_actions
from offers.models import Offer
from refunds import actions as refund_actions
from refunds.models import Refund
from tests.world import BUYER, MERCHANT, NOON, Shop

DUE = NOON + timedelta(hours=36)
SOON = NOON + timedelta(hours=1)
MOMENT = timedelta(milliseconds=1)


@dataclass
class Negotiation:
    """¥2 instead of a return worth ¥59. Each method returns a call for `together` and `overtaken`."""

    shop: Shop
    refund: Refund
    offer: Offer

    def now(self) -> tuple[str, str, str, str]:
        """Offer, refund, kind and amount as the database has them."""
        refund, offer = self.shop.reload(self.refund), self.shop.reload(self.offer)
        return offer.status, refund.status, refund.kind, str(refund.amount)

    def in_scope(self, function: Callable, **kwargs) -> Callable:
        """An action in a transaction of its own."""

        def call():
            with self.shop.scope():
                return function(store_id=self.shop.store.pk, **{"now": SOON, **kwargs})

        return call

    def on_offer(self, function: Callable, now=SOON) -> Callable:
        """The buyer's answers."""
        return self.in_scope(function, offer_id=self.offer.pk, actor=BUYER, now=now)

    def on_refund(self, function: Callable, *, actor=MERCHANT, **kwargs) -> Callable:
        """What is done to the refund."""
        return self.in_scope(function, refund_id=self.refund.pk, actor=actor, **kwargs)

    def accept(self, now=SOON) -> Callable:
        """The buyer says yes."""
        return self.on_offer(offer_actions.accept_offer, now)

    def decline(self) -> Callable:
        """The buyer says no."""
        return self.on_offer(offer_actions.decline_offer)

    def approve(self) -> Callable:
        """The merchant grants the original request."""
        return self.on_refund(refund_actions.approve_refund)

    def reject(self) -> Callable:
        """The merchant refuses the original request."""
        return self.on_refund(refund_actions.reject_refund, reason="worn")

    def withdraw(self) -> Callable:
        """The buyer takes the request back."""
        return self.on_refund(refund_actions.withdraw_refund, actor=BUYER)


@dataclass
class Negotiations:
    """Makes them."""

    shop: Shop

    def __call__(self, *, amount: str = "2.00", **kwargs) -> Negotiation:
        refund = self.shop.refund(**kwargs)
        return Negotiation(self.shop, refund, send(self.shop, refund, amount=amount))


def send(shop: Shop, refund: Refund, *, amount: str = "2.00", now=NOON) -> Offer:
    """Send the offer and commit it."""
    with shop.scope():
        return sender(shop, refund, amount=amount, now=now)()


def sender(shop: Shop, refund: Refund, *, amount: str = "2.00", now=NOON) -> Callable:
    """A call that sends the offer in the caller's scope."""
    return partial(
        offer_actions.send_offer,
        store_id=shop.store.pk,
        refund_id=refund.pk,
        method="change_to_refund_only",
        amount=Decimal(amount),
        agreed_with_buyer=True,
        actor=MERCHANT,
        now=now,
    )
