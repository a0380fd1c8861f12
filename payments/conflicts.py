"""A gateway's later word that contradicts our books: it stops further payments until a person settles it.

Whoever reserves a payment, or hears of a conflict, locks the order first: whichever comes first, the other sees it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Invalid, NotFound, Refused, refuse_if
from common.money import grouped
from common.queries import among, named_query
from common.writes import WriteSet
from orders.models import MOST_SMALL_PAYMENTS, Order
from payments.actions import in_lock_order
from payments.allowances import take_back
from payments.budgets import draw_on_budget, settle_draws
from payments.events import PAYMENT_CONFLICT_FOUND, PAYMENT_CONFLICT_SETTLED
from payments.gateway_errors import DECLINED_THERE, PAID_BEFORE
from payments.gateways.base import GatewayAnswer, GatewayOutcome
from payments.models import Payment, Transfer, account_id
from payments.reversals import book_return, reverse_payments
from payments.signals import payments_settled
from payments.states import (
    HELD_BY_BUYER,
    AccountKind,
    ConflictSettlement,
    PaymentConflict,
    PaymentStatus,
    TransferPhase,
    TransferPurpose,
)


@dataclass(frozen=True)
class Word:
    """What a gateway says about one payment, against our books."""

    conflict: PaymentConflict
    amount: Decimal
    reference: str = ""


def conflict_between(payment: Payment, *, is_paid_there: bool, amount: Decimal | None) -> PaymentConflict | None:
    """How a gateway's word contradicts what we have booked of a payment; None when it doesn't (any more)."""
    if amount is not None and amount != payment.amount:
        return PaymentConflict.AMOUNT
    if is_paid_there and payment.status == PaymentStatus.FAILED and not payment.is_known_as_paid:
        return PaymentConflict.PAID_THERE
    if not is_paid_there and payment.status == PaymentStatus.SUCCEEDED:
        return PaymentConflict.DECLINED_THERE
    return None


@action
def note_conflicts(*, words: Mapping[UUID, Word], actor: Actor, now: datetime) -> Sequence[Payment]:
    """Keep these contradictions, by payment id; returns the payments that are newly in conflict.

    One that has a conflict keeps it, so a word may come twice; one that the books agree with by now is left alone.
    """
    payments = in_lock_order(Payment.objects.in_scope().filter(pk__in=words, conflict=""))
    writes = WriteSet()
    found = []
    for payment in payments:
        word = words[payment.pk]
        is_paid_there = word.conflict != PaymentConflict.DECLINED_THERE
        if conflict_between(payment, is_paid_there=is_paid_there, amount=word.amount) != word.conflict:
            continue
        payment.conflict = word.conflict
        payment.gateway_reference = payment.gateway_reference or word.reference
        writes.update(payment, "conflict", "gateway_reference")
        writes.event(
            PAYMENT_CONFLICT_FOUND,
            payment,
            topic=payment.topic_id,
            at=now,
            actor=actor,
            states=(payment.status, payment.status),
            conflict=word.conflict,
            amount=f"{word.amount:.2f}",
            reference=word.reference,
        )
        found.append(payment)
    writes.flush()
    return found


def note_late_answers(answers: Sequence[GatewayAnswer], *, actor: Actor, now: datetime) -> None:
    """Keep what answers say against payments that were settled before they came. Nothing is read where none is late."""
    said = {
        UUID(answer.key): answer
        for answer in answers
        if answer.outcome in (GatewayOutcome.PAID, GatewayOutcome.DECLINED)
    }
    words = {}
    for payment in Payment.objects.in_scope().filter(pk__in=said) if said else ():
        answer = said[payment.pk]
        conflict = conflict_between(payment, is_paid_there=answer.outcome == GatewayOutcome.PAID, amount=None)
        if conflict is not None:
            words[payment.pk] = Word(conflict, payment.amount, answer.reference)
    if words:
        note_conflicts(words=words, actor=actor, now=now)


def rivals_of(order: Order, *, topic_id: UUID) -> QuerySet[Payment]:
    """The order's payments in conflict that stop a small payment about this topic: those about it and small ones."""
    return rivals(order.store_id, order.pk, topic_id)


def rivals(store_id: int, order_id: UUID, topic_id: UUID) -> QuerySet[Payment]:
    """What `rivals_of` says, by ids."""
    alike = Q(topic_id=topic_id) | Q(allowance_date__isnull=False)
    return Payment.objects.for_store(store_id).in_conflict().filter(alike, order_id=order_id)


def why_in_conflict(payments: Sequence[Payment]) -> Refused | None:
    """Why nothing more can be paid beside these payments: about one of them the gateway contradicts our books."""
    rival = next((payment for payment in payments if payment.conflict), None)
    if rival is None:
        return None
    if rival.conflict == PaymentConflict.DEMANDED:
        text = _(
            "¥%(amount)s was demanded back and hasn't come back yet; wait for it, or book it or write it off on payment"
            " %(id)s."
        )
    else:
        text = _(
            "The gateway says otherwise than our books about a payment of ¥%(amount)s (%(conflict)s); settle that first"
            " on payment %(id)s."
        )
    words = {"amount": grouped(rival.amount), "conflict": rival.get_conflict_display(), "id": rival.pk}
    return Refused("payment_in_conflict", text % words)


