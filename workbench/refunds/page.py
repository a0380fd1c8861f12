"""Everything needed to decide about a refund, read with a fixed number of statements."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from common.at_once import read_at_once
from common.models import Event
from offers.buyer.views import buyer_sees
from offers.methods import METHODS
from offers.models import CouponGrant, Offer
from offers.situation import Situation
from offers.states import OfferStatus
from orders.models import OwedParcel
from payments.allowances import allowance_rows
from payments.models import Payment
from payments.states import PaymentStatus
from refunds.models import Appeal, Assignment, Dispute, Evidence, Message, Note, Refund, RefundLine, RefundTag
from refunds.models.contradicted import stops
from refunds.numbers import oddities_of
from refunds.parcels import parcels_of, split_off
from refunds.platform.appeals import appeal_until
from refunds.team.assigning import assignments_of, deciders_of
from refunds.team.notes import notes_of
from refunds.team.tags import tags_of
from stores.models import Membership, User
from stores.permissions import actor_of
from workbench.cases.evidence import evidence_of, files_of
from workbench.connections.card import sent_card
from workbench.insights.loss import loss_if_lost
from workbench.kit.timeline import entry, newest_events
from workbench.kit.words import at_deadline
from workbench.money.small_payments import pay_card, sent_about
from workbench.refunds.programme import programme_card
from workbench.refunds.retention import build_panel
from workbench.refunds.team import Team
from workbench.refunds.thread import newest_messages, thread_of

MOST_RELATED = 8


class RefundLists(NamedTuple):
    """What the page shows of other tables, unread."""

    offers: QuerySet[Offer]
    cases: QuerySet[Appeal] | QuerySet[Dispute]
    payments: QuerySet[Payment]
    small_payments: QuerySet[Payment]
    parcels: QuerySet[OwedParcel]
    grants: QuerySet[CouponGrant]
    related: QuerySet[Refund]
    split_into: QuerySet[Refund]
    messages: QuerySet[Message]
    files: QuerySet[Evidence]
    events: QuerySet[Event]
    lines: QuerySet[RefundLine]
    assignments: QuerySet[Assignment]
    notes: QuerySet[Note]
    tags: QuerySet[RefundTag]
    members: QuerySet[Membership]


def lists_of(refund: Refund) -> RefundLists:
    """Newest first, but for files and lines; of the buyer's other refunds in this store a few."""
    store_id, about = refund.store_id, {"refund": refund}
    offers = Offer.objects.for_store(store_id).filter(**about)
    cases = Appeal if refund.is_instant else Dispute
    grants = CouponGrant.objects.for_store(store_id).filter(offer__in=offers.values("pk")).select_related("coupon")
    # A marketplace that names no buyer names none of any order: only this order's refunds are surely the same buyer's.
    whose = {"order__buyer_id": refund.order.buyer_id} if refund.order.buyer_id else {"order": refund.order}
    of_buyer = Refund.objects.for_store(store_id).filter(order__store_id=store_id, **whose)
    promises = OwedParcel.objects.for_store(store_id).filter(topic_id=refund.pk)
    # Beside its own those that may stop it (refunds.models.contradicted): given up for another refund of the order.
    payments = Q(topic_id=refund.pk) | ~Q(conflict="") & Q(order=refund.order_id, given_up_at__isnull=False)
    return RefundLists(
        offers=offers.select_related("return_address", "product").order_by("-id"),
        cases=cases.objects.for_store(store_id).filter(**about).order_by("-id"),
        payments=Payment.objects.for_store(store_id).filter(payments).order_by("-id"),
        small_payments=sent_about(refund.order),
        parcels=promises.select_related("shipment").order_by("-id"),
        grants=grants.order_by("-id"),
        related=of_buyer.exclude(pk=refund.pk).select_related("order").order_by("-id")[:MOST_RELATED],
        split_into=split_off(refund),
        messages=newest_messages(refund),
        files=files_of(refund),
        events=newest_events(store_id, refund.pk),
        lines=RefundLine.objects.for_store(store_id).filter(**about).select_related("line").order_by("id"),
        assignments=assignments_of(refund),
        notes=notes_of(refund),
        tags=tags_of(refund),
        members=deciders_of([store_id]),
    )


def offers_to_show(refund: Refund, offers: Iterable[Offer]) -> list[Offer]:
    """What was offered, newest first, each with what the buyer sees of it."""
    found = list(offers)
    for offer in found:
        offer.refund = refund
        offer.buyer_sees = buyer_sees(offer)
    return found


def cases_of(refund: Refund, cases: Iterable[Appeal | Dispute]) -> list[dict]:
    """The cases about it that the platform was asked to decide, with title and page's address."""
    model, title = (Appeal, _("Appeal")) if refund.is_instant else (Dispute, _("Platform intervention"))
    page = f"admin:refunds_{model._meta.model_name}_change"
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
    refund.order.store = refund.store
    situation = Situation(refund, now, actor_of(user))
    lists, allowance = lists_of(refund), allowance_rows([refund.store], now)
    read_at_once(*lists, *allowance)
    refund.own_lines = list(lists.lines)
    offers = offers_to_show(refund, lists.offers)
    situation.earlier = offers[::-1]
    tracking = parcels_of(refund)
    cases = cases_of(refund, lists.cases)
    payments = list(lists.payments)
    refund.contradicted = [payment for payment in payments if stops(payment, refund)]
    declined = [payment for payment in payments if payment.status == PaymentStatus.FAILED and not payment.is_small]
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
        "parcels": list(lists.parcels),
        "grants": list(lists.grants),
        "programme": programme_card(refund),
        "thread": thread_of(refund, lists.messages),
        "evidence": evidence_of(refund, now, lists.files),
        "cases": cases,
        "sent_card": sent_card(refund),
        "appeal_until": None if cases else open_appeal_until(refund, now),
        "tracking": tracking,
        "number_warnings": oddities_of(refund, tracking, now),
        "split_into": list(lists.split_into),
        "payments": payments,
        "pay_card": pay_card(
            refund.order, refund.store, user, now, refund=refund, rows=allowance, sent=lists.small_payments
        ),
        "failed_payments": any(payment.topic_id == refund.pk for payment in declined),
        "related": list(lists.related),
        "team": Team(next(iter(lists.assignments), None), list(lists.members), list(lists.notes), list(lists.tags)),
        "entries": [entry(event) for event in lists.events],
        "as_of": max((event.pk for event in lists.events), default=0),
    }
