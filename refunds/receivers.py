"""What this room does when lower rooms, or its own actions, have news."""

from django.dispatch import receiver

from common.actors import SYSTEM
from payments.models import PaymentStatus
from payments.signals import payments_settled
from refunds.disputes import drop_disputes
from refunds.models import Refund
from refunds.signals import refunds_decided
from refunds.states import Status


@receiver(payments_settled)
def settle_refunds(sender, payments, writes, now, **kwargs) -> None:
    """A paid refund is refunded; one whose payment failed for good waits for a person."""
    by_topic = {payment.topic_id: payment for payment in payments}
    waiting = Refund.objects.in_scope().filter(pk__in=by_topic).order_by("pk")
    for refund in waiting.select_for_update(no_key=True):
        payment = by_topic[refund.pk]
        before = refund.status
        if payment.status == PaymentStatus.FAILED:
            refund.needs_attention = True
            name = "refund.payment_failed"
        elif refund.status == Status.REFUNDING:
            refund.settle(now=now)
            name = "refund.refunded"
        else:
            continue
        writes.update(refund, "status", "resolved_at", "needs_attention")
        writes.event(
            name,
            refund,
            topic=refund,
            at=now,
            actor=SYSTEM,
            states=(before, refund.status),
            amount=str(payment.amount),
            error=payment.last_error,
        )


@receiver(refunds_decided)
def drop_withdrawn_disputes(sender, refunds, writes, actor, now, **kwargs) -> None:
    """A refund that its buyer takes back needs no decision any more (R7)."""
    withdrawn = [refund for refund in refunds if refund.status == Status.WITHDRAWN]
    if withdrawn:
        drop_disputes(writes, withdrawn, actor=actor, now=now)