@named_query
def _held_of(store_ids, order_ids):
    """Payments of these orders whose money the buyer has, whatever our books say."""
    has_it = Q(conflict__in=HELD_BY_BUYER) | Q(conflict=PaymentConflict.AMOUNT, status=PaymentStatus.FAILED)
    return Payment.objects.filter(has_it, among("store", store_ids), among("order", order_ids))


def held_back(payments: Sequence[Payment]) -> dict[UUID, str]:
    """Those of these payments that may not be sent, because the buyer has the money of another one like it already.

    The last net: they were reserved before the gateway's word arrived. One statement.
    """
    if not payments:
        return {}
    held = _held_of.all(
        store_ids=list({payment.store_id for payment in payments}),
        order_ids=list({payment.order_id for payment in payments}),
    )
    by_order: dict[UUID, list[Payment]] = {}
    for rival in held:
        by_order.setdefault(rival.order_id, []).append(rival)
    refused = {}
    for payment in payments:
        for rival in by_order.get(payment.order_id, ()):
            about_the_same = rival.topic_id == payment.topic_id or (rival.is_freed and not payment.is_small)
            alike = payment.is_small if rival.is_small else about_the_same
            if rival.pk != payment.pk and alike:
                refused[payment.pk] = PAID_BEFORE
    return refused


def why_not_settle(payment: Payment, how: str) -> Refused | None:
    """Why a conflict can't be settled in this way now."""
    possible = settlements_of(payment)
    if not possible:
        return Refused("invalid_transition", _("The gateway and our books agree about this payment."))
    if how not in possible:
        ways = ", ".join(ConflictSettlement(way).value for way in possible)
        return Refused("invalid_transition", _("This conflict is settled by one of: %(ways)s.") % {"ways": ways}, "how")
    if how == ConflictSettlement.BOOK and payment.conflict in HELD_BY_BUYER:
        return _why_not_book(payment)
    if how == ConflictSettlement.WRITE_OFF and not payment.given_up_at and _why_not_book(payment) is None:
        text = _("The buyer has the money that was owed, so it isn't lost: book it.")
        return Refused("invalid_transition", text, "how")
    return None


def settlements_of(payment: Payment) -> tuple[ConflictSettlement, ...]:
    """The ways in which a payment's conflict can be settled now; none when there is no conflict."""
    match payment.conflict:
        case PaymentConflict.PAID_THERE if payment.given_up_at:  # the buyer's request is open again instead
            return (ConflictSettlement.DEMAND_BACK,)
        case PaymentConflict.PAID_THERE:
            return (ConflictSettlement.BOOK, ConflictSettlement.DEMAND_BACK)
        case PaymentConflict.DEMANDED if payment.given_up_at:
            return (ConflictSettlement.WRITE_OFF,)
        case PaymentConflict.DEMANDED:
            return (ConflictSettlement.BOOK, ConflictSettlement.WRITE_OFF)
        case PaymentConflict.DECLINED_THERE:
            return (ConflictSettlement.BOOK, ConflictSettlement.KEEP)
        case PaymentConflict.AMOUNT:
            return (ConflictSettlement.KEEP,)
    return ()


@action
def settle_conflict(*, store_id: int, payment_id: UUID | str, how: str, actor: Actor, now: datetime) -> Payment:
    """A person decides what a gateway's contradiction means; from then on payments about it are possible again.

    `book`: the gateway is right; what it paid is paid, and counts on limits and in the books again, what it didn't
    pay has come back. `demand_back`: the buyer is asked for it; nothing more is paid until it has come back.
    `write_off`: it doesn't come back; the store bears it, and nothing waits for it any more. `keep`: our books are
    right. NotFound; Refused `invalid_transition` when there is no such conflict, when another payment was made
    meanwhile, or when what is to be written off could be booked.
    """
    if how not in ConflictSettlement.values:
        raise Invalid("how", _("Choose one of: %(ways)s.") % {"ways": ", ".join(ConflictSettlement.values)})
    locked = in_lock_order(Payment.objects.for_store(store_id).filter(pk=payment_id))
    if not locked:
        raise NotFound
    payment = locked[0]
    refuse_if(why_not_settle(payment, how))
    writes = WriteSet()
    was, before, draws = payment.conflict, payment.status, []
    if how == ConflictSettlement.DEMAND_BACK:
        payment.conflict = PaymentConflict.DEMANDED
        writes.update(payment, "conflict")
    elif how == ConflictSettlement.WRITE_OFF:
        payment.write_off(now=now)
        writes.update(payment, "written_off_at", "conflict")
        writes.insert(_loss(payment, TransferPurpose.WRITE_OFF, now))
    elif was in HELD_BY_BUYER:
        draws = [_book(writes, payment, actor=actor, now=now)]
    else:
        payment.conflict = ""
        writes.update(payment, "conflict")
    writes.event(
        PAYMENT_CONFLICT_SETTLED,
        payment,
        topic=payment.topic_id,
        at=now,
        actor=actor,
        states=(before, payment.status),
        conflict=was,
        how=how,
        amount=f"{payment.amount:.2f}",
    )
    if draws:
        payments_settled.send(sender=Payment, payments=[payment], writes=writes, now=now, is_late=True)
    writes.flush()
    if draws:
        settle_draws(draws)
        take_back(payment)
    elif was == PaymentConflict.DECLINED_THERE and how == ConflictSettlement.BOOK:
        reverse_payments(reasons={payment.pk: DECLINED_THERE}, actor=actor, now=now)
        payment.refresh_from_db()
    return payment


