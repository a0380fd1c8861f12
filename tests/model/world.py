"""What the model holds of one store: orders, refunds with their offers, payments, and what is due by now."""

import pickle
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from datetime import datetime

from tests.model.numbers import MARKETPLACES, Numbers

AGREED = ("partial_refund", "red_packet")  # what an accepted offer pays out of the order
FREE = ("withdrawn", "closed")  # a refund in these states claims nothing of its order any more


@dataclass
class Payment:
    """Money on its way to a buyer: of a refund, of an offer, or a small one (cents)."""

    order: str
    refund: str
    amount: int
    purpose: str
    at: datetime
    status: str = "pending"
    from_budget: bool = False


@dataclass
class Offer:
    """One proposal to a buyer; `until` is the first instant at which it is over."""

    method: str
    until: datetime
    amount: int | None = None
    status: str = "pending"


@dataclass
class Refund:
    """What a buyer asks for. `due` is the deadline of its state, if it has one."""

    order: str
    kind: str
    amount: int
    due: datetime | None
    status: str = "awaiting_merchant"
    resubmits: int = 0
    offers: list[Offer] = field(default_factory=list)
    at_once: bool = False
    is_returnless: bool = False  # R1: the buyer keeps the goods, the service budget pays
    asked_at: datetime | None = None
    appeal: str = ""
    parcels: list[str] = field(default_factory=list)  # promised ones, by their status

    @property
    def moves_goods(self) -> bool:
        """Whether what was bought is to go back."""
        return self.kind != "refund_only"

    @property
    def offer(self) -> Offer | None:
        """The one that the buyer may answer."""
        return self.offers[-1] if self.offers and self.offers[-1].status == "pending" else None


@dataclass
class Order:
    """What was bought for `paid` cents."""

    buyer: str
    paid: int
    paid_at: datetime
    trusted: bool = False  # P5: high credit or VIP
    is_shipped: bool = False
    is_delivered: bool = False
    is_stopped: bool = False  # P2: refunded before the carrier had it
    is_kept: bool = False  # K1: the buyer stays, ship it first
    pieces: int = 1
    is_promised: bool = False  # R3: a refund without return, from when it was placed on


