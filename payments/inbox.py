"""The inbox of the gateways' notices.

Each is stored once per event, then processed by a worker, in any order, any number of times.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from common import clock, workers
from common.actions import bookkeeping
from common.actors import SYSTEM
from common.hints import tell_once
from payments.actions import record_answers
from payments.conflicts import Word, book_unexpected_return, conflict_between, note_conflicts
from payments.gateways import gateway
from payments.gateways.base import GatewayAnswer, GatewayOutcome
from payments.models import GatewayNotice, Payment
from payments.reversals import reverse_payments
from payments.states import NoticeResult, PaymentStatus

PROCESS_NOTICES = "payments.tasks.process_notices"
_AS_IT_CAME = "A notice is kept as it came; what it brings is an act."


@bookkeeping(_AS_IT_CAME)
def receive_notice(*, name: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Check and keep a notice; returns whether it is a new one.

    BadNotice when it isn't the gateway's, UnreadableNotice when it can't be read.

    Only kept here: what it brings is done by a worker, so that the gateway has its receipt at once.
    """
    notice = gateway(name).read_notice(headers, body)
    if notice is None:
        return False
    kept = GatewayNotice.objects.bulk_create(
        [
            GatewayNotice(
                gateway=name,
                event_id=notice.event_id,
                body=body,
                key=notice.key,
                outcome=notice.outcome,
                amount=notice.amount,
                reference=notice.reference[:100],
                error=notice.error[:200],
                received_at=now,
                next_attempt_at=Now(),
            )
        ],
        ignore_conflicts=True,
    )
    is_new = GatewayNotice.objects.filter(pk=kept[0].pk).exists()
    if is_new:
        transaction.on_commit(partial(tell_once, PROCESS_NOTICES), robust=True)
    return is_new


@bookkeeping(_AS_IT_CAME)
def keep_unreadable(*, name: str, body: bytes, reason: str, now: datetime) -> None:
    """Keep a signed notice that nobody could read, once, for the people who compare the books."""
    GatewayNotice.objects.bulk_create(
        [
            GatewayNotice(
                gateway=name,
                event_id=f"unreadable:{sha256(body).hexdigest()}",
                body=body,
                outcome=GatewayOutcome.UNKNOWN,
                error=reason[:200],
                result=NoticeResult.UNREADABLE,
                received_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def process_due_notices(*, limit: int = workers.BATCH) -> int:
    """Do what waiting notices bring, each in a transaction of its own; returns how many were taken up."""
    return workers.do_due(GatewayNotice.objects.all(), _process, limit=limit)


def _process(notice: GatewayNotice) -> None:
    notice.result = _apply(notice, clock.now())


def _apply(notice: GatewayNotice, now: datetime) -> NoticeResult:
    """Book what the notice tells, as far as it is news about a payment of ours through this gateway."""
    payment = _payment_of(notice)
    if payment is None:
        return NoticeResult.UNKNOWN
    if notice.amount is not None and notice.amount != payment.amount:
        _keep_conflict(payment, notice, now)
        return NoticeResult.CONFLICT
    outcome = GatewayOutcome(notice.outcome)
    if outcome == GatewayOutcome.RETURNED:
        # It was paid before it came back, even if that news is still on its way.
        record_answers(answers=[_answer(payment, GatewayOutcome.PAID, notice)], actor=SYSTEM, now=now)
        moved: Sequence[Payment] = reverse_payments(reasons={payment.pk: notice.error}, actor=SYSTEM, now=now)
        if not moved and book_unexpected_return(payment_id=payment.pk, error=notice.error, actor=SYSTEM, now=now):
            return NoticeResult.APPLIED
    elif outcome in (GatewayOutcome.PAID, GatewayOutcome.DECLINED):
        moved = record_answers(answers=[_answer(payment, outcome, notice)], actor=SYSTEM, now=now)
    else:
        moved = []
    if moved:
        return NoticeResult.APPLIED
    if _agrees(notice, _payment_of(notice)):
        return NoticeResult.NO_CHANGE
    _keep_conflict(payment, notice, now)
    return NoticeResult.CONFLICT


def _keep_conflict(payment: Payment, notice: GatewayNotice, now: datetime) -> None:
    """Keep the contradiction on the payment, where people decide about it."""
    fresh = Payment.objects.in_scope().get(pk=payment.pk)
    is_paid_there = notice.outcome != GatewayOutcome.DECLINED
    conflict = conflict_between(fresh, is_paid_there=is_paid_there, amount=notice.amount)
    if conflict is not None:
        word = Word(conflict, fresh.amount if notice.amount is None else notice.amount, notice.reference)
        note_conflicts(words={fresh.pk: word}, actor=SYSTEM, now=now)


def _payment_of(notice: GatewayNotice) -> Payment | None:
    try:
        key = UUID(notice.key)
    except ValueError:
        return None
    return Payment.objects.in_scope().filter(pk=key, gateway=notice.gateway).first()


def _answer(payment: Payment, outcome: GatewayOutcome, notice: GatewayNotice) -> GatewayAnswer:
    return GatewayAnswer(str(payment.pk), outcome, reference=notice.reference, error=notice.error)


def _agrees(notice: GatewayNotice, payment: Payment | None) -> bool:
    """Whether our books say already what the notice says, or more than it.

    The payment is read anew: it may have moved.
    """
    if payment is None:
        return False
    match notice.outcome:
        case GatewayOutcome.PAID:
            return payment.is_known_as_paid
        case GatewayOutcome.DECLINED:
            return payment.status == PaymentStatus.FAILED
        case GatewayOutcome.RETURNED:
            return payment.reversed_at is not None
    return True
