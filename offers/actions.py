"""Sending offers, and the buyer's yes or no. Locks: order, refund, offer, in one statement.

Offers that nobody answers expire in sweeps.py; those whose refund is decided otherwise end in receivers.py.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from common.actions import action
from common.actors import SYSTEM, Actor
from common.errors import Invalid, NotFound, Refused, refuse_if
from common.queries import named_query
from common.sentences import kept
from common.sentences import sentence as _
from common.writes import WriteSet
from offers.advice import advice_facts, advice_on
from offers.coupons import free_coupons, promise_coupons, shown_of
from offers.events import OFFER_ENDED, OFFER_LAPSED, OFFER_SENT
from offers.methods import METHODS, Terms
from offers.models import Advice, Offer
from offers.sending import sending_facts
from offers.states import OfferStatus
from offers.terms import prepare_terms
from orders.addresses import AddressParts, address_columns
from orders.saving import readdress
from refunds.actions import lock_refund
from refunds.handing_over import DecisionData, hand_over, why_not_hand_over, why_under_way, yuan_text
from refunds.models import Refund
from refunds.states import MarketplaceVerb, RefundStatus
from refunds.why_not import why_not_move, why_not_pay_more
from stores.ceilings import Ceiling, why_above_ceiling

READ_WITHIN = timedelta(hours=1)  # what happened at a marketplace has been read here


@action
def send_offer(
    *,
    store_id: int,
    refund_id: UUID | str,
    method: str,
    actor: Actor,
    now: datetime,
    message: str = "",
    amount: Decimal | None = None,
    return_address_id: UUID | str | None = None,
    agreed_with_buyer: bool = False,
    item_id: str | None = None,
    coupon_ids: Sequence[UUID] = (),
) -> Offer:
    """Propose something to the buyer; nothing changes until the buyer accepts (T2).

    Refused with the code of the rule that forbids it now; Invalid or NotFound for a term that is wrong. The offer lives
    as long as the refund's deadline and the marketplace's rules allow; the refund's clock goes on (T7).
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    terms = prepare_terms(
        refund,
        method=method,
        now=now,
        message=message,
        amount=amount,
        return_address_id=return_address_id,
        agreed_with_buyer=agreed_with_buyer,
        item_id=item_id,
        coupon_ids=coupon_ids,
    )
    offer = Offer(
        store_id=store_id,
        refund=refund,
        method=method,
        once_as=METHODS[method].once_as,
        message=message,
        amount=terms.amount,
        return_address=terms.return_address,
        agreed_with_buyer=agreed_with_buyer,
        product=terms.product,
        **sending_facts(refund, actor=actor, now=now, product_price=METHODS[method].worth(refund, terms.product)),
        due_at=_ends(refund, terms, now),
        created_at=now,
    )
    refuse_if(why_above_ceilings(offer, terms, actor))
    writes = WriteSet()
    writes.insert(offer)
    advice = advice_on(offer, now=now, actor=actor)
    if advice is not None:
        writes.insert(advice)
    record_sent(writes, offer, terms, advice, actor=actor, now=now)
    if terms.coupons:
        promise_coupons(writes, offer, terms.coupons, now=now)
    writes.flush()
    return offer


def why_above_ceilings(offer: Offer, terms: Terms, actor: Actor) -> Refused | None:
    """Why this actor can't promise so much: the offer's own cost, or what a yes would approve, is above a ceiling."""
    method, refund = METHODS[offer.method], offer.refund
    refused = why_above_ceiling(refund.store, Ceiling.OFFER, method.cost(offer, terms.coupons), actor)
    if refused is None and method.changes_refund:
        return why_above_ceiling(refund.store, Ceiling.APPROVAL, offer.amount or refund.amount, actor)
    return refused


def _ends(refund: Refund, terms: Terms, now: datetime) -> datetime:
    """An offer lives no longer than the marketplace says, the refund's clock runs, or a coupon that it promises."""
    lives = [now + refund.rules.offer_lives] if refund.rules.offer_lives else []
    ends = [refund.due_at] if refund.due_at else [now + refund.rules.merchant_answers_within]
    return min([*ends, *lives, *(coupon.valid_until for coupon in shown_of(terms.coupons, refund))])


