"""Payments that the marketplace makes by itself: what it reports is booked, and nobody is asked.

The caller has locked the order and the refund, and says what the marketplace owes, or has paid, of one topic now. What
was booked before and doesn't fit any more is voided, or has come back; the rest is reserved or posted.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from common.actors import Actor
from common.writes import WriteSet
from orders.models import Order
from payments.actions import record_outcome, reserve
from payments.gateways import reporting_gateway
from payments.models import Payment, Transfer, account_id
from payments.reversals import book_return
from payments.signals import payments_reversed, payments_settled
from payments.states import AccountKind, PaymentPurpose, PaymentStatus, TransferPhase


def book_reported(
    writes: WriteSet,
    *,
    order: Order,
    topic,
    amount: Decimal | None,
    is_paid: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> list[Payment]:
    """Make the books say that `amount` yuan of the topic are on their way, or paid; with None, that none are.

    `reason` is the marketplace's word for it, kept with what was voided or came back. Returns what is settled by it, of
    which the caller tells (`tell_settled`), of many topics at once.
    """
    settled: list[Payment] = []
    kept = None
    is_new = topic._state.adding  # of what isn't written yet nothing was booked
    for payment, transfer in [] if is_new else _standing(order, topic.pk):
        fits = amount == payment.amount and (is_paid or payment.status != PaymentStatus.SUCCEEDED)
        if fits and kept is None:
            kept = payment
            if is_paid and payment.status != PaymentStatus.SUCCEEDED:
                settled.append(_post(writes, payment, transfer, actor=actor, now=now))
        elif payment.status == PaymentStatus.SUCCEEDED:
            _take_back(payment, reason, actor=actor, now=now)
        else:
            settled.append(_void(writes, payment, transfer, reason, actor=actor, now=now))
    if kept is None and amount is not None:
        payment, transfer = reserve(
            writes,
            order=order,
            topic=topic,
            purpose=PaymentPurpose.REFUND,
            amount=amount,
            actor=actor,
            now=now,
            gateway=reporting_gateway(),
        )
        if is_paid:
            settled.append(_post(writes, payment, transfer, actor=actor, now=now))
    return settled


def tell_settled(writes: WriteSet, payments: Sequence[Payment], *, now: datetime) -> None:
    """Tell what waits for it that these reported payments are settled."""
    if payments:
        payments_settled.send(sender=Payment, payments=payments, writes=writes, now=now)


def _standing(order: Order, topic_id: UUID) -> Sequence[tuple[Payment, Transfer]]:
    """The topic's reported payments that haven't failed, each with its payout. Whoever moves them locks the order."""
    standing = Payment.objects.for_store(order.store_id).filter(topic_id=topic_id, gateway=reporting_gateway())
    payments = list(standing.exclude(status=PaymentStatus.FAILED).order_by("id"))
    if not payments:
        return []
    payouts = (
        Transfer.objects.for_store(order.store_id).filter(payment__in=payments).exclude(phase=TransferPhase.VOIDED)
    )
    by_payment = {payout.payment_id: payout for payout in payouts}
    for payment in payments:
        payment.order = order
    return [(payment, by_payment[payment.pk]) for payment in payments]


def _post(writes: WriteSet, payment: Payment, transfer: Transfer, *, actor: Actor, now: datetime) -> Payment:
    before = payment.status
    payment.succeed(reference="", now=now)
    return _settle(writes, payment, transfer, TransferPhase.POSTED, before, actor=actor, now=now)


def _void(
    writes: WriteSet, payment: Payment, transfer: Transfer, reason: str, *, actor: Actor, now: datetime
) -> Payment:
    before = payment.status
    payment.fail(error=reason, now=now)
    return _settle(writes, payment, transfer, TransferPhase.VOIDED, before, actor=actor, now=now)


def _settle(
    writes: WriteSet, payment: Payment, transfer: Transfer, phase: str, before: str, *, actor: Actor, now: datetime
) -> Payment:
    transfer.phase, transfer.resolved_at = phase, now
    writes.update(payment, "status", "settled_at", *payment.WORK_FIELDS)
    writes.update(transfer, "phase", "resolved_at")
    record_outcome(writes, payment, before, settled=True, actor=actor, now=now)
    return payment


def _take_back(payment: Payment, reason: str, *, actor: Actor, now: datetime) -> None:
    """Written at once: what is paid instead is counted against what there is without it."""
    writes = WriteSet()
    account = account_id(payment.store_id, AccountKind.MERCHANT_FUNDS)
    payment.come_back(error=reason, now=now)
    writes.update(payment, "status", "last_error", "reversed_at")
    book_return(writes, payment, account=account, was=PaymentStatus.SUCCEEDED, actor=actor, now=now)
    payments_reversed.send(sender=Payment, payments=[payment], writes=writes, now=now)
    writes.flush()
