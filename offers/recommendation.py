"""Which offer first: the reason decides, what buyers accepted before refines it, and a share explores (Q11).

An option's score is the mean of a Beta posterior: the store's own ended offers for this reason, on a prior worth
PRIOR_STRENGTH offers whose mean is what buyers of the whole marketplace accepted (docs/adr/0007).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.at_once import read_at_once
from common.words import joined
from offers.methods import BuyerConcern, Method, Situation
from offers.models import Acceptance, MarketplaceAcceptance
from refunds.states import RefundReason

PRIOR_STRENGTH = 10
EXPLORED_SHARE = 0.1

CONCERNS: Mapping[str, BuyerConcern] = {
    RefundReason.SLOW_LOGISTICS: BuyerConcern.LOGISTICS,
    RefundReason.NOT_DELIVERED: BuyerConcern.LOGISTICS,
    RefundReason.SELLER_DELAY: BuyerConcern.LOGISTICS,
    RefundReason.MINOR_FLAW: BuyerConcern.FLAW,
    RefundReason.PACKAGING_DAMAGED: BuyerConcern.FLAW,
    RefundReason.PARCEL_LOST: BuyerConcern.MISSING,
    RefundReason.MISSING_PARTS: BuyerConcern.MISSING,
}
CONCERN_NAMES: Mapping[BuyerConcern, str] = {
    BuyerConcern.LOGISTICS: gettext_lazy("Logistics reason"),
    BuyerConcern.FLAW: gettext_lazy("Small flaw or damaged packaging"),
    BuyerConcern.MISSING: gettext_lazy("Lost or missing parts"),
}


@dataclass(frozen=True)
class Tally:
    """Ended offers, and how many of them were accepted."""

    ended: int = 0
    accepted: int = 0

    @property
    def percent(self) -> int | None:
        """How many of a hundred were accepted; None when none has ended: nobody knows."""
        return round(100 * self.accepted / self.ended) if self.ended else None


@dataclass(frozen=True)
class Option:
    """A method that is possible now.

    `score` is the share of buyers expected to accept, 0–1; `own` is what this store's buyers answered so far.
    """

    method: Method
    recommended: bool
    score: float
    why: str
    own: Tally


def score_of(own: Tally, marketplace: Tally) -> float:
    """The posterior mean of acceptance. The marketplace's own prior is Beta(1, 1), so that no data gives one half."""
    prior = (marketplace.accepted + 1) / (marketplace.ended + 2)
    return (own.accepted + PRIOR_STRENGTH * prior) / (own.ended + PRIOR_STRENGTH)


def explores(refund_id: UUID) -> bool:
    """Whether this refund belongs to the share in which a less tried method comes first; the same every time."""
    digest = hashlib.sha256(b"explore" + refund_id.bytes).digest()
    return int.from_bytes(digest[:8]) < EXPLORED_SHARE * 2**64


def recommend(situation: Situation, methods: Sequence[Method]) -> list[Option]:
    """The possible methods, the recommended ones first, best score first, each with its reason in words."""
    refund = situation.refund
    own = Acceptance.objects.for_store(refund.store_id).filter(reason=refund.reason)
    marketplace = MarketplaceAcceptance.objects.filter(marketplace=refund.rules.name, reason=refund.reason)
    answered = [rows.values_list("method", "ended", "accepted") for rows in (own, marketplace)]
    read_at_once(*answered)
    return rank(situation, methods, own=_tallies(answered[0]), marketplace=_tallies(answered[1]))


def rank(
    situation: Situation, methods: Sequence[Method], *, own: Mapping[str, Tally], marketplace: Mapping[str, Tally]
) -> list[Option]:
    """The same from tallies by method: the store's for the refund's reason, and the whole marketplace's."""
    refund = situation.refund
    concern = CONCERNS.get(refund.reason)
    options = [
        Option(
            method=method,
            recommended=concern in method.suits,
            score=score_of(own.get(method.code, Tally()), marketplace.get(method.code, Tally())),
            why=_explain(situation, method, own.get(method.code, Tally()), concern),
            own=own.get(method.code, Tally()),
        )
        for method in methods
    ]
    options.sort(key=lambda option: (not option.recommended, -option.score))
    if explores(refund.pk):
        _explore(options, own)
    return options


def _explore(options: list[Option], own: Mapping[str, Tally]) -> None:
    """Put the recommended method that this store has tried least in front."""
    recommended = [option for option in options if option.recommended]
    if len(recommended) > 1:
        least = min(recommended, key=lambda option: own.get(option.method.code, Tally()).ended)
        options.remove(least)
        options.insert(0, least)


def _tallies(rows: Iterable[tuple[str, int, int]]) -> dict[str, Tally]:
    return {method: Tally(ended, accepted) for method, ended, accepted in rows}


def _explain(situation: Situation, method: Method, own: Tally, concern: BuyerConcern | None) -> str:
    reason = str(CONCERN_NAMES[concern]) if concern in method.suits else situation.refund.get_reason_display()
    parts = [reason, method.why(situation)]
    if own.ended:
        parts.append(_("%(accepted)d of %(ended)d accepted") % {"accepted": own.accepted, "ended": own.ended})
    return joined(part.rstrip(".。") for part in parts)
