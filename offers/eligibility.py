"""May this be offered now, and if not, why: asked by the action, the API and the desk alike.

The rules are asked in one order, the same for every method, and the first that says no answers:

1. the marketplace has such an offer at all;
2. something can be offered for the refund: it is retainable, it is the merchant's turn, no offer is pending, and an
   attempt is left;
3. the method is switched on (Q4);
4. the method can be used for this refund (`Method.why_not`), and no payment that it would stand beside is in doubt;
5. what was named is good, each by its own rule: the words, the address, the product, the coupons (`offers.terms`);
6. the store has what the method needs to be filled in (`Method.lacks`);
7. the terms are complete and within their limits (`Method.check`);
8. whoever sends it may give away so much at once (`why_beyond_role`, and of the terms `why_above_ceilings`).

So a coupon on the wrong channel is told its channel even where the store has no other coupon (Q13).
"""

from datetime import datetime

from common.errors import Refused
from common.money import CENT
from common.sentences import sentence as _
from common.words import in_one_language, listed
from offers.coupons import why_not_promise
from offers.methods import METHODS, Method, Situation
from offers.models import Coupon
from offers.registry import gives_coupons
from offers.states import OfferStatus
from refunds.handing_over import why_under_way
from refunds.models import Refund
from refunds.states import RefundKind, RefundStatus
from refunds.why_not import why_not_pay_more
from stores.ceilings import why_above
from stores.marketplaces import MarketplaceRules, marketplace_label
from stores.models import Store


def keeps_orders(rules: MarketplaceRules) -> bool:
    """Whether the marketplace has offers that keep the order (Q3, Q11).

    Only those are recommended and can be sent in bulk.
    """
    return any(not METHODS[code].changes_refund for code in rules.offer_methods)


def retains(store: Store) -> bool:
    """Whether refunds of this store may be kept by offers at all (Q2)."""
    return keeps_orders(store.rules) and store.rules.offers_on(store.site)


def why_not_retain(situation: Situation) -> Refused | None:
    """Why nothing at all can be offered for this refund now; None when something can (Q1, Q2, Q7, Q8, T4)."""
    refund = situation.refund
    if not refund.rules.offer_methods:
        return Refused(
            "method_not_available",
            _("%(marketplace)s has no offers for refunds.") % {"marketplace": marketplace_label(refund.rules)},
            "method",
        )
    refused = _not_retainable(situation)
    if refused is not None:
        return refused
    if refund.status != RefundStatus.AWAITING_MERCHANT or refund.is_overdue(situation.now):
        return Refused("invalid_transition", _("Offers are possible only while the refund awaits the merchant."))
    if (refused := why_under_way(refund)) is not None:
        return refused
    if any(offer.status == OfferStatus.PENDING for offer in situation.earlier):
        return Refused("offer_pending", _("The buyer has yet to answer an offer; wait for it."))
    if any(offer.status == OfferStatus.ACCEPTED_WAITING for offer in situation.earlier):
        return Refused("offer_pending", _("The buyer said yes to an offer and has yet to withdraw at the marketplace."))
    if len(situation.attempts) >= refund.rules.offers_per_refund:
        return Refused("attempts_exhausted", _("No further offer is possible for this refund."))
    return None


def _not_retainable(situation: Situation) -> Refused | None:
    """Q1 and Q2: what the marketplace's rules leave out of offers: by the goods' way, kind, site and category."""
    refund, rules = situation.refund, situation.refund.rules
    if rules.offers_after_shipping_only and not refund.has_left:
        return Refused(
            "not_retainable", _("The goods have not been shipped: such a refund can't be retained."), "refund"
        )
    if refund.kind not in rules.offers_for_kinds:
        kind = RefundKind(refund.kind).label
        return Refused(
            "not_retainable", _("There are no offers for this kind of request: %(kind)s.") % {"kind": kind}, "refund"
        )
    if not rules.offers_on(refund.store.site):
        site = in_one_language(rules.site_label(refund.store.site)) or _("this site")
        return Refused("not_retainable", _("Stores of %(site)s can't retain refunds.") % {"site": site}, "refund")
    if rules.offers_in_open_categories_only and situation.closed_categories:
        named = listed(sorted(situation.closed_categories)) or "–"
        return Refused(
            "category_not_open",
            _("Retention isn't open for category %(categories)s yet.") % {"categories": named},
            "refund",
        )
    return None


def why_not_try(method: Method, situation: Situation) -> Refused | None:
    """Why this method can't be offered for the refund now, whatever would be filled in: steps 1 to 4."""
    rules = situation.refund.rules
    if rules.offer_methods and method.code not in rules.offer_methods:
        return _no_such_offer(situation)
    refused = why_not_retain(situation)
    if refused is not None:
        return refused
    if method.code not in situation.available:
        return Refused("method_not_available", _("This method is switched off, or not available yet."), "method")
    kept = [offer for offer in situation.earlier if not offer.has_lapsed]
    if method.once_as and any(METHODS[offer.method].once_as == method.once_as for offer in kept):
        return Refused(
            "method_not_repeatable",
            _("%(method)s was used for this refund; choose something else.") % {"method": method.label},
            "method",
        )
    if method.sends_money() and (refused := why_not_pay_more(situation.refund)) is not None:
        return refused
    return method.why_not(situation)


def _no_such_offer(situation: Situation) -> Refused:
    label = marketplace_label(situation.refund.rules)
    return Refused("method_not_available", _("%(marketplace)s has no such offer.") % {"marketplace": label}, "method")


def why_not_offer(method: Method, situation: Situation) -> Refused | None:
    """Why this method isn't among the refund's options now: what is seen before anything is filled in."""
    return why_not_try(method, situation) or method.lacks(situation) or why_beyond_role(method, situation)


def why_beyond_role(method: Method, situation: Situation) -> Refused | None:
    """Why the situation's actor can't offer this at all: even the least that it gives is above their ceiling."""
    if situation.offer_ceiling is not None:
        refused = why_above(method.least_cost(situation), situation.offer_ceiling)
        if refused is not None:
            return refused
    return why_above(CENT, situation.approval_ceiling) if method.changes_refund else None


def why_not_in_offers(coupon: Coupon, now: datetime) -> Refused | None:
    """Why no offer of its store can promise this coupon now (Q13).

    Either offers there give no coupons at all, or this one can't be promised.
    """
    rules = coupon.store.rules
    if not retains(coupon.store) or not gives_coupons(rules.offer_methods):
        return Refused("method_not_available", _("Offers of this store give no coupons."), "method")
    return why_not_promise(coupon, now)


def why_not_name(code: str, situation: Situation) -> Refused | None:
    """Why the method that somebody names by its code can't be offered now; a code that is none is no such offer."""
    refused = why_not_retain(situation)
    if refused is not None:
        return refused
    if code not in situation.refund.rules.offer_methods:
        return _no_such_offer(situation)
    return why_not_offer(METHODS[code], situation)


def attempts_left(situation: Situation) -> int:
    """How many offers the merchant may still make for this refund, ever (T4, Q8)."""
    return max(0, situation.refund.rules.offers_per_refund - len(situation.attempts))


def methods_for(refund: Refund) -> list[Method]:
    """The methods of the refund's marketplace, in its order."""
    return [METHODS[code] for code in refund.rules.offer_methods]
