"""The inbox of the gateways' notices: stored once per event, then processed by a worker, in any order, any number of times."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from common import clock
from common.actors import SYSTEM
from common.tenancy import system_scope
from payments.actions import record_answers
from payments.gateways import gateway
from payments.gateways.base import GatewayAnswer, GatewayOutcome
from payments.models import GatewayNotice, Payment
from payments.reversals import reverse_payments
from payments.states import NoticeResult, PaymentStatus

log = logging.getLogger("wanliu.payments")

BATCH = 100
MAX_ATTEMPTS = 8
RETRY_AFTER = timedelta(minutes=1)


def receive_notice(*, name: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Check and keep a notice; returns whether it is a new one. BadNotice when it isn't the gateway's.

    Only kept here: what it brings is done by a worker, so that the gateway has its receipt at once.
    """
    notice = gateway(name).read_notice(headers, body)
    if notice is None:
        return False
    kept = GatewayNotice.objects.bulk_create(
        [
            GatewayNotice(
                gateway=name,
                event_id=notice.event_id[:100],
                body=body,
                key=notice.key[:64],
                outcome=notice.outcome,
                amount=notice.amount,
                reference=notice.reference[:100],
                error=notice.error[:200],
                received_at=now,
                next_attempt_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    is_new = GatewayNotice.objects.filter(pk=kept[0].pk).exists()
    if is_new:
        transaction.on_commit(_tell_worker, robust=True)
    return is_new


def _tell_worker() -> None:
    try:
        current_app.send_task("payments.tasks.process_notices", retry=False)
    except OperationalError as error:
        log.warning("no broker (%s): the sweep will process the notice", error)


def process_due_notices(*, limit: int = BATCH) -> int:
    """Do what waiting notices bring, each in a transaction of its own; returns how many were taken up."""
    done = 0
    while done < limit and _process_next():
        done += 1
    return done


def _process_next() -> bool:
    """Process the oldest notice that is due and that nobody else has; False when there is none."""
    now = clock.now()
    notice_id = None
    try:
        with system_scope():
            due = GatewayNotice.objects.filter(next_attempt_at__lte=now).order_by("next_attempt_at", "id")
            notice = due.select_for_update(skip_locked=True, no_key=True).first()
            if notice is None:
                return False
            notice_id = notice.pk
            result = _apply(notice, now)
            GatewayNotice.objects.filter(pk=notice.pk).update(result=result, next_attempt_at=None)
    except Exception:
        if notice_id is None:
            raise
        log.exception("the notice %s could not be processed", notice_id)
        _postpone(notice_id, now)
    return True


def _postpone(notice_id: UUID, now: datetime) -> None:
    with system_scope():
        notice = GatewayNotice.objects.select_for_update().get(pk=notice_id)
        notice.attempts += 1
        given_up = notice.attempts >= MAX_ATTEMPTS
        notice.next_attempt_at = None if given_up else now + RETRY_AFTER * 2**notice.attempts
        notice.result = NoticeResult.FAILED if given_up else NoticeResult.WAITING
        notice.save(update_fields=["attempts", "next_attempt_at", "result"])


def _apply(notice: GatewayNotice, now: datetime) -> NoticeResult:
    """Book what the notice tells, as far as it is news about a payment of ours through this gateway."""
    payment = _payment_of(notice)
    if payment is None:
        return NoticeResult.UNKNOWN
    if notice.amount is not None and notice.amount != payment.amount:
        return NoticeResult.CONFLICT
    outcome = GatewayOutcome(notice.outcome)
    if outcome == GatewayOutcome.RETURNED:
        # It was paid before it came back, even if that news is still on its way.
        record_answers(answers=[_answer(payment, GatewayOutcome.PAID, notice)], actor=SYSTEM, now=now)
        moved: Sequence[Payment] = reverse_payments(reasons={payment.pk: notice.error}, actor=SYSTEM, now=now)
    elif outcome in (GatewayOutcome.PAID, GatewayOutcome.DECLINED):
        moved = record_answers(answers=[_answer(payment, outcome, notice)], actor=SYSTEM, now=now)
    else:
        moved = []
    if moved:
        return NoticeResult.APPLIED
    return NoticeResult.NO_CHANGE if _agrees(notice, _payment_of(notice)) else NoticeResult.CONFLICT


def _payment_of(notice: GatewayNotice) -> Payment | None:
    try:
        key = UUID(notice.key)
    except ValueError:
        return None
    return Payment.objects.in_scope().filter(pk=key, gateway=notice.gateway).first()


def _answer(payment: Payment, outcome: GatewayOutcome, notice: GatewayNotice) -> GatewayAnswer:
    return GatewayAnswer(str(payment.pk), outcome, reference=notice.reference, error=notice.error)


def _agrees(notice: GatewayNotice, payment: Payment | None) -> bool:
    """Whether our books say already what the notice says, or more than it. The payment is read anew: it may have moved."""
    if payment is None:
        return False
    match notice.outcome:
        case GatewayOutcome.PAID:
            return payment.status == PaymentStatus.SUCCEEDED or payment.reversed_at is not None
        case GatewayOutcome.DECLINED:
            return payment.status == PaymentStatus.FAILED
        case GatewayOutcome.RETURNED:
            return payment.reversed_at is not None
    return True
