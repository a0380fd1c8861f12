"""What the model holds: orders with their lines and parcels, refunds with their offers, payments. Amounts are cents."""

from dataclasses import dataclass, field
from datetime import datetime

AGREED = ("partial_refund", "red_packet")  # what an accepted offer pays out of the order
FREE = ("withdrawn", "closed")  # a refund in these states claims nothing of its order any more
DONE = (*FREE, "refunded")
Pieces = dict[int, int]  # how many, by the place of their line in the order


@dataclass
class Payment:
    """Money on its way to a buyer: of a refund, of an offer, or a small one."""

    order: str
    refund: str
    amount: int
    purpose: str
    at: datetime
    status: str = "pending"
    from_budget: bool = False


@dataclass
class Offer:
    """One proposal to a buyer; `until` is the first instant at which it is over.

    `sent`, `kind` and `asked` are the instant, the refund's kind and its amount when it was sent; `worth` what the
    product or coupon costs that it promises.
    """

    method: str
    until: datetime
    sent: datetime
    kind: str
    asked: int
    amount: int | None = None
    worth: int = 0
    status: str = "pending"
    answered: datetime | None = None


@dataclass
class Share:
    """What a refund is about of one line: pieces, and the cents that it holds of the line now.

    `stopped`: pieces of a granted refund that nobody ships any more (P2).
    """

    pieces: int
    amount: int = 0
    stopped: int = 0

    @property
    def moving(self) -> int:
        """Pieces that have left, or come back."""
        return self.pieces - self.stopped


@dataclass
class Refund:
    """What a buyer asks for. `due` is the deadline of its state, if it has one."""

    order: str
    kind: str
    amount: int
    due: datetime | None
    asked_at: datetime
    lines: dict[int, Share]
    reason: str = "changed_mind"
    status: str = "awaiting_merchant"
    goods: str = ""  # "stopped" (P2), "recalled" (P4)
    resubmits: int = 0
    offers: list[Offer] = field(default_factory=list)
    at_once: bool = False
    is_returnless: bool = False  # R1: the buyer keeps the goods, the service budget pays
    is_rest: bool = False  # P1: what didn't arrive of another one
    number: str = ""  # under which its goods come back
    appeal: str = ""
    parcels: list[str] = field(default_factory=list)  # promised ones, by their status

    @property
    def returns(self) -> bool:
        """Whether the buyer sends back what was bought."""
        return self.kind != "refund_only"

    @property
    def holds_pieces(self) -> bool:
        """Whether nobody else may return its pieces: they come back with it, or went (P1, P4)."""
        return self.status not in FREE and (self.returns or self.goods == "recalled")

    @property
    def offer(self) -> Offer | None:
        """The one that the buyer may answer."""
        return self.offers[-1] if self.offers and self.offers[-1].status == "pending" else None


@dataclass
class Line:
    """So many pieces at a price each; `stopped` of them are not shipped any more (P2)."""

    price: int
    pieces: int
    stopped: int = 0

    @property
    def paid(self) -> int:
        """For all of them."""
        return self.price * self.pieces


@dataclass
class Parcel:
    """A part of an order, or all of it, on its way to the buyer."""

    pieces: Pieces
    is_received: bool = False
    recalled_for: str = ""


@dataclass
class Order:
    """What was bought."""

    buyer: str
    lines: list[Line]
    paid_at: datetime
    trusted: bool = False  # P5: high credit or VIP
    is_kept: bool = False  # K1: the buyer stays, ship it first
    is_promised: bool = False  # R3: a refund without return, from when it was placed on
    sent: dict[str, Parcel] = field(default_factory=dict)  # by tracking number

    @property
    def paid(self) -> int:
        """For everything."""
        return sum(line.paid for line in self.lines)

    def out(self, place: int) -> int:
        """Pieces of a line that have left."""
        return sum(parcel.pieces.get(place, 0) for parcel in self.sent.values())

    def here(self) -> Pieces:
        """Pieces that are still to be sent."""
        left = {place: line.pieces - line.stopped - self.out(place) for place, line in enumerate(self.lines)}
        return {place: count for place, count in left.items() if count}

    @property
    def is_stopped(self) -> bool:
        """Nothing of it is sent (P2)."""
        return all(line.stopped == line.pieces for line in self.lines)

    @property
    def is_shipped(self) -> bool:
        """All that is to be sent has left."""
        return not self.is_stopped and not self.here()

    @property
    def is_partly_shipped(self) -> bool:
        """Some has left, and some hasn't."""
        return bool(self.sent) and bool(self.here())

    @property
    def is_delivered(self) -> bool:
        """The buyer has all that was to be sent."""
        return self.is_shipped and all(parcel.is_received for parcel in self.sent.values())


@dataclass
class Stray:
    """A parcel that no refund had announced, as the warehouse put it aside (P1)."""

    number: str
    status: str = "waiting"
    refund: str = ""


@dataclass
class Row:
    """One refund of a bulk decision; `seen` is what it was when the merchant looked."""

    verdict: str
    refund: str
    seen: str
    status: str = "waiting"


def row_seen(status: str, is_overtaken: bool) -> str:
    """What a look tells of a row: of one that waits, whether something has happened to the refund since."""
    return "overtaken" if is_overtaken and status == "waiting" else status
