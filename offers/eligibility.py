"""May this be offered now, and if not, why: asked by the action, the API and the desk alike.

The rules are asked in one order, the same for every method, and the first that says no answers:

1. the marketplace has such an offer at all;
2. something can be offered for the refund: it is retainable, it is the merchant's turn, no offer is pending, and an
   attempt is left;
3. the method is switched on (Q4);
4. the method can be used for this refund (`Method.why_not`);
5. what was named is good, each by its own rule: the words, the address, the product, the coupons (`offers.terms`);
6. the store has what the method needs to be filled in (`Method.lacks`);
7. the terms are complete and within their limits (`Method.check`).

So a coupon on the wrong channel is told its channel even where the store has no other coupon (Q13).
"""

from datetime import datetime

from django.utils.translation import gettext as _

from common.errors import Refused
from common.words import in_one_language, listed
from offers.coupons import why_not_promise
from offers.methods import METHODS, Case, Method
from offers.models import Coupon
from offers.states import OfferStatus
from orders.states import OrderStatus
from refunds.handing_over import why_under_way
from refunds.models import Refund
from refunds.states import RefundStatus
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


def gives_coupons(rules: MarketplaceRules) -> bool:
    """Whether the marketplace has an offer of coupons (Q13)."""
    return any(METHODS[code].gives_coupons for code in rules.offer_methods)


def build_case(refund: Refund, now: datetime) -> Case:
    """The refund at an instant, with everything that methods ask about."""
    return Case(refund, now)


def why_not_retain(case: Case) -> Refused | None:
    """Why nothing at all can be offered for this refund now; None when something can (Q1, Q2, Q7, Q8, T4)."""
    refund = case.refund
    if not refund.rules.offer_methods:
        return Refused(
            "method_not_available",
            _("%(marketplace)s has no offers for refunds.") % {"marketplace": marketplace_label(refund.rules)},
            "method",
        )
    refused = _not_retainable(case)
    if refused is not None:
        return refused
    if refund.status != RefundStatus.AWAITING_MERCHANT or refund.is_overdue(case.now):
        return Refused("invalid_transition", _("Offers are possible only while the refund awaits the merchant."))
    if (refused := why_under_way(refund)) is not None:
        return refused
    if any(offer.status == OfferStatus.PENDING for offer in case.earlier):
        return Refused("offer_pending", _("The buyer has yet to answer an offer; wait for it."))
    if any(offer.status == OfferStatus.ACCEPTED_WAITING for offer in case.earlier):
        return Refused("offer_pending", _("The buyer said yes to an offer and has yet to withdraw at the marketplace."))
    if len(case.attempts) >= refund.rules.offers_per_refund:
        return Refused("attempts_exhausted", _("No further offer is possible for this refund."))
    return None


def _not_retainable(case: Case) -> Refused | None:
    """Q1 and Q2: what the marketplace's rules leave out of offers: by the goods' way, kind, site and category."""
    refund, rules = case.refund, case.refund.rules
    if rules.offers_after_shipping_only and refund.order.status == OrderStatus.UNSHIPPED:
        return Refused(
            "not_retainable", _("The goods have not been shipped: such a refund can't be retained."), "refund"
        )
    if refund.kind not in rules.offers_for_kinds:
        kind = refund.get_kind_display()
        return Refused(
            "not_retainable", _("There are no offers for this kind of request: %(kind)s.") % {"kind": kind}, "refund"
        )
    if rules.sites and not rules.offers_on(refund.store.site):
        site = in_one_language(rules.site_label(refund.store.site)) or _("this site")
        return Refused("not_retainable", _("Stores of %(site)s can't retain refunds.") % {"site": site}, "refund")
    if rules.offers_in_open_categories_only and case.closed_categories:
        named = listed(sorted(case.closed_categories)) or "–"
        return Refused(
            "category_not_open",
            _("Retention isn't open for category %(categories)s yet.") % {"categories": named},
            "refund",
        )
    return None


def why_not_try(method: Method, case: Case) -> Refused | None:
    """Why this method can't be offered for the case now, whatever would be filled in: steps 1 to 4."""
    rules = case.refund.rules
    if rules.offer_methods and method.code not in rules.offer_methods:
        return _no_such_offer(case)
    refused = why_not_retain(case)
    if refused is not None:
        return refused
    if method.code not in case.available:
        return Refused("method_not_available", _("This method is switched off, or not available yet."), "method")
    kept = [offer for offer in case.earlier if not offer.has_lapsed]
    if method.once_as and any(METHODS[offer.method].once_as == method.once_as for offer in kept):
        return Refused(
            "method_not_repeatable",
            _("%(method)s was used for this refund; choose something else.") % {"method": method.label},
            "method",
        )
    return method.why_not(case)


def _no_such_offer(case: Case) -> Refused:
    label = marketplace_label(case.refund.rules)
    return Refused("method_not_available", _("%(marketplace)s has no such offer.") % {"marketplace": label}, "method")


def why_not_offer(method: Method, case: Case) -> Refused | None:
    """Why this method isn't among the case's options now: what people and clients see before anything is filled in."""
    return why_not_try(method, case) or method.lacks(case)


def why_not_in_offers(coupon: Coupon, now: datetime) -> Refused | None:
    """Why no offer of its store can promise this coupon now (Q13).

    Either offers there give no coupons at all, or this one can't be promised.
    """
    rules = coupon.store.rules
    if not retains(coupon.store) or not any(METHODS[code].gives_coupons for code in rules.offer_methods):
        return Refused("method_not_available", _("Offers of this store give no coupons."), "method")
    return why_not_promise(coupon, now)


def why_not_name(code: str, case: Case) -> Refused | None:
    """Why the method that somebody names by its code can't be offered now; a code that is none is no such offer."""
    refused = why_not_retain(case)
    if refused is not None:
        return refused
    if code not in case.refund.rules.offer_methods:
        return _no_such_offer(case)
    return why_not_offer(METHODS[code], case)


def attempts_left(case: Case) -> int:
    """How many offers the merchant may still make for this refund, ever (T4, Q8)."""
    return max(0, case.refund.rules.offers_per_refund - len(case.attempts))


def methods_for(refund: Refund) -> list[Method]:
    """The methods of the refund's marketplace, in its order."""
    return [METHODS[code] for code in refund.rules.offer_methods]
