"""The shape of a method: when it is allowed, what it needs, what the buyer sees, what acceptance does."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from common.actors import Actor
from common.errors import Refused
from common.writes import WriteSet
from offers.case import Case
from offers.models import Coupon, Offer
from offers.states import MethodCode
from refunds.models import Refund
from stores.models import Product, ReturnAddress


@dataclass(frozen=True)
class Terms:
    """What the merchant fills in."""

    message: str = ""
    amount: Decimal | None = None
    return_address: ReturnAddress | None = None
    agreed_with_buyer: bool = False
    product: Product | None = None
    coupons: Sequence[Coupon] = ()


class Method(ABC):
    """One way to answer a refund. Methods hold no state."""

    code: ClassVar[MethodCode]
    # What acceptance means for the figures (Q18): whether the refund goes on with another amount or kind, whether the case
    # and its work end, whether a parcel that would have come back doesn't, and whether the product is given away.
    changes_refund: ClassVar[bool] = False
    ends_case: ClassVar[bool] = True
    spares_return: ClassVar[bool] = True
    gives_product: ClassVar[bool] = False

    @abstractmethod
    def refusal(self, case: Case) -> Refused | None:
        """Why this can't be offered for the case now; None when it can."""

    @abstractmethod
    def check(self, case: Case, terms: Terms) -> None:
        """Invalid for a missing or malformed term, Refused for one that a rule forbids now."""

    @abstractmethod
    def limits(self, case: Case) -> dict:
        """What the form may contain, for people and clients."""

    @abstractmethod
    def why(self, case: Case) -> str:
        """One sentence that tells the merchant when this makes sense."""

    @abstractmethod
    def buyer_sees(self, refund: Refund, terms: Terms) -> str:
        """The proposal in the words that the buyer reads (T11, Q6)."""

    def recheck(self, offer: Offer) -> None:
        """Refused when what was proposed can't be had any more, whatever the offer's own state says."""
        return None

    @abstractmethod
    def accept(self, writes: WriteSet, offer: Offer, *, actor: Actor, now: datetime) -> None:
        """Do what was promised to `offer.refund`, which is locked together with its order."""