def record_sent(
    writes: WriteSet, offer: Offer, terms: Terms, advice: Advice | None = None, *, actor: Actor, now: datetime
) -> None:
    """Keep what was proposed, and what the buyer sees of it: it is evidence (Q17); and what was recommended (Q11)."""
    writes.event(
        OFFER_SENT,
        offer,
        topic=offer.refund,
        at=now,
        actor=actor,
        states=("", offer.status),
        rule=METHODS[offer.method].event_rules[offer.status],
        method=offer.method,
        message=terms.message,
        amount=f"{terms.amount:.2f}" if terms.amount is not None else None,
        item_id=terms.product.item_id if terms.product else None,
        coupons=[coupon.name for coupon in terms.coupons],
        agreed_with_buyer=terms.agreed_with_buyer,
        buyer_sees=kept(METHODS[offer.method].buyer_sees(offer.refund, terms)),
        **(advice_facts(advice) if advice is not None else {}),
    )


@named_query
def _locked_offer(store_id, offer_id):
    offers = Offer.objects.for_store(store_id).filter(pk=offer_id)
    offers = offers.select_related("refund__order", "refund__store", "return_address", "product")
    return offers.select_for_update(of=("refund__order", "refund", "self"), no_key=True)


def lock_offer(*, store_id: int, offer_id: UUID | str) -> Offer:
    """Load an offer with its refund and order and lock all three, the order first. NotFound when it is missing."""
    offer = _locked_offer.one(store_id=store_id, offer_id=offer_id)
    if offer is None:
        raise NotFound
    return offer


def why_not_answer_offer(offer: Offer, now: datetime) -> Refused | None:
    """Why the buyer can't answer this offer any more: it was answered, withdrawn or has expired."""
    if offer.is_pending(now):
        return None
    status = OfferStatus.EXPIRED if offer.status == OfferStatus.PENDING else OfferStatus(offer.status)
    return Refused("offer_not_pending", _("This offer is over: %(status)s.") % {"status": status.label})


def why_not_accept(offer: Offer, now: datetime) -> Refused | None:
    """Why the buyer can't say yes any more: what was proposed is gone, the offer is over, or its refund was decided."""
    return (
        METHODS[offer.method].why_gone(offer)
        or why_not_answer_offer(offer, now)
        or why_not_move(offer.refund, [RefundStatus.AWAITING_MERCHANT], now)
        or _why_not_pay_yet(offer)
        or _why_not_agree_there(offer)
    )


def _why_not_pay_yet(offer: Offer) -> Refused | None:
    """Why the money of a yes can't go out now, in the buyer's words; the merchant is told which payment is in doubt."""
    if not METHODS[offer.method].sends_money(offer.amount) or why_not_pay_more(offer.refund) is None:
        return None
    text = _("The store has to look at an earlier payment to you first: try again later, before the offer ends.")
    return Refused("payment_in_conflict", text)


def _why_not_agree_there(offer: Offer) -> Refused | None:
    """Why what was agreed about a refund that is followed can't happen at its marketplace."""
    if METHODS[offer.method].changes_refund:
        return why_not_hand_over(offer.refund, MarketplaceVerb.CHANGE_REQUEST)
    return why_under_way(offer.refund)


def _new_address(offer: Offer, address: str | AddressParts | None) -> str | AddressParts | None:
    """The address that the buyer wrote with the answer, where the offer takes one. Invalid otherwise (K3)."""
    if address is None:
        return None
    if not METHODS[offer.method].takes_address:
        raise Invalid("address", _("Only a proposal to stay with an unshipped order takes an address."))
    if not isinstance(address, str):
        return address
    if not address.strip():
        raise Invalid("address", _("Write the address to which the order should go."), "blank")
    return address.strip()


def _told_address(address: str | AddressParts | None) -> dict[str, str]:
    return {"address": address_columns(address)["address"]} if address else {}


def record_ended(writes: WriteSet, offer: Offer, before: str, *, actor: Actor, now: datetime, **data) -> None:
    writes.update(offer, "status", "answered_at")
    if before == OfferStatus.ACCEPTED_WAITING:
        offer.is_rolled = False
        writes.update(offer, "is_rolled")
    step = OfferStatus.ACCEPTED if offer.status == OfferStatus.ACCEPTED_WAITING else offer.status
    writes.event(
        OFFER_ENDED[offer.status],
        offer,
        topic=offer.refund,
        at=now,
        actor=actor,
        states=(before, offer.status),
        rule=METHODS[offer.method].event_rules[step],
        method=offer.method,
        **data,
    )


