"""Everything needed to decide about a refund, read with a fixed number of statements."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from offers.buyer.views import buyer_sees
from offers.methods import METHODS
from offers.models import CouponGrant, Offer
from offers.situation import Situation
from offers.states import OfferStatus
from orders.models import OwedParcel
from payments.models import Payment
from payments.states import PaymentStatus
from refunds.models import Appeal, Dispute, Refund
from refunds.numbers import oddities_of
from refunds.parcels import parcels_of, split_off
from refunds.platform.appeals import appeal_until
from stores.models import User
from workbench.cases.evidence import evidence_of
from workbench.insights.loss import loss_if_lost
from workbench.kit.timeline import timeline
from workbench.kit.words import at_deadline
from workbench.money.small_payments import pay_card
from workbench.refunds.programme import programme_card
from workbench.refunds.retention import build_panel
from workbench.refunds.thread import thread_of

MOST_RELATED = 8


def related_refunds(refund: Refund) -> list[Refund]:
    """Other refunds of the order's buyer in this store, newest first, the same order included."""
    return list(
        Refund.objects.for_store(refund.store_id)
        .filter(order__store_id=refund.store_id, order__buyer_id=refund.order.buyer_id)
        .exclude(pk=refund.pk)
        .select_related("order")
        .order_by("-id")[:MOST_RELATED]
    )


def offers_to_show(refund: Refund) -> list[Offer]:
    """What was offered, newest first, each with what the buyer sees of it."""
    offers = Offer.objects.for_store(refund.store_id).filter(refund=refund).select_related("return_address", "product")
    found = list(offers.order_by("-id"))
    for offer in found:
        offer.refund = refund
        offer.buyer_sees = buyer_sees(offer)
    return found


def promises_of(refund: Refund) -> dict:
    """What accepted offers brought: parcels to send, coupons granted (Q13, Q16)."""
    parcels = OwedParcel.objects.for_store(refund.store_id).filter(topic_id=refund.pk).select_related("shipment")
    grants = (
        CouponGrant.objects.for_store(refund.store_id)
        .filter(offer__in=Offer.objects.for_store(refund.store_id).filter(refund=refund).values("pk"))
        .select_related("coupon")
        .order_by("-id")
    )
    return {"parcels": list(parcels.order_by("-id")), "grants": list(grants)}


def cases_of(refund: Refund) -> list[dict]:
    """The cases about it that the platform was asked to decide, newest first, with title and page's address."""
    model, title = (Appeal, _("Appeal")) if refund.is_instant else (Dispute, _("Platform intervention"))
    page = f"admin:refunds_{model._meta.model_name}_change"
    cases = model.objects.for_store(refund.store_id).filter(refund=refund).order_by("-id")
    return [{"case": case, "title": title, "url": reverse(page, args=[case.pk])} for case in cases]


def open_appeal_until(refund: Refund, now: datetime) -> datetime | None:
    """Until when an instant refund without an appeal can still be appealed against; None when it can't (P5)."""
    if not refund.is_instant or now > appeal_until(refund):
        return None
    return appeal_until(refund)


def proposal_card(offers: list[Offer]) -> dict:
    """What the marketplace proposed by itself, with its method's card; nothing when there is none or it has none."""
    proposal = next((offer for offer in offers if METHODS[offer.method].by_platform), None)
    if proposal is None:
        return {}
    method = METHODS[proposal.method]
    return {"proposal": proposal, "proposal_card": method.desk_template, "proposal_facts": method.buyer_facts(proposal)}


def build_refund_page(refund: Refund, user: User, now: datetime) -> dict:
    """The context of the refund's page, but for its decisions."""
    situation = Situation(refund, now)
    offers = offers_to_show(refund)
    tracking = parcels_of(refund)
    cases = cases_of(refund)
    payments = list(Payment.objects.for_store(refund.store_id).filter(topic_id=refund.pk).order_by("-id"))
    return {
        "refund": refund,
        "order": refund.order,
        "lines": situation.lines,
        "most": situation.most,
        "now": now,
        "deadline_words": at_deadline(refund),
        "loss": loss_if_lost(refund, now),
        "panel": build_panel(user, situation),
        "offers": offers,
        "pending_offer": next((offer for offer in offers if offer.status == OfferStatus.PENDING), None),
        **proposal_card(offers),
        **promises_of(refund),
        "programme": programme_card(refund),
        "thread": thread_of(refund),
        "evidence": evidence_of(refund, now),
        "cases": cases,
        "appeal_until": None if cases else open_appeal_until(refund, now),
        "tracking": tracking,
        "number_warnings": oddities_of(refund, tracking, now),
        "split_into": split_off(refund),
        "payments": payments,
        "pay_card": pay_card(refund.order, refund.store, user, now, refund=refund),
        "failed_payments": any(payment.status == PaymentStatus.FAILED for payment in payments if not payment.is_small),
        "related": related_refunds(refund),
        "entries": timeline(refund.store_id, refund.pk),
    }
