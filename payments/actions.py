"""The life of a payment: reserve → (commit, call the gateway) → post or void.

Small payments begin in small.py; money that comes back later is booked in reversals.py.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from common import workers
from common.actions import action, bookkeeping
from common.actors import SYSTEM, Actor
from common.errors import Refused, refuse_if
from common.hints import tell_once
from common.queries import among, named_query
from common.rows import new_row
from common.writes import WriteSet
from orders.models import Order
from payments.allowances import give_back
from payments.budgets import settle_draws
from payments.events import (
    PAYMENT_GIVEN_UP,
    PAYMENT_NEEDS_ATTENTION,
    PAYMENT_RESERVED,
    PAYMENT_RESUMED,
    PAYMENT_SETTLED,
)
from payments.gateways import DEFAULT
from payments.gateways.base import GatewayAnswer, GatewayOutcome
from payments.models import Payment, PaymentTerms, Transfer, account_id
from payments.signals import payments_settled
from payments.states import AccountKind, PaymentStatus, TransferPhase, TransferPurpose

SETTLE = "payments.tasks.settle_due_payments"


def reserve_payment(writes: WriteSet, *, order: Order, topic: models.Model, **terms) -> Payment:
    """Add a payment to the buyer, and the reservation of its yuan in the ledger, to the caller's writes.

    The caller has locked the order and held the amount, or, for a small payment with its `allowance_date`, taken a
    place on the order. `terms` are those of `reserve`. After the commit a worker is told.
    """
    payment, _payout = reserve(writes, order=order, topic=topic, **terms)
    writes.hint(tell_worker, payment.pk)
    return payment


def reserve(
    writes: WriteSet,
    *,
    order: Order,
    topic: models.Model,
    purpose: str,
    amount: Decimal,
    actor: Actor,
    now: datetime,
    rule: str = "",
    note: str = "",
    allowance_date: date | None = None,
    debit: str = AccountKind.MERCHANT_FUNDS,
    gateway: str = "",
) -> tuple[Payment, Transfer]:
    """A new payment and its payout in the ledger. `debit` is the kind of account that pays.

    A `gateway` is named only for money that is reported (payments.reported): no worker ever takes it up. Else the
    store's is chosen when a worker does.
    """
    payment = new_row(
        Payment,
        store_id=order.store_id,
        topic_id=topic.pk,
        purpose=purpose,
        amount=amount,
        buyer_id=order.buyer_id,
        note=note,
        allowance_date=allowance_date,
        gateway=gateway,
        next_attempt_at=None if gateway else Now(),
        created_at=now,
    )
    payment.order = order
    payout = _payout_of(payment, debit)
    writes.insert(payment)
    writes.insert(payout)
    writes.event(
        PAYMENT_RESERVED,
        payment,
        topic=topic,
        at=now,
        actor=actor,
        states=("", payment.status),
        rule=rule,
        amount=f"{amount:.2f}",
        purpose=purpose,
        account=debit,
        **({"note": note} if note else {}),
    )
    return payment, payout


def _payout_of(payment: Payment, debit: str) -> Transfer:
    """What a payment reserves in the ledger, of the account of kind `debit`."""
    return new_row(
        Transfer,
        store_id=payment.store_id,
        payment_id=payment.pk,
        purpose=TransferPurpose.PAYOUT,
        topic_id=payment.topic_id,
        debit_account_id=account_id(payment.store_id, debit),
        credit_account_id=account_id(payment.store_id, AccountKind.BUYER_PAYOUTS),
        amount=payment.amount,
        created_at=payment.created_at,
    )


def tell_worker(_payment_ids: Sequence[UUID]) -> None:
    """Have what is due settled, these among it: one message for all that come together."""
    tell_once(SETTLE)


@bookkeeping("A lease says which worker is busy; what comes of it is an act.")
def take_up_payments(*, now: datetime, limit: int, ids: Sequence[UUID] | None = None) -> list[tuple[Payment, bool]]:
    """Lease due payments that no other worker has; returns each with whether it was asked before.

    The first time, its store's gateway is chosen for good.
    """
    due = Payment.objects.in_scope().select_related("order")
    if ids is not None:
        due = due.filter(pk__in=ids)
    taken, worn_out = workers.take_up(due, limit=limit)
    gateways = _gateways_of({payment.store_id for payment in taken if not payment.gateway})
    writes = WriteSet()
    for payment in worn_out:
        writes.update(payment, *payment.WORK_FIELDS)
        record_outcome(writes, payment, payment.status, settled=False, actor=SYSTEM, now=now)
    turn = []
    for payment in taken:
        turn.append((payment, payment.status == PaymentStatus.PROCESSING))
        payment.process()
        payment.gateway = payment.gateway or gateways.get(payment.store_id, DEFAULT)
        writes.update(payment, "status", "gateway", *payment.WORK_FIELDS)
    writes.flush()
    return turn


def _gateways_of(store_ids: set[int]) -> dict[int, str]:
    """The gateway of each of these stores for which one is chosen."""
    chosen = _choices_of.all(store_ids=list(store_ids)) if store_ids else []
    return {terms.store_id: terms.gateway for terms in chosen}


@named_query
def _choices_of(store_ids):
    """The terms of these stores for which a gateway is chosen."""
    return PaymentTerms.objects.filter(among("store", store_ids)).exclude(gateway="").only("store", "gateway")


def _reserved(payments: Sequence[Payment]) -> dict[UUID, Transfer]:
    """What is reserved in the ledger for each of these payments, by its id."""
    reserved = _reserved_of.all(
        store_ids=list({payment.store_id for payment in payments}), payment_ids=[payment.pk for payment in payments]
    )
    return {transfer.payment_id: transfer for transfer in reserved}


@named_query
def _reserved_of(store_ids, payment_ids):
    """The transfers of these payments that are neither posted nor voided."""
    of_payments = Transfer.objects.filter(among("store", store_ids), among("payment", payment_ids))
    return of_payments.filter(phase=TransferPhase.PENDING)


@action
def record_answers(*, answers: Sequence[GatewayAnswer], actor: Actor, now: datetime) -> list[Payment]:
    """Book what gateways answered; returns the payments that are settled by it.

    An answer that comes twice, late or out of order changes nothing: only a payment that is still open moves. Of
    several answers about one payment, one that knows outweighs one that doesn't.
    """
    by_key = {UUID(answer.key): answer for answer in sorted(answers, key=lambda a: a.outcome != GatewayOutcome.UNKNOWN)}
    asked = Payment.objects.in_scope().filter(pk__in=by_key, status=PaymentStatus.PROCESSING)
    payments = in_lock_order(asked.timed())
    transfers = _reserved(payments) if payments else {}
    writes = WriteSet()
    settled = []
    for payment in payments:
        if _apply(writes, payment, transfers[payment.pk], by_key[payment.pk], actor, now):
            settled.append(payment)
    failed = [payment for payment in settled if payment.status == PaymentStatus.FAILED]
    free_places(writes, failed)
    if settled:
        payments_settled.send(sender=Payment, payments=settled, writes=writes, now=now)
        settle_draws([transfers[payment.pk] for payment in settled])
    writes.flush()
    give_back(failed)
    return settled


def in_lock_order(payments: models.QuerySet) -> list[Payment]:
    """Lock these payments, their orders first (`of` says so) and always in the same sequence; one object per order."""
    orders: dict[UUID, Order] = {}
    locked = list(
        payments.select_related("order").select_for_update(of=("order", "self"), no_key=True).order_by("order_id", "id")
    )
    for payment in locked:
        payment.order = orders.setdefault(payment.order_id, payment.order)
    return locked


def free_places(writes: WriteSet, failed: Sequence[Payment]) -> None:
    """Small payments among these, which have just failed, give their places on their (locked) orders back (K9)."""
    for payment in failed:
        if payment.is_small:
            payment.order.small_payments -= 1
            writes.update(payment.order, "small_payments")


def _apply(
    writes: WriteSet, payment: Payment, transfer: Transfer, answer: GatewayAnswer, actor: Actor, now: datetime
) -> bool:
    """Move one payment; returns whether it is settled."""
    before = payment.status
    match answer.outcome:
        case GatewayOutcome.UNKNOWN:
            payment.put_off(answer.error)
        case GatewayOutcome.PAID | GatewayOutcome.RETURNED:  # it was paid first; that it came back is the inbox's news
            payment.succeed(reference=answer.reference, now=now)
            transfer.phase = TransferPhase.POSTED
        case GatewayOutcome.DECLINED:
            payment.fail(error=answer.error, now=now)
            transfer.phase = TransferPhase.VOIDED
    writes.update(payment, "status", "gateway_reference", "settled_at", *payment.WORK_FIELDS)
    settled = transfer.phase != TransferPhase.PENDING
    if settled:
        transfer.resolved_at = now
        writes.update(transfer, "phase", "resolved_at")
    if settled or payment.needs_attention:
        record_outcome(writes, payment, before, settled=settled, actor=actor, now=now)
    return settled


def record_outcome(
    writes: WriteSet, payment: Payment, before: str, *, settled: bool, actor: Actor, now: datetime
) -> None:
    """The event that a payment is settled, or waits for a person."""
    writes.event(
        PAYMENT_SETTLED[payment.status] if settled else PAYMENT_NEEDS_ATTENTION,
        payment,
        topic=payment.topic_id,
        at=now,
        actor=actor,
        states=(before, payment.status),
        amount=f"{payment.amount:.2f}",
        reference=payment.gateway_reference,
        error=payment.last_error,
        attempts=payment.attempts,
    )


def why_not_resume(payment: Payment) -> Refused | None:
    """A gateway is asked again by hand only when asking by itself has ended without an answer."""
    if payment.needs_attention:
        return None
    return Refused("invalid_transition", _("This payment doesn't wait for you."))


@action
def resume_payment(*, payment_id: UUID, store_id: int, actor: Actor, now: datetime) -> Payment:
    """Ask the gateway again about a payment that waits for a person. It is still the same key: it can't pay twice.

    Refused `invalid_transition` when the payment doesn't wait for anybody.
    """
    payment = (
        Payment.objects.for_store(store_id)
        .select_related("order")
        .select_for_update(of=("order", "self"), no_key=True)
        .get(pk=payment_id)
    )
    refuse_if(why_not_resume(payment))
    payment.make_due()
    writes = WriteSet()
    writes.update(payment, *payment.WORK_FIELDS)
    writes.event(PAYMENT_RESUMED, payment, topic=payment.topic_id, at=now, actor=actor)
    writes.hint(tell_worker, payment.pk)
    writes.flush()
    return payment


def give_up(writes: WriteSet, payment: Payment, *, actor: Actor, now: datetime) -> None:
    """Nobody tries to pay this failed payment any more. The caller has locked its order and frees what it held."""
    payment.give_up(now=now)
    writes.update(payment, "given_up_at")
    writes.event(
        PAYMENT_GIVEN_UP,
        payment,
        topic=payment.topic_id,
        at=now,
        actor=actor,
        states=(payment.status, payment.status),
        amount=f"{payment.amount:.2f}",
    )
