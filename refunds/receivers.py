"""What this room does when lower rooms, or its own actions, have news."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, Func, Q, Sum
from django.dispatch import receiver

from common.actors import SYSTEM
from common.errors import Refused, refuse_if
from common.money import MoneyField
from common.queries import among, named_query
from orders.signals import parcel_correction_asked, parcel_shipped, shipments_moved, whole_pieces_asked
from orders.states import ParcelKind
from payments.gateways import waits_for_reports
from payments.models import Payment
from payments.signals import payments_reversed, payments_settled, topic_asked
from payments.states import PaymentStatus
from refunds.events import REFUND_PAYMENT_FAILED, REFUND_PAYMENT_REVERSED, REFUND_REFUNDED
from refunds.following import follow_shipments
from refunds.handing_over import DecisionData, exchanged_there, hand_over, why_not_hand_over
from refunds.models import Refund, RefundLine
from refunds.platform.disputes import drop_disputes
from refunds.signals import refunds_decided
from refunds.states import MarketplaceVerb, RefundGoods, RefundKind, RefundStatus
from refunds.team.assigning import free_refunds
from refunds.why_not import why_followed
from stores.permissions import DECIDE_REFUNDS, roles_with
from stores.signals import role_ended

# A merchant or the platform may still say no.
UNDECIDED = (RefundStatus.AWAITING_MERCHANT, RefundStatus.REJECTED, RefundStatus.DISPUTED)


def _moving(payments: Sequence[Payment]) -> dict[UUID, Payment]:
    """The payments by whose end a refund moves: small ones stand beside it, what is reported moves with its copy."""
    return {
        payment.topic_id: payment
        for payment in payments
        if not payment.is_small and not waits_for_reports(payment.gateway)
    }


@named_query
def _paid_for(store_ids, refund_ids):
    """The refunds of these payments, each with its store."""
    paid_for = Refund.objects.filter(among("store", store_ids), among("pk", refund_ids))
    return paid_for.select_related("store").order_by("pk")


@receiver(payments_settled)
def settle_refunds(sender, payments, writes, now, **kwargs) -> None:
    """A paid refund is refunded; one whose payment failed for good waits for a person.

    The orders are locked, as they are by whoever else moves a refund.
    """
    by_topic = _moving(payments)
    if not by_topic:
        return
    store_ids = list({payment.store_id for payment in by_topic.values()})
    for refund in _paid_for.all(store_ids=store_ids, refund_ids=list(by_topic)):
        payment = by_topic[refund.pk]
        before = refund.status
        if payment.status == PaymentStatus.FAILED:
            refund.needs_attention = True
            event = REFUND_PAYMENT_FAILED
        elif refund.status == RefundStatus.REFUNDING and not refund.is_followed:
            refund.settle(now=now)
            event = REFUND_REFUNDED
        else:
            if refund.needs_attention:  # an offer's money, paid after all
                refund.needs_attention = False
                writes.update(refund, "needs_attention")
            continue
        writes.update(refund, "status", "resolved_at", "refunded_on", "needs_attention")
        writes.event(
            event,
            refund,
            topic=refund,
            at=now,
            actor=SYSTEM,
            states=(before, refund.status),
            amount=f"{payment.amount:.2f}",
            error=payment.last_error,
        )


@receiver(shipments_moved)
def follow_parcels(sender, shipments, writes, now, **kwargs) -> None:
    """What a refund waits for has happened to its parcel."""
    follow_shipments(writes, shipments, now)


@receiver(parcel_shipped)
def tell_of_new_goods(sender, parcel, writes, actor, now, **kwargs) -> None:
    """The new goods of an exchange that is followed are on their way: the marketplace is told under which number."""
    refund = exchanged_there(parcel).select_for_update(no_key=True).first()
    if refund is None:
        return
    refuse_if(why_not_hand_over(refund, MarketplaceVerb.RESHIP))
    data = DecisionData(carrier=parcel.carrier, tracking_number=parcel.tracking_number)
    hand_over(writes, refund, MarketplaceVerb.RESHIP, data, actor=actor, now=now)


@receiver(parcel_correction_asked)
def keep_what_was_told(sender, parcel, **kwargs) -> Refused | None:
    """The marketplace of a followed exchange was told the number, and takes it once."""
    if parcel.kind != ParcelKind.EXCHANGE:
        return None
    exchanged = Refund.objects.for_store(parcel.store_id).filter(pk=parcel.topic_id, goods=RefundGoods.EXCHANGED)
    refund = exchanged.first()
    return why_followed(refund) if refund is not None else None


@receiver(payments_reversed)
def reopen_refunds(sender, payments, writes, now, **kwargs) -> None:
    """A refund whose money came back isn't refunded any more: a person looks after it and may pay again.

    The orders are locked.
    """
    by_topic = _moving(payments)
    if not by_topic:
        return
    paid = Refund.objects.in_scope().filter(pk__in=by_topic).order_by("pk")
    for refund in paid:
        payment = by_topic[refund.pk]
        before = refund.status
        if refund.status == RefundStatus.REFUNDED and not refund.is_followed:
            refund.unsettle()
        refund.needs_attention = True
        writes.update(refund, "status", "resolved_at", "refunded_on", "needs_attention")
        writes.event(
            REFUND_PAYMENT_REVERSED,
            refund,
            topic=refund,
            at=now,
            actor=SYSTEM,
            states=(before, refund.status),
            amount=f"{payment.amount:.2f}",
            error=payment.last_error,
        )


@receiver(topic_asked)
def find_topic(sender, order, topic_id, **kwargs) -> Refund | None:
    """The refund with this id, if it is one of this order (K11)."""
    return Refund.objects.for_store(order.store_id).filter(pk=topic_id, order=order).first()


@receiver(whole_pieces_asked)
def count_whole_pieces(sender, lines, **kwargs) -> dict[UUID, int]:
    """The pieces of these lines whose whole price refunds hold now, or have paid; by line (P2)."""
    paid = F("line__quantity") * F("line__unit_price") - F("line__discount") - F("line__order_discount")
    price = Func(paid * F("quantity") / F("line__quantity"), 2, function="trunc", output_field=MoneyField())
    undecided = Q(refund__kind=RefundKind.REFUND_ONLY, refund__status__in=UNDECIDED)
    whole = RefundLine.objects.in_scope().filter(line__in=lines, amount__gte=price)
    whole = whole.filter(Q(line__shipped_quantity=0) | undecided)
    return dict(whole.order_by().values_list("line").annotate(pieces=Sum("quantity")))


@receiver(role_ended)
def put_back_refunds(sender, member, role, actor, now, **kwargs) -> None:
    """Who decides no refunds of the store any more sees to none of them."""
    if role not in roles_with(DECIDE_REFUNDS):
        free_refunds(member=member, actor=actor, now=now)


@receiver(refunds_decided)
def drop_withdrawn_disputes(sender, refunds, writes, actor, now, **kwargs) -> None:
    """A refund that its buyer takes back needs no decision any more (R7)."""
    withdrawn = [refund for refund in refunds if refund.status == RefundStatus.WITHDRAWN]
    if withdrawn:
        drop_disputes(writes, withdrawn, actor=actor, now=now)
