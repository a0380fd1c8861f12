"""What clients want next of a store as it is: mostly what matters there, sometimes what is refused."""

import random

from tests.model import many, money, offers, orders, platform, refunds, returns  # noqa: F401  the moves make themselves known
from tests.model.moves import Step
from tests.model.things import Refund
from tests.model.world import World

BUYERS = ("b1", "b2", "sandbox-duplicate", "sandbox-decline")
NUMBERS = ("SF100000000001", "SF100000000002", "SF100000000003")  # of returns: few, so that they meet
REASONS = ("changed_mind", "changed_mind", "quality", "not_as_described", "slow_logistics")
LIKELY = {
    "awaiting_merchant": ("approve", "reject", "withdraw", "offer", "offer", "accept", "accept", "decline"),
    "awaiting_return": (*("ship_return",) * 5, "withdraw", "dispute"),
    "returning": ("inspect", *("receive",) * 6, "dispute"),
    "rejected": ("resubmit", "resubmit", "dispute", "withdraw"),
    "disputed": ("decide", "decide", "withdraw"),
}
COMING = ("awaiting_return", "returning")
OF_REFUNDS = tuple(dict.fromkeys(does for each in LIKELY.values() for does in each))


class Wishes:
    """Steps out of dice, about what there is in the world."""

    def __init__(self, dice: random.Random, world: World) -> None:
        self.dice, self.world, self.made = dice, world, 0

    def name(self, letter: str) -> str:
        """One that nothing else has."""
        self.made += 1
        return f"{letter}{self.made}"

    def one(self) -> Step:
        """The next wish of somebody."""
        wishes = [self.place, *[self._ask] * 3, *[self.of_order] * 3, self._bulk]
        if self.world.refunds:
            wishes += [self._of_refund] * 18
            wishes += [self._aftermath] * 2
            wishes += [self._of_stray, self._decide_many]
        if self.world.numbers.pays_small:
            wishes += [self._pay] * 4
        if self.world.budget:
            wishes += [self._fill]
        return self.dice.choice(wishes)()

    def place(self) -> Step:
        """An order of one to three lines."""
        lines = [
            (self.dice.choice((1, 999, 5900, 19999)), self.dice.choice((1, 2, 3)))
            for _ in range(self.dice.randint(1, 3))
        ]
        days = self.dice.choice((0, 0, 0, 1, 300, 364, 365, 366)) if self.world.numbers.pays_small else 1
        return {
            "do": "place",
            "order": self.name("o"),
            "buyer": self.dice.choice(BUYERS if self.world.marketplace != "tmall" else BUYERS[:3]),
            "lines": lines,
            "paid_ago": days * 24 * 60 + self.dice.choice((0, 1)),
            "vip": self.dice.random() < 0.2,
            "credit": self.dice.choice((0, 699, 700)),
        }

    def _order(self) -> str:
        return self.dice.choice(list(self.world.orders)[-4:])

    def _amount(self, left: int) -> int:
        return max(1, self.dice.choice((left, left, left // 2, left + 1, 1)))

    def _some(self, pieces: dict[int, int], too_many: float = 0.1) -> dict[int, int]:
        """A part of these pieces, sometimes one too many."""
        chosen = self.dice.sample(sorted(pieces), self.dice.randint(1, len(pieces)))
        some = {place: self.dice.randint(1, pieces[place]) for place in sorted(chosen)}
        if self.dice.random() < too_many:
            some[chosen[0]] += 1
        return some

    def _ask(self) -> Step:
        label = self._order()
        order, step = self.world.orders[label], {"do": "ask", "refund": self.name("r"), "order": label}
        kinds = ["refund_only"]
        if order.sent:
            kinds += ["return_and_refund"] * 6 + (["exchange"] if self.world.numbers.exchanges else [])
        all_of_it = {place: line.pieces for place, line in enumerate(order.lines)}
        left = self.world.left(label)
        if self.dice.random() < 0.5:  # by line
            free = self.world.unclaimed_pieces(label) or all_of_it
            step["lines"] = {n: min(count, all_of_it[n]) for n, count in self._some(free).items()}
            left = min(left, sum(order.lines[n].price * count for n, count in step["lines"].items()))
        step |= {"kind": self.dice.choice(kinds), "amount": self._amount(left), "reason": self.dice.choice(REASONS)}
        return step

    def of_order(self) -> Step:
        """A parcel of an order leaves, or arrives."""
        label = self._order()
        order = self.world.orders[label]
        under_way = [number for number, parcel in order.sent.items() if not parcel.is_received]
        if order.sent and self.dice.random() < (0.8 if order.is_shipped else 0.3):
            part = {"number": self.dice.choice(under_way or list(order.sent))} if self.dice.random() < 0.5 else {}
            return {"do": "deliver", "order": label, **part}
        return self._ship(label)

    def _ship(self, label: str) -> Step:
        step, here = {"do": "ship", "order": label, "number": self.name("T")}, self.world.orders[label].here()
        if here and self.dice.random() < 0.4:
            step["lines"] = self._some(here)
        return step

    def _pay(self) -> Step:
        amount = self.dice.choice((1, 50_00, 999_99, 1000_00, 1000_01))
        return {"do": "pay", "order": self._order(), "amount": amount}

    def _fill(self) -> Step:
        if self.dice.random() < 0.4:
            return {"do": "set_top_up", "on": self.dice.random() < 0.7}
        return {"do": "top_up", "amount": self.dice.choice((1, 50_00))}

    def _bulk(self) -> Step:
        """Several orders, parcels or requests in one call; some of an order that there isn't."""
        make = self.dice.choice((self.place, self._ask, self._ask, lambda: self._ship(self._order())))
        items = [make() for _ in range(self.dice.randint(1, 4))]
        if items[0]["do"] != "place" and self.dice.random() < 0.2:
            items[-1]["order"] = "nowhere"
        return {"do": "bulk", "items": items, "atomic": self.dice.random() < 0.3}

    def _decide_many(self) -> Step:
        labels = list(self.world.refunds)[-6:]
        waiting = [label for label in labels if self.world.refunds[label].status == "awaiting_merchant"]
        chosen = self.dice.sample(waiting or labels, min(len(waiting or labels), self.dice.randint(1, 4)))
        return {"do": "decide_many", "verdict": self.dice.choice(("approve", "reject")), "refunds": sorted(chosen)}

    def _of_stray(self) -> Step:
        """About a parcel that nobody announced."""
        strays, number = self.world.strays, self.dice.choice(NUMBERS)
        if not strays or self.dice.random() < 0.4:
            return {"do": "put_aside", "number": number}
        stray = self.dice.choice(strays)
        named = [each for each in strays if each.number == stray.number]
        step = {"number": stray.number, "nth": next(n for n, each in enumerate(named) if each is stray)}
        if self.dice.random() < 0.2:
            return {"do": "end_stray", **step}
        awaited = [name for name, r in self.world.refunds.items() if r.status in ("awaiting_return", "returning")]
        return {"do": "assign", "refund": self.dice.choice(awaited or list(self.world.refunds)), **step}

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

    def _verdict(self, refund: Refund) -> Step:
        return {"outcome": self.dice.choice(("buyer", "merchant", "split")), "amount": max(1, refund.amount // 2)}

    def _of_refund(self) -> Step:
        lately = list(self.world.refunds)[-8:]
        moving = [label for label in lately if self.world.refunds[label].status in LIKELY]
        label = self.dice.choice(moving if moving and self.dice.random() < 0.8 else lately)
        coming = [label for label in lately if self.world.refunds[label].status in COMING]
        if coming and self.dice.random() < 0.6:  # goods on their way are few: what comes of them matters
            label = self.dice.choice(coming)
        refund = self.world.refunds[label]
        likely = LIKELY.get(refund.status, ())
        does = self.dice.choice(likely) if likely and self.dice.random() < 0.8 else self.dice.choice(OF_REFUNDS)
        if does == "offer" and not self.world.numbers.methods and self.dice.random() < 0.8:
            does = "reject"  # where there are none
        if refund.returns and refund.status == "awaiting_merchant" and self.dice.random() < 0.6:
            does = "approve"
        if does in ("accept", "decline") and not refund.offers:
            does = "offer" if self.world.numbers.methods else "approve"
        if refund.offer and refund.status == "awaiting_merchant" and self.dice.random() < 0.5:
            does = self.dice.choice(("accept", "accept", "decline"))
        if does == "resubmit" and refund.kind == "exchange":  # what it asks for isn't an amount
            does = "dispute"
        return {"do": does, "refund": label, **self._details(does, refund)}

    def _details(self, does: str, refund: Refund) -> Step:
        if does == "ship_return":
            return {"number": self.dice.choice(NUMBERS)}
        if does == "inspect":
            return {"passed": self.dice.random() < 0.6}
        if does == "receive":
            return {"arrived": self._some({place: share.pieces for place, share in refund.lines.items()}, 0.25)}
        if does == "resubmit":
            return {"amount": self._amount(self.world.most(refund.order, refund.lines))}
        if does == "decide":
            return self._verdict(refund)
        if does == "offer":
            methods = self.world.numbers.methods or ("reassurance",)
            method = self.dice.choice((*methods, *(["other_coupon"] if self.world.numbers.coupons else [])))
            needs = method in ("change_to_refund_only", "partial_refund", "red_packet")
            left = self.world.most(refund.order, refund.lines)
            return {"method": method, "amount": self._amount(min(left, 201_00)) if needs else None}
        return {"place": len(refund.offers) - 1} if does in ("accept", "decline") else {}
