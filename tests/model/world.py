"""One store as the rules say it is: what orders have left, what is due by now, and what follows by itself."""

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime

from tests.model.numbers import MARKETPLACES, Numbers
from tests.model.things import FREE, Order, Payment, Pieces, Refund, Row, Share, Stray, row_seen


@dataclass
class World:
    """One store. Told of time by `now`; every label is the name of the step that made the thing."""

    marketplace: str
    now: datetime
    day_limit: int
    orders: dict[str, Order] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    answered: dict[str, tuple] = field(default_factory=dict)  # Idempotency-Key → the first answer
    began: datetime | None = None  # when the programme of refunds without return came into force
    budget: int = 0  # cents in the service budget, those on their way included
    tops_up: bool = False  # R5: by itself
    is_short: bool = False  # it couldn't pay something: nothing new is promised (R5)
    paid_back: int = 0  # cents that upheld appeals brought the merchant

    @property
    def numbers(self) -> Numbers:
        """Those of its marketplace."""
        return MARKETPLACES[self.marketplace]

    def copy(self) -> "World":
        """Another world like it, that goes its own way."""
        return pickle.loads(pickle.dumps(self, pickle.HIGHEST_PROTOCOL))

    def key(self) -> str:
        """Equal for equal worlds, whatever order things came about in."""
        return repr(
            (
                sorted(self.orders.items()),
                sorted(self.refunds.items()),
                sorted(map(astuple, self.payments)),
                sorted(map(astuple, self.strays)),
                self.rows,
                sorted(self.answered.items()),
                (self.budget, self.is_short, self.paid_back),
            )
        )

    def of_order(self, order: str) -> list[Refund]:
        """Its refunds, the oldest first."""
        return [refund for refund in self.refunds.values() if refund.order == order]

    def claimed(self, order: str) -> int:
        """Cents of the order that are claimed, paid back or agreed upon: nobody else can have them."""
        held = sum(share.amount for refund in self.of_order(order) for share in refund.lines.values())
        packets = {p.refund: p.amount for p in self.payments if p.order == order and p.purpose == "red_packet"}
        return held + sum(packets.values())  # one that failed is owed until it is paid again

    def left(self, order: str) -> int:
        """Cents that a further refund of the order may ask for."""
        return self.orders[order].paid - self.claimed(order)

    def returning(self, order: str, place: int) -> int:
        """Pieces of a line that go back, or went, with a refund of the order: they can't be returned twice."""
        mine = [refund for refund in self.of_order(order) if refund.holds_pieces and place in refund.lines]
        return sum(refund.lines[place].moving for refund in mine)

    def unclaimed_pieces(self, order: str) -> Pieces:
        """Pieces of each line that no refund brings back, and that are sent."""
        lines = self.orders[order].lines
        free = {place: line.pieces - line.stopped - self.returning(order, place) for place, line in enumerate(lines)}
        return {place: count for place, count in free.items() if count > 0}

    def caps(self, order: str, lines: dict[int, Share]) -> list[int]:
        """The most that these pieces could bring, line by line: their price, as far as the line has it left."""
        found = []
        for place, share in lines.items():
            line = self.orders[order].lines[place]
            held = sum(r.lines[place].amount for r in self.of_order(order) if place in r.lines)
            found.append(min(line.price * share.pieces, line.paid - held + share.amount))
        return found

    def most(self, order: str, lines: dict[int, Share]) -> int:
        """The most that a refund of these pieces may amount to (Q12); what it holds itself doesn't count against it."""
        own = sum(share.amount for share in lines.values())
        return min(self.left(order) + own, sum(self.caps(order, lines)))

    def hold(self, order: str, lines: dict[int, Share], amount: int) -> None:
        """Spread an amount over these lines."""
        for share, cents in zip(lines.values(), spread(amount, self.caps(order, lines)), strict=True):
            share.amount = cents

    def small(self, order: str) -> list[Payment]:
        """Its small payments that take a place (K9: failed ones free theirs)."""
        mine = [p for p in self.payments if p.order == order and p.purpose == "other"]
        return [payment for payment in mine if payment.status != "failed"]

    def due(self) -> Iterator[tuple[str, object, int]]:
        """What happens by itself now: deadlines that have come, money that waits, what a worker has to do."""
        for label, refund in self.refunds.items():
            if refund.due and refund.due <= self.now:
                yield "refund", label, 0
            for place, offer in enumerate(refund.offers):
                if offer.status == "pending" and offer.until <= self.now:
                    yield "offer", label, place
        for place, payment in enumerate(self.payments):
            if payment.status == "pending":
                yield "payment", "", place
        for place, stray in enumerate(self.strays):
            if stray.status == "waiting" and self.announced(stray.number):
                yield "stray", "", place
        for place, row in enumerate(self.rows):
            if row.status == "waiting":
                yield "row", "", place

    def announced(self, number: str) -> str:
        """The refund whose goods come back under this number, the newest of several; "" for none."""
        named = [label for label, refund in self.refunds.items() if refund.number == number]
        return named[-1] if named else ""

    @property
    def reserved(self) -> int:
        """Cents of the service budget that are on their way."""
        return sum(payment.amount for payment in self.payments if payment.from_budget and payment.status == "pending")

    @property
    def coupons(self) -> tuple[int, int]:
        """How many of the coupon are promised, and how many granted."""
        offers = [offer for refund in self.refunds.values() for offer in refund.offers if offer.method == "coupon"]
        return tuple(sum(offer.status == status for offer in offers) for status in ("pending", "accepted"))

    def appearance(self, label: str) -> str:
        """What somebody who looks at a refund sees: whatever happens to it changes it."""
        return repr((self.refunds[label], [p for p in self.payments if p.refund == label]))

    def move(self, refund: Refund, status: str, within=None) -> None:
        """To another state, with its deadline. What was proposed to the buyer is over with the old one (T8)."""
        if refund.offer:
            refund.offer.status = "expired" if refund.offer.until <= self.now else "withdrawn"
        refund.status, refund.due = status, within and self.now + within
        if status in FREE:
            for share in refund.lines.values():
                share.amount = 0

    def seen(self) -> dict:
        """What a look at the store must show: per refund, and per order."""
        refunds = {label: self._refund_seen(label, refund) for label, refund in self.refunds.items()}
        orders = {
            label: {
                "claimed": self.claimed(label),
                "shipped": order.is_shipped,
                "delivered": order.is_delivered,
                "kept": order.is_kept,
                "stopped": {place: line.stopped for place, line in enumerate(order.lines) if line.stopped},
                "sent": {number: (parcel.pieces, parcel.recalled_for) for number, parcel in order.sent.items()},
                "payments": sorted((p.amount, p.status) for p in self.payments if p.order == label and not p.refund),
            }
            for label, order in self.orders.items()
        }
        store = {
            "budget": (self.budget, self.reserved),
            "coupons": self.coupons,
            "paid back": self.paid_back,
            "strays": sorted((stray.number, stray.status, stray.refund) for stray in self.strays),
        }
        return {"refunds": refunds, "orders": orders, "stores": {"store": store}}

    def _refund_seen(self, label: str, refund: Refund) -> dict:
        return {
            "order": refund.order,
            "rows": sorted(
                row_seen(row.status, row.seen != self.appearance(label)) for row in self.rows if row.refund == label
            ),
            "kind": refund.kind,
            "status": refund.status,
            "amount": refund.amount,
            "due": refund.due,
            "lines": {place: (share.pieces, share.amount) for place, share in refund.lines.items()},
            "offers": [(offer.method, offer.amount, offer.status, offer.until) for offer in refund.offers],
            "payments": sorted((p.amount, p.status) for p in self.payments if p.refund == label),
            "appeal": refund.appeal,
            "number": refund.number,
            "parcels": sorted(refund.parcels),
        }


def spread(amount: int, caps: Sequence[int]) -> list[int]:
    """Cents over parts in proportion to their caps, rounded down; what that leaves goes to those with most room."""
    total = sum(caps)
    if not total:
        return [0] * len(caps)
    shares = [amount * cap // total for cap in caps]
    for place in sorted(range(len(caps)), key=lambda place: shares[place] - caps[place])[: amount - sum(shares)]:
        shares[place] += 1
    return shares
