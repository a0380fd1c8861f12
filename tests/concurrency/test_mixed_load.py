"""Everything at once on few orders: no deadlock, no surprise, and the books are right at the end."""

import random
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from time import perf_counter_ns

import pytest
from django.db import connection

from common import clock as wall
from common.errors import Invalid, Refused
from common.tenancy import system_scope
from offers import actions as offer_actions
from offers.models import Offer
from offers.sweeps import sweep_due_offers
from orders import actions as order_actions
from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from refunds import actions as refund_actions
from refunds import opening, payouts, returns
from refunds.models import Refund
from refunds.states import RefundStatus
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.harness import together
from tests.concurrency.negotiation import sender
from tests.world import BUYER, MERCHANT

THREADS, SECONDS, ORDERS = 6, 5, 3
BUYERS = ["buyer", "sandbox-duplicate", "sandbox-decline"]


@dataclass
class Crowd:
    """Picks a random order, refund or offer and does a random thing to it, again and again."""

    shop: object
    orders: list
    done: Counter = field(default_factory=Counter)

    def run(self, seed: int) -> Counter:
        """One member of the crowd; returns how often each thing had its effect."""
        dice, done = random.Random(seed), Counter()
        end = perf_counter_ns() + SECONDS * 10**9
        while perf_counter_ns() < end:
            name = dice.choice(list(self.deeds))
            try:
                if self.deeds[name](self, dice) is not None:
                    done[name] += 1
            except (Refused, Invalid):
                done["refused"] += 1
        return done

    def ask(self, dice):
        """A buyer asks for some of an order."""
        order = dice.choice(self.orders)
        lines = dice.sample(["8000", "8001", "8002"], dice.randint(1, 3))
        with self.shop.scope():
            return opening.open_refund(
                store=self.shop.store,
                order_number=order.number,
                kind=dice.choice(["refund_only", "return_and_refund"]),
                reason="changed_mind",
                amount=Decimal(dice.randint(1, 400)) / 100,
                lines=[{"item_id": item, "quantity": dice.randint(1, 2)} for item in lines],
                actor=BUYER,
                now=wall.now(),
            )

    def send(self, dice):
        """The merchant proposes something."""
        with self.shop.scope():
            refund = self._some(dice, Refund, RefundStatus.AWAITING_MERCHANT)
            return refund and sender(self.shop, refund, amount="0.50", now=wall.now())()

    def answer(self, dice):
        """The buyer answers."""
        function = dice.choice([offer_actions.accept_offer, offer_actions.accept_offer, offer_actions.decline_offer])
        with self.shop.scope():
            offer = self._some(dice, Offer, "pending")
            return offer and function(store_id=self.shop.store.pk, offer_id=offer.pk, actor=BUYER, now=wall.now())

    def decide(self, dice):
        """Somebody moves a refund along, whatever it thinks of that."""
        function, kwargs = dice.choice(
            [
                (refund_actions.approve_refund, {}),
                (refund_actions.reject_refund, {"reason": "no"}),
                (refund_actions.withdraw_refund, {}),
                (refund_actions.resubmit_refund, {"correction": {"amount": Decimal(dice.randint(1, 400)) / 100}}),
                (returns.ship_return, {"carrier": "SF", "tracking_number": "1"}),
                (returns.inspect_return, {"passed": True, "note": ""}),
                (returns.inspect_return, {"passed": False, "note": "worn"}),
                (payouts.pay_again, {}),
                (payouts.give_up_paying, {}),
            ]
        )
        with self.shop.scope():
            refund = self._some(dice, Refund)
            return refund and function(
                store_id=self.shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=wall.now(), **kwargs
            )

    def deliver(self, dice):
        """The marketplace tells of an order again."""
        order = dice.choice(self.orders)
        with self.shop.scope():
            return order_actions.upsert_order(
                store=self.shop.store,
                data={
                    "number": order.number,
                    "buyer_id": order.buyer_id,
                    "buyer_name": f"王{dice.randint(1, 9)}",
                    "paid_at": order.paid_at,
                    "address": "a",
                },
                lines=[
                    {"item_id": str(8000 + place), "quantity": 40, "unit_price": Decimal("2.00")} for place in range(3)
                ],
                actor=BUYER,
                now=wall.now(),
            )

    def sweep(self, dice):
        """A worker."""
        return dice.choice([sweep_due_refunds, sweep_due_offers, settle_batch])(limit=dice.randint(1, 20)) or None

    deeds = {"ask": ask, "send": send, "answer": answer, "decide": decide, "deliver": deliver, "sweep": sweep}

    def _some(self, dice, model, status=None):
        rows = model.objects.for_store(self.shop.store.pk)
        rows = rows.filter(status=status) if status else rows
        newest = list(rows.order_by("-id")[:8])
        return dice.choice(newest) if newest else None


def deadlocks() -> int:
    """How many PostgreSQL has broken in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return cursor.fetchone()[1]


@pytest.mark.rule("T5", "T8", "T10")
def test_a_crowd_on_three_orders(shop, clock, caplog):
    orders = [
        shop.order(buyer_id=buyer, prices=("2.00",) * 3, quantity=40)
        for _, buyer in zip(range(ORDERS), BUYERS, strict=True)
    ]
    crowd, seed, before = Crowd(shop, orders), random.randrange(10**6), deadlocks()

    def time_flies():
        end = perf_counter_ns() + SECONDS * 10**9
        while perf_counter_ns() < end:
            clock.move(minutes=50)
            sweep_due_refunds(limit=5)

    results = together(time_flies, *[partial(crowd.run, seed + number) for number in range(THREADS)])

    assert [result.code for result in results] == ["ok"] * (THREADS + 1), f"seed {seed}"
    assert deadlocks() == before
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    done = sum((result.value for result in results[1:]), Counter())
    assert all(done[deed] for deed in Crowd.deeds), done
    for _ in range(3):  # approved, then closed or refunded
        clock.move(days=60)
        while sweep_due_refunds() + sweep_due_offers() + settle_batch():
            pass
    with system_scope():
        assert not Refund.objects.filter(due_at__isnull=False).exists()
        assert not Payment.objects.filter(next_attempt_at__isnull=False).exists()
        succeeded = Payment.objects.filter(status="succeeded").count()
    assert SandboxTransfer.objects.filter(outcome="paid").count() == succeeded > 0
