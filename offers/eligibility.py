"""May this be offered now, and if not, why: asked by the action, the API and the desk alike."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from common.errors import Refused
from offers.methods import METHODS, Case, Method
from offers.models import Offer, OfferStatus
from refunds.claims import lines_of, most_refundable
from refunds.models import Refund
from refunds.states import Status


def build_case(refund: Refund) -> Case:
    """Read what methods need to know about a refund."""
    lines = lines_of([refund])[refund.pk]
    return Case(refund=refund, lines=lines, most=most_refundable(refund, lines))


def attempts_left(refund: Refund) -> int:
    """How many offers may still be made for this refund, ever (T4)."""
    made = Offer.objects.for_store(refund.store_id).filter(refund=refund).count()
    return max(0, refund.rules.offers_per_refund - made)


def general_refusal(refund: Refund, now: datetime, *, made: Sequence[str] | None = None) -> Refused | None:
    """Why nothing at all can be offered for this refund now; None when something can.

    `made`: the states of the offers made so far, when the caller knows them.
    """
    if not refund.rules.offer_methods:
        return Refused(
            "method_not_available",
            _("%(marketplace)s has no offers for refunds.") % {"marketplace": refund.rules.label},
            "method",
        )
    if refund.status != Status.AWAITING_MERCHANT or refund.is_overdue(now):
        return Refused("invalid_transition", _("Offers are possible only while the refund awaits the merchant."))
    if made is None:
        made = list(Offer.objects.for_store(refund.store_id).filter(refund=refund).values_list("status", flat=True))
    if OfferStatus.PENDING in made:
        return Refused("offer_pending", _("The buyer has yet to answer an offer; wait for it."))
    if len(made) >= refund.rules.offers_per_refund:
        return Refused("attempts_exhausted", _("No further offer is possible for this refund."))
    return None


def refusal_of(method: Method, case: Case, now: datetime) -> Refused | None:
    """Why this method can't be offered for the case now; None when it can."""
    if case.refund.rules.offer_methods and method.code not in case.refund.rules.offer_methods:
        return Refused(
            "method_not_available",
            _("%(marketplace)s has no such offer.") % {"marketplace": case.refund.rules.label},
            "method",
        )
    return general_refusal(case.refund, now) or method.refusal(case)


def methods_for(refund: Refund) -> list[Method]:
    """The methods of the refund's marketplace, in its order."""
    return [METHODS[code] for code in refund.rules.offer_methods]
