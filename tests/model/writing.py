"""A history from a seed: rounds of calls made at the same time, between them jumps of the clock, and sweeps.

While it is written the model plays it, one call after the other, so that most calls meet a state in which they matter.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.model import aftermath
from tests.model.moves import MOVES, Answer, Step, answers
from tests.model.numbers import MARKETPLACES
from tests.model.world import World

JUMPS = (
    0,
    0,
    0,
    1,
    59,
    60,
    60,
    24 * 60 - 1,
    24 * 60,
    36 * 60 - 1,
    36 * 60,
    48 * 60,
    7 * 24 * 60,
    10 * 24 * 60,
    -60,
    -24 * 60,
)
DAY_LIMIT = 2500_00  # of the stores here, so that it is reached
BUYERS = ("b1", "b2", "sandbox-duplicate", "sandbox-decline")


@dataclass
class Round:
    """Calls of so many clients at once, after the clock has moved by `jump` minutes.

    `sweepers` work beside them; `is_swept`: afterwards everything due is done.
    """

    jump: int
    calls: list[Step]
    sweepers: int
    is_swept: bool


@dataclass
class History:
    """What happens in one store."""

    seed: int
    marketplace: str
    rounds: list[Round] = field(default_factory=list)


def begin(marketplace: str, start: datetime) -> World:
    """The store of a history before its first round."""
    budget = MARKETPLACES[marketplace].budget
    return World(marketplace, start, DAY_LIMIT, budget=budget, began=start if budget else None)


def write(seed: int, start: datetime, rounds: int = 12) -> History:
    """The history of this seed, always the same."""
    dice = random.Random(seed)
    marketplace = dice.choice(sorted(MARKETPLACES))
    writer = _Writer(dice, begin(marketplace, start))
    history = History(seed, marketplace)
    clients = dice.randint(2, 6)
    for number in range(rounds):
        history.rounds.append(writer.round(clients, is_first=number == 0))
    return history


class _Writer:
    def __init__(self, dice: random.Random, world: World) -> None:
        self.dice, self.world, self.made = dice, world, 0
        self.prices: dict[str, list[int]] = {}
        self.keyed: list[Step] = []

    def round(self, clients: int, is_first: bool) -> Round:
        jump = 0 if is_first else self.dice.choice(JUMPS)
        sweepers, is_swept = self.dice.choice((0, 0, 1, 2)), self.dice.random() < 0.5
        self.world = self.world.copy()
        self.world.now += timedelta(minutes=jump)
        # Everybody sees the same store before the round begins.
        calls = [self._place() if is_first else self._call() for _ in range(clients)]
        if self.dice.random() < 0.3:  # somebody clicks twice
            calls[-1] = dict(calls[0])
            if calls[0]["do"] == "ask" and "key" not in calls[0]:  # two refunds, then
                calls[-1]["refund"] = self._name("r")
        for step in calls:
            self._play(step)
        while is_swept and (due := next(self.world.due(), None)):
            self.world.happen(*due)
        return Round(jump, calls, sweepers, is_swept)

    def _play(self, step: Step) -> None:
        for answer in (Answer(200), Answer(201)):
            there = self.world.copy()
            if answers(there, step, answer):
                self.world = there
                return

    def _call(self) -> Step:
        if self.keyed and self.dice.random() < 0.08:  # a retry of something answered long ago
            return dict(self.dice.choice(self.keyed))
        step = self.dice.choice(self._wishes())()
        if step["do"] in ("bounce", "retry"):  # what they are about is another payment the next time
            return step
        if self.dice.random() < 0.4 or step["do"] == "pay":
            step["key"] = self._name("k")
            self.keyed.append(step)
        return step

    def _wishes(self) -> list:
        wishes = [self._place, self._ask, self._ask, self._of_order, self._of_order]
        if self.world.refunds:
            wishes += [self._of_refund] * 10
            wishes += [self._aftermath] * 3
        if self.world.numbers.pays_small:
            wishes += [self._pay] * 6
        if self.world.budget:
            wishes += [self._top_up]
        return wishes

    def _name(self, letter: str) -> str:
        self.made += 1
        return f"{letter}{self.made}"

    def _place(self) -> Step:
        prices = [self.dice.choice((1, 1000, 5900, 19999)) for _ in range(self.dice.randint(1, 3))]
        order = self._name("o")
        self.prices[order] = prices
        days = self.dice.choice((0, 0, 0, 1, 300, 364, 365, 366)) if self.world.numbers.pays_small else 1
        return {
            "do": "place",
            "order": order,
            "buyer": self.dice.choice(BUYERS if self.world.marketplace != "tmall" else BUYERS[:3]),
            "prices": prices,
            "paid_ago": days * 24 * 60 + self.dice.choice((0, 1)),
            "vip": self.dice.random() < 0.2,
            "credit": self.dice.choice((0, 699, 700)),
        }

    def _order(self) -> str:
        return self.dice.choice(list(self.world.orders)[-4:])

    def _amount(self, left: int) -> int:
        return max(1, self.dice.choice((left, left, left // 2, left + 1, 1)))

    def _ask(self) -> Step:
        order = self._order()
        kinds = ["refund_only"]
        if self.world.orders[order].is_shipped:
            kinds += ["return_and_refund", *(["exchange"] if self.world.numbers.exchanges else [])]
        return {
            "do": "ask",
            "refund": self._name("r"),
            "order": order,
            "kind": self.dice.choice(kinds),
            "amount": self._amount(self.world.left(order)),
        }

    def _of_order(self) -> Step:
        order = self._order()
        does = "deliver" if self.world.orders[order].is_shipped and self.dice.random() < 0.8 else "ship"
        return {"do": does, "order": order}

    def _pay(self) -> Step:
        amount = self.dice.choice((1, 50_00, 999_99, 1000_00, 1000_01))
        return {"do": "pay", "order": self._order(), "amount": amount}

    def _top_up(self) -> Step:
        return {"do": "top_up", "amount": self.dice.choice((1, 50_00))}

    def _aftermath(self) -> Step:
        """What comes after money has moved, or was promised."""
        label, refund = self.dice.choice(list(self.world.refunds.items())[-8:])
        small = [payment for payment in self.world.payments if payment.purpose == "other"]
        if small and self.dice.random() < 0.5:
            payment = self.dice.choice(small)
            return {"do": "bounce", "order": payment.order, "amount": payment.amount}
        if refund.parcels and self.dice.random() < 0.7:
            return {"do": "send_parcel", "refund": label, "place": self.dice.randrange(len(refund.parcels))}
        does = ["bounce", "retry", *(["appeal", "decide_appeal"] * 3 if refund.at_once else [])]
        step = {"do": self.dice.choice(does), "refund": label}
        return {**step, **self._verdict(refund)} if step["do"] == "decide_appeal" else step

    def _verdict(self, refund) -> Step:
        return {"outcome": self.dice.choice(("buyer", "merchant", "split")), "amount": max(1, refund.amount // 2)}

    def _of_refund(self) -> Step:
        label = self.dice.choice(list(self.world.refunds)[-5:])
        refund = self.world.refunds[label]
        likely = {
            "awaiting_merchant": ("approve", "reject", "withdraw", "offer", "offer", "accept", "accept", "decline"),
            "awaiting_return": ("ship_return", "ship_return", "withdraw", "dispute"),
            "returning": ("inspect", "inspect", "dispute"),
            "rejected": ("resubmit", "resubmit", "dispute", "withdraw"),
            "disputed": ("decide",),
        }.get(refund.status, ())
        does = self.dice.choice(likely) if likely and self.dice.random() < 0.8 else self.dice.choice(OF_REFUNDS)
        if does in ("accept", "decline") and not refund.offers:
            does = "offer" if self.world.numbers.methods else "approve"
        if does == "resubmit" and refund.kind == "exchange":  # what it asks for isn't an amount
            does = "dispute"
        if does == "inspect" and self._may_be_split(refund) and self.dice.random() < 0.5:
            does = "receive"
        return {"do": does, "refund": label, **self._details(does, refund)}

    def _may_be_split(self, refund) -> bool:
        """Where all of the price is asked back a line's share is its price; of less the rules don't say."""
        order = self.world.orders[refund.order]
        return refund.kind == "return_and_refund" and refund.amount == order.paid and refund.status == "returning"

    def _details(self, does: str, refund) -> Step:
        if does == "inspect":
            return {"passed": self.dice.random() < 0.6}
        if does == "receive":
            prices = self.prices[refund.order]
            arrived = sorted(self.dice.sample(range(len(prices)), self.dice.randint(1, len(prices))))
            return {"arrived": arrived, "worth": sum(prices[place] for place in arrived)}
        if does == "resubmit":
            return {"amount": self._amount(self.world.left(refund.order) + refund.amount)}
        if does == "decide":
            return self._verdict(refund)
        if does == "offer":
            methods = self.world.numbers.methods or ("reassurance",)
            method = self.dice.choice(methods)
            needs = method in ("change_to_refund_only", "partial_refund", "red_packet")
            left = self.world.left(refund.order) + refund.amount
            return {"method": method, "amount": self._amount(min(left, 201_00)) if needs else None}
        return {"place": len(refund.offers) - 1} if does in ("accept", "decline") else {}


OTHERS = {"place", "ship", "deliver", "ask", "pay", "receive", *vars(aftermath)}
OF_REFUNDS = tuple(name for name in MOVES if name not in OTHERS)
