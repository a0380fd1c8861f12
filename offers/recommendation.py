"""Which offer first: the reason decides, what buyers accepted before refines it, and a share explores (Q11).

An option's score is the mean of a Beta posterior: the store's own ended offers for this reason, on a prior worth
PRIOR_STRENGTH offers whose mean is what buyers of the whole marketplace accepted (docs/adr/0007).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from offers.methods import Case, Method
from offers.models import Acceptance, MarketplaceAcceptance
from offers.states import MethodCode
from refunds.states import RefundReason

PRIOR_STRENGTH = 10
EXPLORED_SHARE = 0.1

_LOGISTICS = (MethodCode.REASSURANCE, MethodCode.RED_PACKET, MethodCode.COUPON, MethodCode.RESHIP)
_FLAWS = (MethodCode.GIFT, MethodCode.RED_PACKET, MethodCode.COUPON, MethodCode.PARTIAL_REFUND)
_MISSING = (MethodCode.RESHIP,)
BY_REASON: Mapping[str, tuple[str, ...]] = {
    RefundReason.SLOW_LOGISTICS: _LOGISTICS,
    RefundReason.NOT_DELIVERED: _LOGISTICS,
    RefundReason.SELLER_DELAY: _LOGISTICS,
    RefundReason.MINOR_FLAW: _FLAWS,
    RefundReason.PACKAGING_DAMAGED: _FLAWS,
    RefundReason.PARCEL_LOST: _MISSING,
    RefundReason.MISSING_PARTS: _MISSING,
}
_GROUP_NAMES = {
    _LOGISTICS: "logistics",
    _FLAWS: "flaw",
    _MISSING: "missing",
}


@dataclass(frozen=True)
class Tally:
    """Ended offers, and how many of them were accepted."""

    ended: int = 0
    accepted: int = 0


@dataclass(frozen=True)
class Option:
    """A method that is possible now. `score` is the share of buyers expected to accept, 0–1."""

    method: Method
    recommended: bool
    score: float
    why: str


def score_of(own: Tally, marketplace: Tally) -> float:
    """The posterior mean of acceptance. The marketplace's own prior is Beta(1, 1), so that no data gives one half."""
    prior = (marketplace.accepted + 1) / (marketplace.ended + 2)
    return (own.accepted + PRIOR_STRENGTH * prior) / (own.ended + PRIOR_STRENGTH)


def explores(refund_id: UUID) -> bool:
    """Whether this refund belongs to the share in which a less tried method comes first; the same every time."""
    digest = hashlib.sha256(b"explore" + refund_id.bytes).digest()
    return int.from_bytes(digest[:8]) < EXPLORED_SHARE * 2**64


def recommend(case: Case, methods: Sequence[Method]) -> list[Option]:
    """The possible methods, the recommended ones first, best score first, each with its reason in words."""
    refund = case.refund
    own = _tallies(Acceptance.objects.for_store(refund.store_id).filter(reason=refund.reason))
    marketplace = _tallies(MarketplaceAcceptance.objects.filter(marketplace=refund.rules.name, reason=refund.reason))
    fitting = BY_REASON.get(refund.reason, ())
    options = [
        Option(
            method=method,
            recommended=method.code in fitting,
            score=score_of(own.get(method.code, Tally()), marketplace.get(method.code, Tally())),
            why=_explain(case, method, own.get(method.code, Tally()), fitting),
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


def _tallies(rows) -> dict[str, Tally]:
    return {
        method: Tally(ended, accepted) for method, ended, accepted in rows.values_list("method", "ended", "accepted")
    }


def _explain(case: Case, method: Method, own: Tally, fitting: Sequence[str]) -> str:
    parts = [_reason_group(fitting) if method.code in fitting else case.refund.get_reason_display(), method.why(case)]
    if own.ended:
        parts.append(_("%(accepted)d of %(ended)d accepted") % {"accepted": own.accepted, "ended": own.ended})
    return "; ".join(part.rstrip(".。") for part in parts)


def _reason_group(fitting: Sequence[str]) -> str:
    match _GROUP_NAMES[tuple(fitting)]:
        case "logistics":
            return _("Logistics reason")
        case "flaw":
            return _("Small flaw or damaged packaging")
        case _:
            return _("Lost or missing parts")
