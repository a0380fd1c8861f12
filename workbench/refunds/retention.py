"""The panel of offers on a refund's page (Q1–Q11).

What is possible, in which order, within which limits, and why not.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.eligibility import attempts_left, keeps_orders, methods_for, why_not_offer, why_not_retain
from offers.methods import Method, Situation
from offers.recommendation import recommend
from stores.models import User
from stores.permissions import SEND_OFFERS, can


@dataclass(frozen=True)
class OfferWay:
    """A method that is possible now, as people read about it.

    `percent` of the buyers of this store who were offered it accepted it; None when nobody was. `amount` is the yuan
    that are recommended, with the reason, for a method that has an amount.
    """

    method: Method
    why: str
    limits: dict
    recommended: bool = False
    percent: int | None = None
    limit_words: list[str] = field(default_factory=list)
    amount: Decimal | None = None
    amount_why: str = ""

    @property
    def code(self) -> str:
        """Its code."""
        return self.method.code

    @property
    def label(self) -> str:
        """Its name."""
        return str(self.method.label)

    @property
    def icon(self) -> str:
        """Its picture."""
        return self.method.icon


@dataclass(frozen=True)
class RefusedWay:
    """A method that isn't possible now, and why."""

    method: Method
    refusal: str

    @property
    def label(self) -> str:
        """Its name."""
        return str(self.method.label)


@dataclass(frozen=True)
class Panel:
    """Everything about offers for one refund. `refusal` says why nothing can be offered at all."""

    retains: bool
    refusal: str
    ways: list[OfferWay]
    no_ways: list[RefusedWay]
    left: int
    most: int
    may_send: bool

    def way(self, code: str) -> OfferWay | None:
        """The possible method with this code."""
        return next((way for way in self.ways if way.code == code), None)

    @property
    def first_code(self) -> str:
        """The code of the method that comes first, possible or not; empty where the marketplace has none."""
        return next((way.method.code for way in (*self.ways, *self.no_ways)), "")

    @property
    def left_words(self) -> str:
        """How many offers are left (Q8)."""
        return ngettext("%(left)d of %(most)d offer left", "%(left)d of %(most)d offers left", self.most) % {
            "left": self.left,
            "most": self.most,
        }


def build_panel(user: User, situation: Situation) -> Panel:
    """What this user, the situation's actor, could offer for the refund now."""
    rules = situation.refund.rules
    recommends = keeps_orders(rules)
    may_send = can(user, SEND_OFFERS, situation.refund.store_id)
    refused = why_not_retain(situation)
    possible, no_ways = [], []
    for method in methods_for(situation.refund):
        why_not = why_not_offer(method, situation)
        if why_not is None and not may_send and not recommends:
            no_ways.append(RefusedWay(method, _("Your role in this store doesn't allow this.")))
        elif why_not is not None:
            no_ways.append(RefusedWay(method, str(why_not)))
        else:
            possible.append(method)
    return Panel(
        retains=recommends,
        refusal=str(refused) if refused else "",
        ways=_recommended(situation, possible) if recommends else _plain(situation, possible),
        no_ways=no_ways,
        left=attempts_left(situation),
        most=rules.offers_per_refund,
        may_send=may_send,
    )


def _plain(situation: Situation, possible: list[Method]) -> list[OfferWay]:
    """Without recommendation, in the marketplace's order."""
    return [OfferWay(method, method.why(situation), method.limits(situation)) for method in possible]


def _recommended(situation: Situation, possible: list[Method]) -> list[OfferWay]:
    """The recommended ones first, each with the acceptance so far (Q11)."""
    if not possible:
        return []
    found = []
    for option in recommend(situation, possible):
        limits, words = option.method.limits(situation), option.method.limit_words(situation)
        chosen = (option.recommended, option.own.percent, words, option.amount, option.amount_why)
        found.append(OfferWay(option.method, option.why, limits, *chosen))
    return found
