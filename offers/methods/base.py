"""The shape of a method: what is true of it, when it is allowed, what it needs, what the buyer sees, what a yes does.

Whatever depends on the method is asked here: no condition elsewhere names one. The defaults promise nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, TypeVar

from common.actors import Actor, ActorKind
from common.errors import Refused
from common.money import ZERO
from common.writes import WriteSet
from offers.models import Coupon, Offer
from offers.registry import METHODS
from offers.sending import sending_facts
from offers.situation import Situation
from payments.purposes import PURPOSES, PurposeFacts
from refunds.holds import most_refundable
from refunds.models import Refund
from refunds.states import RefundKind
from stores.models import Product, ReturnAddress

# Who proposes what is `by_platform`.
PLATFORM = Actor(ActorKind.PLATFORM)


@dataclass(frozen=True)
class Terms:
    """What the merchant fills in."""

    message: str = ""
    amount: Decimal | None = None
    return_address: ReturnAddress | None = None
    agreed_with_buyer: bool = False
    product: Product | None = None
    coupons: Sequence[Coupon] = ()


class BuyerConcern(StrEnum):
    """What a buyer's reason comes down to, as far as an offer can answer it (Q11)."""

    LOGISTICS = "logistics"
    FLAW = "flaw"
    MISSING = "missing"


