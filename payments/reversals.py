"""Money that comes back after it was paid: the payment fails after the fact, and the books say so by a new transfer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.actions import action
from common.actors import Actor
from common.writes import WriteSet
from payments.actions import free_places, in_lock_order
from payments.allowances import give_back
from payments.events import PAYMENT_REVERSED
from payments.models import Payment, Transfer, account_id
from payments.signals import payments_reversed
from payments.states import AccountKind, PaymentStatus, TransferPhase, TransferPurpose


@action
def reverse_payments(*, reasons: dict[UUID, str], actor: Actor, now: datetime) -> Sequence[Payment]:
    """Take back what was paid, by payment id with the gateway's reason; returns those that it happened to now.

    One that isn't succeeded (any more) stays as it is, so a notice may come twice. A small payment's places are free
    again (K9, K10); a refund waits for a person.
    """
    payments = in_lock_order(Payment.objects.in_scope().filter(pk__in=reasons, status=PaymentStatus.SUCCEEDED))
    if not payments:
        return payments
    writes = WriteSet()
    for payment in payments:
        payment.come_back(error=reasons[payment.pk], now=now)
        writes.update(payment, "status", "last_error", "reversed_at")
        book_return(writes, payment, was=PaymentStatus.SUCCEEDED, actor=actor, now=now)
    free_places(writes, payments)
    payments_reversed.send(sender=Payment, payments=payments, writes=writes, now=now)
    writes.flush()
    give_back(payments)
    return payments


def book_return(writes: WriteSet, payment: Payment, *, was: str, actor: Actor, now: datetime) -> None:
    """The yuan of a payment, which `was` in that status, are back: a transfer of their own, and the event."""
    back = Transfer(
        store_id=payment.store_id,
        payment_id=payment.pk,
        purpose=TransferPurpose.REVERSAL,
        topic_id=payment.topic_id,
        debit_account_id=account_id(payment.store_id, AccountKind.BUYER_PAYOUTS),
        credit_account_id=account_id(payment.store_id, AccountKind.MERCHANT_FUNDS),
        amount=payment.amount,
        phase=TransferPhase.POSTED,
        created_at=now,
        resolved_at=now,
    )
    writes.insert(back)
    writes.event(
        PAYMENT_REVERSED,
        payment,
        topic=payment.topic_id,
        at=now,
        actor=actor,
        states=(was, payment.status),
        amount=f"{payment.amount:.2f}",
        reference=payment.gateway_reference,
        error=payment.last_error,
    )