@dataclass
class World:
    """One store. Told of time by `now`; every label is the name of the step that made the thing."""

    marketplace: str
    now: datetime
    day_limit: int
    orders: dict[str, Order] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    answered: dict[str, tuple] = field(default_factory=dict)  # Idempotency-Key → the first answer
    began: datetime | None = None  # when the programme of refunds without return came into force
    budget: int = 0  # cents in the service budget, those on their way included
    is_short: bool = False  # it couldn't pay something: nothing new is promised (R5)
    paid_back: int = 0  # cents that upheld appeals brought the merchant

    @property
    def numbers(self) -> Numbers:
        """Those of its marketplace."""
        return MARKETPLACES[self.marketplace]

    def copy(self) -> "World":
        """Another world like it, that goes its own way."""
        return pickle.loads(pickle.dumps(self))

    def key(self) -> str:
        """Equal for equal worlds, whatever order things came about in."""
        return repr(
            (
                sorted(self.orders.items()),
                sorted(self.refunds.items()),
                sorted(map(astuple, self.payments)),
                sorted(self.answered.items()),
                (self.budget, self.is_short, self.paid_back),
            )
        )

    def claimed(self, order: str) -> int:
        """Cents of the order that are claimed, paid back or agreed upon: nobody else can have them."""
        asked = sum(r.amount for r in self.refunds.values() if r.order == order and r.status not in FREE)
        agreed = {p.refund: p.amount for p in self.payments if p.order == order and p.purpose in AGREED}
        return asked + sum(agreed.values())  # one that failed is owed until it is paid again

    def left(self, order: str) -> int:
        """Cents that a further refund of the order may ask for."""
        return self.orders[order].paid - self.claimed(order)

    def goes_back(self, order: str) -> bool:
        """Whether what was bought goes back, or went, with another refund of the order: it can't be returned twice."""
        returns = [r for r in self.refunds.values() if r.order == order and r.moves_goods]
        return any(refund.status not in FREE for refund in returns)

    def small(self, order: str) -> list[Payment]:
        """Its small payments that take a place (K9: failed ones free theirs)."""
        mine = [p for p in self.payments if p.order == order and p.purpose == "other"]
        return [payment for payment in mine if payment.status != "failed"]

    def due(self) -> Iterator[tuple[str, object, int]]:
        """What happens by itself now: deadlines that have come, money that waits to be sent."""
        for label, refund in self.refunds.items():
            if refund.due and refund.due <= self.now:
                yield "refund", label, 0
            for place, offer in enumerate(refund.offers):
                if offer.status == "pending" and offer.until <= self.now:
                    yield "offer", label, place
        for place, payment in enumerate(self.payments):
            if payment.status == "pending":
                yield "payment", "", place

    def happen(self, what: str, label: str, place: int) -> None:
        """Let one of these happen."""
        if what == "payment":
            return self._settle(self.payments[place])
        refund = self.refunds[label]
        if what == "offer":
            refund.offers[place].status = "expired"
        elif refund.status == "awaiting_merchant":  # T10
            self.approve(label)
        elif refund.status in ("awaiting_return", "rejected"):
            self.move(refund, "closed")
        elif refund.status in ("returning", "recalling"):  # P1, P4
            self.pay(label)
        return None

    @property
    def reserved(self) -> int:
        """Cents of the service budget that are on their way."""
        return sum(payment.amount for payment in self.payments if payment.from_budget and payment.status == "pending")

    @property
    def coupons(self) -> tuple[int, int]:
        """How many of the coupon are promised, and how many granted."""
        offers = [offer for refund in self.refunds.values() for offer in refund.offers if offer.method == "coupon"]
        return tuple(sum(offer.status == status for offer in offers) for status in ("pending", "accepted"))

    def approve(self, label: str) -> None:
        """The merchant's yes, or the clock's: a return is awaited, everything else is paid."""
        refund = self.refunds[label]
        order = self.orders[refund.order]
        if refund.moves_goods:
            self.move(refund, "awaiting_return", self.numbers.sends_return)
        elif self.numbers.at_once and order.is_shipped and not order.is_delivered and refund.amount == order.paid:  # P4
            self.move(refund, "recalling", self.numbers.recalls)
        else:
            self.pay(label)

    def pay(self, label: str) -> None:
        """Send the buyer what the refund is about: money, or for an exchange the new goods, whose money is free."""
        refund = self.refunds[label]
        if refund.kind == "exchange":
            self.move(refund, "closed")
            refund.parcels = ["owed"] * self.orders[refund.order].pieces
            return
        self.move(refund, "refunding")
        self.send(label, refund.amount, "refund")

    def send(self, label: str, amount: int, purpose: str) -> None:
        """Money to the buyer: under the programme from the service budget, as long as it has enough (R5)."""
        refund = self.refunds[label]
        payment = Payment(refund.order, label, amount, purpose, self.now)
        if refund.is_returnless:
            payment.from_budget = self.budget - self.reserved >= amount
            self.is_short = self.is_short or not payment.from_budget
        self.payments.append(payment)

    def split(self, label: str, missing: int) -> None:
        """What is missing becomes a refund of its own that a person decides about (P1)."""
        refund = self.refunds[label]
        refund.amount -= missing
        self.refunds[f"{label}-rest"] = Refund(
            refund.order, refund.kind, missing, due=None, status="disputed", asked_at=self.now
        )

    def move(self, refund: Refund, status: str, within=None) -> None:
        """To another state, with its deadline. What was proposed to the buyer is over with the old one (T8)."""
        if refund.offer:
            refund.offer.status = "expired" if refund.offer.until <= self.now else "withdrawn"
        refund.status, refund.due = status, within and self.now + within

    def _settle(self, payment: Payment) -> None:
        declined = self.orders[payment.order].buyer == "sandbox-decline"
        payment.status = "failed" if declined else "succeeded"
        if payment.from_budget and not declined:
            self.budget -= payment.amount
        if payment.purpose == "refund" and not declined:
            self.refunds[payment.refund].status = "refunded"

    def seen(self) -> dict:
        """What a look at the store must show: per refund, and per order."""
        refunds = {
            label: {
                "kind": refund.kind,
                "status": refund.status,
                "amount": refund.amount,
                "due": refund.due,
                "offers": [(offer.method, offer.amount, offer.status, offer.until) for offer in refund.offers],
                "payments": sorted((p.amount, p.status) for p in self.payments if p.refund == label),
                "appeal": refund.appeal,
                "parcels": sorted(refund.parcels),
            }
            for label, refund in self.refunds.items()
        }
        orders = {
            label: {
                "claimed": self.claimed(label),
                "shipped": order.is_shipped,
                "delivered": order.is_delivered,
                "kept": order.is_kept,
                "payments": sorted((p.amount, p.status) for p in self.payments if p.order == label and not p.refund),
            }
            for label, order in self.orders.items()
        }
        store = {"budget": (self.budget, self.reserved), "coupons": self.coupons, "paid back": self.paid_back}
        return {"refunds": refunds, "orders": orders, "stores": {"store": store}}
