"""Money that comes back after it was paid: the payment fails after the fact, and the books say so by a new transfer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.actions import action
from common.actors import Actor
from common.writes import WriteSet
from payments.actions import free_places, in_lock_order
from payments.allowances import give_back
from payments.budgets import refill_budgets
from payments.events import PAYMENT_REVERSED
from payments.models import Payment, Transfer, account_id
from payments.signals import payments_reversed
from payments.states import AccountKind, PaymentStatus, TransferPhase, TransferPurpose


@action
def reverse_payments(*, reasons: dict[UUID, str], actor: Actor, now: datetime) -> Sequence[Payment]:
    """Take back what was paid, by payment id with the gateway's reason; returns those that it happened to now.

    One that isn't succeeded (any more) stays as it is, so a notice may come twice. A small payment's places are free
    again (K9, K10); a refund waits for a person. The yuan go back to the account that paid, a service budget too (R5).
    """
    payments = in_lock_order(Payment.objects.in_scope().filter(pk__in=reasons, status=PaymentStatus.SUCCEEDED))
    if not payments:
        return payments
    writes, paid_from = WriteSet(), _paid_from(payments)
    back = []
    for payment in payments:
        payment.come_back(error=reasons[payment.pk], now=now)
        writes.update(payment, "status", "last_error", "reversed_at")
        account = paid_from[payment.pk]
        back.append(book_return(writes, payment, account=account, was=PaymentStatus.SUCCEEDED, actor=actor, now=now))
    free_places(writes, payments)
    payments_reversed.send(sender=Payment, payments=payments, writes=writes, now=now)
    writes.flush()
    refill_budgets(back)
    give_back(payments)
    return payments


def _paid_from(payments: Sequence[Payment]) -> dict[UUID, UUID]:
    """The account that paid each of these payments, by payment id."""
    payouts = Transfer.objects.in_scope().filter(
        payment__in=payments, purpose=TransferPurpose.PAYOUT, phase=TransferPhase.POSTED
    )
    return dict(payouts.values_list("payment_id", "debit_account_id"))


def book_return(
    writes: WriteSet, payment: Payment, *, account: UUID, was: str, actor: Actor, now: datetime
) -> Transfer:
    """The yuan of a payment, which `was` in that status, are back in the account (its id) that had paid it.

    A transfer of their own, which is returned, and the event.
    """
    back = Transfer(
        store_id=payment.store_id,
        payment_id=payment.pk,
        purpose=TransferPurpose.REVERSAL,
        topic_id=payment.topic_id,
        debit_account_id=account_id(payment.store_id, AccountKind.BUYER_PAYOUTS),
        credit_account_id=account,
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
    return back
