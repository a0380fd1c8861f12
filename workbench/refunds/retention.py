"""The panel of offers on a refund's page: what is possible, in which order, within which limits, and why not (Q1–Q11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.eligibility import attempts_left, general_refusal, keeps_orders, methods_for, refusal_of
from offers.methods import Case, Method
from offers.recommendation import recommend
from offers.states import MethodCode
from stores.models import User
from stores.permissions import SEND_OFFERS, can
from workbench.kit.words import duration, yuan

ICONS: Mapping[str, str] = {
    MethodCode.REASSURANCE: "favorite",
    MethodCode.COUPON: "confirmation_number",
    MethodCode.EXCHANGE: "swap_horiz",
    MethodCode.GIFT: "redeem",
    MethodCode.PARTIAL_REFUND: "percent",
    MethodCode.RESHIP: "local_shipping",
    MethodCode.RED_PACKET: "savings",
    MethodCode.CHANGE_TO_REFUND_ONLY: "handshake",
    MethodCode.CHANGE_TO_RETURN: "handshake",
    MethodCode.STAY: "volunteer_activism",
}


@dataclass(frozen=True)
class Way:
    """A method that is possible now, as people read about it. `percent` is the share of buyers expected to accept."""

    method: Method
    why: str
    limits: dict
    recommended: bool = False
    percent: int | None = None
    limit_words: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """Its code."""
        return self.method.code

    @property
    def label(self) -> str:
        """Its name."""
        return self.method.code.label

    @property
    def icon(self) -> str:
        """Its picture."""
        return ICONS.get(self.method.code, "handshake")


@dataclass(frozen=True)
class NoWay:
    """A method that isn't possible now, and why."""

    method: Method
    refusal: str

    @property
    def label(self) -> str:
        """Its name."""
        return self.method.code.label


@dataclass(frozen=True)
class Panel:
    """Everything about offers for one refund. `refusal` says why nothing can be offered at all."""

    retains: bool
    refusal: str
    ways: list[Way]
    no_ways: list[NoWay]
    left: int
    most: int
    may_send: bool

    def way(self, code: str) -> Way | None:
        """The possible method with this code."""
        return next((way for way in self.ways if way.code == code), None)

    @property
    def left_words(self) -> str:
        """How many offers are left (Q8)."""
        return ngettext("%(left)d of %(most)d offer left", "%(left)d of %(most)d offers left", self.most) % {
            "left": self.left,
            "most": self.most,
        }


def build_panel(user: User, case: Case) -> Panel:
    """What this user could offer for the case now."""
    rules = case.refund.rules
    recommends = keeps_orders(rules)
    may_send = can(user, SEND_OFFERS, case.refund.store_id)
    refused = general_refusal(case)
    possible, no_ways = [], []
    for method in methods_for(case.refund):
        why_not = refusal_of(method, case)
        if why_not is None and not may_send and not recommends:
            no_ways.append(NoWay(method, _("Your role in this store doesn't allow this.")))
        elif why_not is not None:
            no_ways.append(NoWay(method, str(why_not)))
        else:
            possible.append(method)
    return Panel(
        retains=recommends,
        refusal=str(refused) if refused else "",
        ways=_recommended(case, possible) if recommends else _plain(case, possible),
        no_ways=no_ways,
        left=attempts_left(case),
        most=rules.offers_per_refund,
        may_send=may_send,
    )


def _plain(case: Case, possible: list[Method]) -> list[Way]:
    """Without recommendation, in the marketplace's order."""
    return [Way(method, method.why(case), method.limits(case)) for method in possible]


def _recommended(case: Case, possible: list[Method]) -> list[Way]:
    """The recommended ones first, each with the acceptance expected (Q11)."""
    if not possible:
        return []
    found = []
    for option in recommend(case, possible):
        limits = option.method.limits(case)
        found.append(
            Way(
                option.method,
                option.why,
                limits,
                option.recommended,
                round(option.score * 100),
                limit_words(option.method, limits),
            )
        )
    return found


def limit_words(method: Method, limits: Mapping) -> list[str]:
    """A method's limits as people read them."""
    words = []
    if "max_amount" in limits:
        words.append(_("at most %(most)s") % {"most": yuan(limits["max_amount"])})
    if "coupons_shown" in limits:
        words.append(_("the buyer sees up to %(most)d coupons") % {"most": limits["coupons_shown"]})
    if "ships_within_hours" in limits:
        time = duration(timedelta(hours=limits["ships_within_hours"]))
        if method.code == MethodCode.EXCHANGE:
            words.append(_("ships within %(time)s after the buyer's parcel has left") % {"time": time})
        else:
            words.append(_("ships within %(time)s") % {"time": time})
    return words or [_("free of charge")]