@action
def accept_offer(
    *, store_id: int, offer_id: UUID | str, actor: Actor, now: datetime, address: str | AddressParts | None = None
) -> Offer:
    """The buyer says yes: what was promised happens in this transaction (T5, T6).

    About a refund that is followed it happens once the marketplace says that the buyer did what was agreed there.

    `address` comes with a proposal to stay: the order is kept and goes there, in one step (K3). Refused
    `offer_not_pending` when it was answered, expired or withdrawn before, `order_already_shipped` when only
    shipping ended it.
    """
    offer = lock_offer(store_id=store_id, offer_id=offer_id)
    address = _new_address(offer, address)
    refuse_if(why_not_accept(offer, now))
    writes = WriteSet()
    before = offer.status
    if offer.refund.is_followed:
        _agree_there(writes, offer, actor=actor, now=now)
        writes.flush()
        return offer
    offer.accept(now=now)
    record_ended(writes, offer, before, actor=actor, now=now, **_told_address(address))
    if address is not None:
        readdress(writes, offer.refund.order, address, actor=actor, now=now)
    METHODS[offer.method].accept(writes, offer, actor=actor, now=now)
    writes.flush()
    return offer


def _agree_there(writes: WriteSet, offer: Offer, *, actor: Actor, now: datetime) -> None:
    """The buyer said yes about a refund that is followed: nothing happens before the marketplace says what was agreed.

    Until its deadline, and as long after that as what happened before takes to be read here.
    """
    refund, method = offer.refund, METHODS[offer.method]
    ends = refund.due_at or now + refund.rules.merchant_answers_within
    before = offer.status
    offer.accept_there(due_at=ends + READ_WITHIN, now=now)
    writes.update(offer, "due_at")
    record_ended(writes, offer, before, actor=actor, now=now)
    if method.changes_refund:
        data = DecisionData(kind=method.becomes, amount=yuan_text(offer.amount or refund.amount))
        if offer.return_address_id is not None:
            data["return_address"] = str(offer.return_address_id)
        hand_over(writes, refund, MarketplaceVerb.CHANGE_REQUEST, data, actor=actor, now=now)


@action
def decline_offer(*, store_id: int, offer_id: UUID | str, actor: Actor, now: datetime) -> Offer:
    """The buyer says no; the original request still awaits the merchant (T9)."""
    offer = lock_offer(store_id=store_id, offer_id=offer_id)
    refuse_if(why_not_answer_offer(offer, now))
    writes = WriteSet()
    before = offer.status
    offer.decline(now=now)
    record_ended(writes, offer, before, actor=actor, now=now)
    free_coupons(writes, [offer])
    writes.flush()
    return offer


def end_pending(writes: WriteSet, offers: Sequence[Offer], *, actor: Actor, now: datetime) -> None:
    """End locked pending offers whose refund was decided: withdrawn (T8), or expired when their time was over (T7)."""
    for offer in offers:
        before = offer.status
        if offer.due_at <= now:
            offer.expire()
            record_ended(writes, offer, before, actor=SYSTEM, now=now)
        else:
            offer.withdraw()
            record_ended(writes, offer, before, actor=actor, now=now)
    free_coupons(writes, offers)


@action
def expire_offers(*, offers: Sequence[Offer], actor: Actor, now: datetime) -> None:
    """The time of these locked pending offers is over (T7)."""
    writes = WriteSet()
    end_pending(writes, offers, actor=actor, now=now)
    writes.flush()


@action
def end_if_unkeepable(*, store_id: int, offer_id: UUID | str, actor: Actor, now: datetime) -> Offer:
    """End a pending offer of more money than its order has left; any other stays, and is in no doubt. NotFound."""
    offer = lock_offer(store_id=store_id, offer_id=offer_id)
    offer.is_in_doubt = False
    writes = WriteSet()
    writes.update(offer, "is_in_doubt")
    if offer.is_pending(now) and offer.amount > METHODS[offer.method].money_left(offer.refund):
        lapse(writes, offer, actor=actor, now=now)
    writes.flush()
    return offer


def lapse(writes: WriteSet, offer: Offer, *, actor: Actor, now: datetime) -> None:
    """End a locked offer whose promise can't be kept; the merchant has the attempt back (Q8)."""
    before = offer.status
    offer.lapse()
    writes.update(offer, "status", "has_lapsed", "once_as")
    free_coupons(writes, [offer])
    writes.event(
        OFFER_LAPSED,
        offer,
        topic=offer.refund_id,
        at=now,
        actor=actor,
        states=(before, offer.status),
        rule="Q8",
        method=offer.method,
    )
