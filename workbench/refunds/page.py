"""Everything needed to decide about a refund, read with a fixed number of statements."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from offers.eligibility import build_case, methods_for, refusal_of
from offers.methods import METHODS, Case, Method
from offers.models import Offer, OfferStatus
from payments.models import Payment, PaymentStatus
from refunds.models import Refund
from stores.models import User
from stores.permissions import PAY, SEND_OFFERS, can
from workbench.refunds.decisions import choices_for
from workbench.timeline import timeline
from workbench.words import at_deadline

MOST_RELATED = 8


@dataclass(frozen=True)
class Option:
    """A method of the refund's marketplace: possible with its reason, or refused with that."""

    method: Method
    why: str
    refusal: str

    @property
    def label(self) -> str:
        """Its name."""
        return self.method.code.label


def options_for(user: User, case: Case, now: datetime) -> list[Option]:
    """The methods of the refund's marketplace, each with why it makes sense or why it can't be."""
    found = []
    allowed = can(user, SEND_OFFERS, case.refund.store_id)
    for method in methods_for(case.refund):
        refused = refusal_of(method, case, now)
        why_not = str(refused) if refused else "" if allowed else _("Your role in this store doesn't allow this.")
        found.append(Option(method, method.why(case), why_not))
    return found


def related_refunds(refund: Refund) -> list[Refund]:
    """Other refunds of the order's buyer in this store, newest first, the same order included."""
    return list(
        Refund.objects.for_store(refund.store_id)
        .filter(order__store_id=refund.store_id, order__buyer_id=refund.order.buyer_id)
        .exclude(pk=refund.pk)
        .select_related("order")
        .order_by("-id")[:MOST_RELATED]
    )


def build_page(refund: Refund, user: User, now: datetime) -> dict:
    """The context of the refund's page."""
    case = build_case(refund)
    offers = list(
        Offer.objects.for_store(refund.store_id).filter(refund=refund).select_related("return_address").order_by("-id")
    )
    for offer in offers:
        offer.buyer_sees = METHODS[offer.method].buyer_sees(refund, offer)
    payments = list(Payment.objects.for_store(refund.store_id).filter(topic_id=refund.pk).order_by("-id"))
    choices = choices_for(user, refund, now)
    options = options_for(user, case, now)
    return {
        "refund": refund,
        "order": refund.order,
        "lines": case.lines,
        "most": case.most,
        "now": now,
        "deadline_words": at_deadline(refund),
        "choices": [choice for choice in choices if not choice.refusal],
        "refused_choices": [choice for choice in choices if choice.refusal],
        "options": [option for option in options if not option.refusal],
        "refused_options": [option for option in options if option.refusal],
        "offers": offers,
        "pending_offer": next((offer for offer in offers if offer.status == OfferStatus.PENDING), None),
        "payments": payments,
        "may_pay": can(user, PAY, refund.store_id),
        "failed_payments": any(payment.status == PaymentStatus.FAILED for payment in payments),
        "related": related_refunds(refund),
        "entries": timeline(refund.store_id, refund.pk),
    }