def _why_not_book(payment: Payment) -> Refused | None:
    """Money that went out twice can't be booked as one payment."""
    others = Payment.objects.for_store(payment.store_id).filter(order=payment.order, topic_id=payment.topic_id)
    repeated = others.not_small().exclude(pk=payment.pk).exclude(status=PaymentStatus.FAILED)
    if not payment.is_small and repeated.exists():
        return Refused(
            "invalid_transition", _("Another payment of the same was made meanwhile; demand this one back."), "how"
        )
    if payment.is_small and payment.order.small_payments >= MOST_SMALL_PAYMENTS:
        return Refused("order_payment_count_reached", _("This order can't count another payment; demand it back."))
    return None


def _book(writes: WriteSet, payment: Payment, *, actor: Actor, now: datetime) -> Transfer:
    """The payment succeeds after all: a payout of its own, from the account that had reserved it."""
    payment.book_late(now=now)
    writes.update(payment, "status", "settled_at", "conflict", "last_error")
    if payment.is_small:
        payment.order.small_payments += 1
        writes.update(payment.order, "small_payments")
    voided = (
        Transfer.objects.for_store(payment.store_id).filter(payment=payment, purpose=TransferPurpose.PAYOUT).first()
    )
    debit = AccountKind.MERCHANT_FUNDS
    if voided.debit_account_id == account_id(payment.store_id, AccountKind.SERVICE_BUDGET):
        debit = draw_on_budget(
            writes,
            store_id=payment.store_id,
            amount=payment.amount,
            topic_id=payment.topic_id,
            actor=actor,
            now=now,
        )
    payout = _payout(payment, account_id(payment.store_id, debit), now)
    writes.insert(payout)
    return payout


def _payout(payment: Payment, debit_account_id: UUID, now: datetime) -> Transfer:
    return Transfer(
        store_id=payment.store_id,
        payment_id=payment.pk,
        purpose=TransferPurpose.PAYOUT,
        topic_id=payment.topic_id,
        debit_account_id=debit_account_id,
        credit_account_id=account_id(payment.store_id, AccountKind.BUYER_PAYOUTS),
        amount=payment.amount,
        phase=TransferPhase.POSTED,
        created_at=now,
        resolved_at=now,
    )


def _loss(payment: Payment, purpose: TransferPurpose, now: datetime) -> Transfer:
    """The store bears the payment's yuan as a loss, or (a recovery) no longer."""
    accounts = [AccountKind.MERCHANT_FUNDS, AccountKind.LOSSES]
    debit, credit = accounts if purpose == TransferPurpose.WRITE_OFF else reversed(accounts)
    return Transfer(
        store_id=payment.store_id,
        payment_id=payment.pk,
        purpose=purpose,
        topic_id=payment.topic_id,
        debit_account_id=account_id(payment.store_id, debit),
        credit_account_id=account_id(payment.store_id, credit),
        amount=payment.amount,
        phase=TransferPhase.POSTED,
        created_at=now,
        resolved_at=now,
    )


@action
def book_unexpected_return(*, payment_id: UUID, error: str, actor: Actor, now: datetime) -> bool:
    """What had failed here was paid there and has come back: both are booked, and it may be paid again.

    Returns whether that was news. It had freed its places and holds when it failed, so nothing else moves; what was
    written off of it is no loss any more.
    """
    failed = Payment.objects.in_scope().filter(pk=payment_id, status=PaymentStatus.FAILED, reversed_at=None)
    payments = in_lock_order(failed)
    if not payments:
        return False
    payment = payments[0]
    payment.came_back_unbooked(error=error, now=now)
    writes = WriteSet()
    writes.update(payment, "settled_at", "reversed_at", "last_error", "conflict")
    funds = account_id(payment.store_id, AccountKind.MERCHANT_FUNDS)
    writes.insert(_payout(payment, funds, now))
    if payment.written_off_at is not None:
        writes.insert(_loss(payment, TransferPurpose.RECOVERY, now))
    book_return(writes, payment, account=funds, was=payment.status, actor=actor, now=now)
    writes.flush()
    return True