class Method(ABC):
    """One way to answer a refund. Methods hold no state."""

    code: ClassVar[str]
    label: ClassVar[str]  # lazily translated
    icon: ClassVar[str] = "handshake"  # a name of Material Symbols
    order: ClassVar[int] = 100  # its place where all methods are listed
    # The marketplace proposes it by itself (`proposes`): no rule file lists it among the merchant's offers, and it uses
    # up no attempt.
    by_platform: ClassVar[bool] = False
    # Offers with the same word are possible once a refund, whatever came of them (Q9, T4); empty: as often as
    # attempts allow.
    once_as: ClassVar[str] = ""
    # Which rule each event of such an offer goes by, per status of the offer that it brings.
    event_rules: ClassVar[Mapping[str, str]] = {}
    # The concerns that it is recommended for (Q11).
    suits: ClassVar[frozenset[BuyerConcern]] = frozenset()

    # What acceptance means for the figures (Q18): whether the refund goes on with another amount or kind (else the
    # order is kept and the refund withdrawn), whether the work on it ends, whether a parcel that would have
    # come back doesn't, whether a product or coupons are given away, and whether a payment goes out where the offer has
    # an amount: its purpose is the method's code, with `purpose_label` or else the method's; with `returns_price` it
    # is a part of what the order was paid, and what `is_owed` can't be given up (payments.purposes).
    changes_refund: ClassVar[bool] = False
    becomes: ClassVar[str] = ""  # the kind that a changed refund goes on as
    ends_work: ClassVar[bool] = True
    spares_return: ClassVar[bool] = True
    gives_product: ClassVar[bool] = False
    gives_coupons: ClassVar[bool] = False
    pays: ClassVar[bool] = False
    returns_price: ClassVar[bool] = False
    is_owed: ClassVar[bool] = False
    # The share of the refund's amount that the form begins with before anything was learnt; None for a method whose
    # amount isn't chosen. And where it gives something else, what that usually is worth, as such a share.
    usual_share: ClassVar[Decimal | None] = None
    usual_worth: ClassVar[Decimal] = ZERO
    sends_parcel: ClassVar[bool] = False
    purpose_label: ClassVar[str] = ""

    # Ready-made words to the buyer that say what this method gives, each within the marketplace's message length (Q5).
    scripts: ClassVar[tuple[str, ...]] = ()

    # What the form begins with: whether it insists on a message, and names the goods themselves.
    needs_message: ClassVar[bool] = False
    begins_with_goods: ClassVar[bool] = False

    # The buyer's side: whether a yes may bring another address (K3), whether shipping the order ends the question, and
    # the template of the proposal on the buyer's page, which is given `buyer_facts` as `facts`.
    takes_address: ClassVar[bool] = False
    ends_when_shipped: ClassVar[bool] = False
    buyer_template: ClassVar[str] = "offers/offer.html"
    # The card on the refund's page at the desk about what the marketplace proposed: given the offer as `proposal` and
    # `buyer_facts` as `facts`. "" for none.
    desk_template: ClassVar[str] = ""

    @abstractmethod
    def why_not(self, situation: Situation) -> Refused | None:
        """Why this can't be offered for the refund now, whatever is filled in; None when it can."""

    def sends_money(self, amount: Decimal | None = None) -> bool:
        """Whether a yes to an offer of this amount sends money in the same moment: its own, or the refund's.

        Without an amount, whether it surely will.
        """
        return self.pays or self.becomes == RefundKind.REFUND_ONLY

    def proposes(self, refund: Refund) -> bool:
        """Whether the marketplace proposes this by itself when the refund is requested."""
        return False

    def propose(self, writes: WriteSet, refund: Refund, *, now: datetime) -> Offer:
        """Add the marketplace's proposal for a refund that the same writes open.

        It lives as other offers do and never stops the refund's clock. It is no merchant's choice, so recommendation
        learns nothing from it.
        """
        lives = refund.rules.offer_lives
        offer = Offer(
            store_id=refund.store_id,
            refund=refund,
            method=self.code,
            **sending_facts(refund, actor=PLATFORM, now=now),
            due_at=min(refund.due_at, now + lives) if lives else refund.due_at,
            created_at=now,
            is_counted=True,
        )
        writes.insert(offer)
        return offer

    def lacks(self, situation: Situation) -> Refused | None:
        """What the store lacks to fill this in at all. What a form names already is judged by its own rule before."""
        return None

    @abstractmethod
    def check(self, situation: Situation, terms: Terms) -> None:
        """Invalid for a missing or malformed term, Refused for one that a rule forbids now."""

    def amount_of(self, refund: Refund, terms: Terms) -> Decimal | None:
        """Yuan of the offer with these terms, once they are checked."""
        return terms.amount

    @abstractmethod
    def limits(self, situation: Situation) -> dict:
        """What the form may contain, for people and clients."""

    def limit_words(self, situation: Situation) -> list[str]:
        """The same in the merchant's words, and what it costs where that is certain."""
        return []

    @abstractmethod
    def why(self, situation: Situation) -> str:
        """One sentence that tells the merchant when this makes sense."""

    @abstractmethod
    def buyer_sees(self, refund: Refund, terms: Terms) -> str:
        """The proposal in the words that the buyer reads, as a sentence that can be kept (T11, Q6)."""

    def buyer_facts(self, offer: Offer) -> dict:
        """What `buyer_template` shows beside those words."""
        return {}

    def after_yes(self, offer: Offer) -> list[str]:
        """What the buyer reads once the yes is given: what comes, from where and until when, sentence by sentence."""
        return []

    def brings(self, offer: Offer) -> list[str]:
        """What the buyer's yes brings the merchant, sentence by sentence, read before sending."""
        return []

    def worth(self, refund: Refund, product: Product | None) -> Decimal | None:
        """Yuan that the goods are worth which an offer about the refund promises; None when it promises none."""
        return None

    def cost(self, offer: Offer, coupons: Sequence[Coupon]) -> Decimal:
        """Yuan that the buyer's yes costs the merchant at most, as far as the offer and its `coupons` say."""
        return ZERO

    def least_cost(self, situation: Situation) -> Decimal:
        """Yuan that such an offer costs at least, whatever is filled in."""
        return ZERO

    def price_difference(self, offer: Offer) -> Decimal | None:
        """Yuan that what replaces the goods costs more (or, below zero, less) than was asked back for them.

        None where nothing replaces them.
        """
        return None

    def why_above(self, situation: Situation, amount: Decimal) -> Refused | None:
        """Why the rules don't allow so much."""
        return None

    def unasked_terms(self, situation: Situation) -> dict | None:
        """Arguments for `send_offer`, beside the message, that make sense unasked when offers are sent in bulk.

        None when a person must choose them.
        """
        return None

    def money_left(self, refund: Refund) -> Decimal:
        """Yuan that such an offer about the refund can still bring; what the refund holds itself counts with it."""
        return most_refundable(refund)

    def why_gone(self, offer: Offer) -> Refused | None:
        """Why what was proposed can't be had any more, whatever the offer's own state says."""
        return None

    @abstractmethod
    def accept(self, writes: WriteSet, offer: Offer, *, actor: Actor, now: datetime) -> None:
        """Do what was promised to `offer.refund`, which is locked together with its order."""


M = TypeVar("M", bound=type[Method])


def register(method: M) -> M:
    """Make a method known, and what it pays a purpose of payments: the decorator of every file's class."""
    METHODS.add(method.code, method())
    if method.pays:
        label = method.purpose_label or method.label
        PURPOSES.add(method.code, PurposeFacts(label, method.order, method.returns_price, method.is_owed))
    return method
