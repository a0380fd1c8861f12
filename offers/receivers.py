"""What this room does when lower rooms have news."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F
from django.dispatch import receiver

from common.queries import among, named_query
from offers.actions import end_pending, lapse, record_sent
from offers.insights.rollup import uncount_losses
from offers.kept_coupons import end_coupons, revive_coupons
from offers.methods import Terms
from offers.methods.base import PLATFORM
from offers.models import Offer
from offers.registry import METHODS, codes_where
from offers.states import OfferStatus
from offers.waiting import follow_waiting, promise_stands
from orders.models import Order
from orders.signals import more_held, orders_shipped
from payments.signals import payments_reversed, payments_settled
from payments.states import PaymentStatus
from refunds.goods import load_order_lines
from refunds.holds import lines_of
from refunds.models import Refund
from refunds.payouts import restore_request
from refunds.signals import (
    payment_given_up,
    payment_repeated,
    promise_asked,
    refund_followed,
    refund_requested,
    refunds_decided,
)


@receiver(refund_requested)
def answer_first(sender, refund, writes, now, **kwargs) -> None:
    """The marketplace's own proposal, such as to stay (K1), in the transaction that opens the request.

    A buyer is asked one thing at a time: the first method in their order that proposes itself is it.
    """
    if refund.is_followed:
        return
    method = next((each for each in METHODS.values() if each.by_platform and each.proposes(refund)), None)
    if method is not None:
        record_sent(writes, method.propose(writes, refund, now=now), Terms(), actor=PLATFORM, now=now)


@receiver(more_held)
def doubt_offers(sender, order, **kwargs) -> None:
    """What was offered on top of what its refund holds may not be left any more: the sweep looks at it (Q8)."""
    above = Offer.objects.for_store(order.store_id).pending().filter(amount__gt=F("asked_amount"))
    of_order = Refund.objects.for_store(order.store_id).filter(order=order).values("pk")
    above.filter(refund__in=of_order).update(is_in_doubt=True)


@named_query
def _pending_of_orders(store_ids, order_ids):
    """What is asked about orders that only makes sense until they are shipped, locked."""
    pending = Offer.objects.pending().filter(among("store", store_ids), among("refund__store", store_ids))
    pending = pending.filter(among("refund__order", order_ids))
    pending = pending.filter(method__in=codes_where(lambda method: method.ends_when_shipped))
    return pending.select_related("refund").select_for_update(of=("self",), no_key=True).order_by("pk")


@named_query
def _pending_of_refunds(store_ids, refund_ids):
    """What buyers are asked about these refunds, locked."""
    pending = Offer.objects.pending().filter(among("store", store_ids), among("refund", refund_ids))
    return pending.select_for_update(no_key=True).order_by("pk")


@receiver(orders_shipped)
def end_proposals_to_stay(sender, orders, writes, now, **kwargs) -> None:
    """Nobody is asked to wait for what is on its way (K1)."""
    stores = list({order.store_id for order in orders})
    pending = _pending_of_orders.all(store_ids=stores, order_ids=[order.pk for order in orders])
    waits = _whose_goods_wait([offer.refund for offer in pending], orders)
    end_pending(writes, [offer for offer in pending if offer.refund_id not in waits], actor=PLATFORM, now=now)


def _whose_goods_wait(refunds: Sequence[Refund], orders: Sequence[Order]) -> set[UUID]:
    """The ids of those refunds whose goods are all still here after some parcels of their (locked) orders have left."""
    in_parts = {order.pk: order for order in orders if order.is_partly_shipped}
    asked = [refund for refund in refunds if refund.order_id in in_parts]
    if not asked:
        return set()
    for refund in asked:
        refund.order = in_parts[refund.order_id]
    lines_of(asked)
    load_order_lines(in_parts, asked)
    return {refund.pk for refund in asked if not refund.has_left}


@receiver(refunds_decided)
def end_pending_offers(sender, refunds, writes, actor, now, **kwargs) -> None:
    """A decision ends what the buyer was still asked about (T8)."""
    by_id = {refund.pk: refund for refund in refunds}
    stores = list({refund.store_id for refund in refunds})
    offers = _pending_of_refunds.all(store_ids=stores, refund_ids=list(by_id))
    for offer in offers:
        offer.refund = by_id[offer.refund_id]
    end_pending(writes, offers, actor=actor, now=now)


@receiver(refund_followed)
def follow_agreements(sender, refund, writes, actor, now, **kwargs) -> None:
    """What a buyer agreed to waits for the marketplace's word."""
    if not refund.is_new:
        follow_waiting(writes, refund, actor=actor, now=now)


@receiver(promise_asked)
def tell_of_promises(sender, refund, **kwargs) -> bool:
    """Whether the buyer said yes to something instead of this refund."""
    return not refund.is_new and promise_stands(refund)


@receiver(payments_settled)
def count_unpaid_offers_again(sender, payments, is_late=False, **kwargs) -> None:
    """An offer whose money was declined for good cost nothing, until it was paid after all: counted anew (Q18)."""
    failed = [payment for payment in payments if is_late or payment.status == PaymentStatus.FAILED]
    if failed:
        _count_again({payment.store_id for payment in failed}, [payment.topic_id for payment in failed])


@receiver(payments_reversed)
def count_what_came_back(sender, payments, **kwargs) -> None:
    """Money that came back was neither a cost nor a loss, until it is paid again."""
    store_ids = {payment.store_id for payment in payments}
    refund_ids = [payment.topic_id for payment in payments]
    uncount_losses(store_ids, refund_ids)
    _count_again(store_ids, refund_ids)


@receiver(payments_settled)
def end_coupons_of_refunded_orders(sender, payments, writes, now, **kwargs) -> None:
    """What was granted for keeping an order ends with its full refund, where the marketplace wants it so."""
    paid = [payment for payment in payments if payment.status == PaymentStatus.SUCCEEDED and not payment.is_small]
    if paid:
        end_coupons(writes, paid, now=now)


@receiver(payments_reversed)
def revive_coupons_of_returned_money(sender, payments, writes, now, **kwargs) -> None:
    """The buyer has the order's money no more, and the coupons again."""
    if back := [payment for payment in payments if not payment.is_small]:
        revive_coupons(writes, back, now=now)


@receiver(payment_repeated)
def count_paid_offer_again(sender, refund, **kwargs) -> None:
    """The declined payment of an offer is repeated: its figures are made anew with the money (Q18)."""
    _count_again({refund.store_id}, [refund.pk])


@receiver(payment_given_up)
def end_unpaid_offer(sender, refund, writes, actor, now, **kwargs) -> None:
    """An accepted offer whose money is given up is over and kept no sale; others of the order may have (Q18).

    What it had changed the request to is void with it: the request is what the buyer asked before (T9). The refund is
    locked, as it is by whoever else ends its offers.
    """
    promising = codes_where(lambda method: method.ends_work or not method.changes_refund)
    accepted = Offer.objects.for_store(refund.store_id).filter(refund=refund, status=OfferStatus.ACCEPTED)
    for offer in accepted.filter(method__in=promising):
        lapse(writes, offer, actor=actor, now=now)
        if METHODS[offer.method].changes_refund:
            asked = {"kind": offer.asked_kind, "amount": offer.asked_amount}
            restore_request(writes, refund, **asked, actor=actor, now=now)
    Offer.objects.for_store(refund.store_id).filter(refund__order=refund.order).update(is_rolled=False)


def _count_again(store_ids: set[int], refund_ids: list) -> None:
    Offer.objects.filter(store_id__in=store_ids, refund_id__in=refund_ids).update(is_rolled=False)
