"""Settlement: take up due payments, ask their gateways outside any transaction, book the answers."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from uuid import UUID

from common import clock
from common.actors import SYSTEM
from common.errors import told_safely
from common.metering import noting
from common.metering.asking import asking
from common.obligations import ask_soon
from common.tenancy import system_scope
from common.workers import BATCH, side_by_side, write_down
from payments.actions import record_answers, take_up_payments
from payments.conflicts import held_back, note_late_answers
from payments.gateway_errors import not_asked
from payments.gateways import calls_at_once, gateway
from payments.gateways.base import GatewayAnswer, GatewayOutcome, Instruction
from payments.models import Payment
from payments.payout_limits import no_longer_fitting
from payments.purposes import returning_purposes

log = logging.getLogger("wanliu.payments")


def settle_batch(*, ids: Sequence[UUID] | None = None, limit: int = BATCH) -> int:
    """Settle up to `limit` due payments (of these ids, if given); returns how many were taken up.

    Safe to run anywhere, any number of times, and to kill at any moment: a payment that was asked before is first
    looked up, and the gateway pays once per key. A gateway that answers what it left open before is back: whatever
    else it left open waits a short pause only.
    """
    with system_scope():
        turn = take_up_payments(now=clock.now(), limit=limit, ids=ids)
        payments = [payment for payment, _was_asked in turn]
        refused = {**no_longer_fitting(payments), **held_back(payments)}
    if not turn:
        return 0
    was_asked = dict(turn)
    answers = side_by_side(
        _lanes(payments), lambda payment: _ask(payment, was_asked[payment], refused.get(payment.pk, ""))
    )
    for payment, told in answers:
        for answer in told:
            noting.payment_asked(payment.gateway, answer.outcome)
    write_down(answers, _book)
    again = {payment.gateway for payment, told in answers if payment.attempts > 1 and any(_knows(one) for one in told)}
    if again:
        ask_soon(Payment.objects.filter(gateway__in=again))
    return len(turn)


def _knows(answer: GatewayAnswer) -> bool:
    return answer.outcome != GatewayOutcome.UNKNOWN


def _lanes(payments: Sequence[Payment]) -> list[tuple[list[Payment], int]]:
    """The payments of each gateway, with how many calls it takes at once."""
    by_gateway: dict[str, list[Payment]] = defaultdict(list)
    for payment in payments:
        by_gateway[payment.gateway].append(payment)
    return [(of_one, calls_at_once(name)) for name, of_one in by_gateway.items()]


def _book(answers: list[list[GatewayAnswer]]) -> None:
    told, now = list(chain.from_iterable(answers)), clock.now()
    settled = {str(payment.pk) for payment in record_answers(answers=told, actor=SYSTEM, now=now)}
    note_late_answers([answer for answer in told if answer.key not in settled], actor=SYSTEM, now=now)


def _ask(payment: Payment, was_asked: bool, refusal: str) -> list[GatewayAnswer]:
    """What the gateway says about one payment.

    A gateway that breaks its promise and raises leaves the payment unknown, and the batch goes on.

    With a `refusal` the payment may not be paid any more: it isn't sent, unless the gateway already knows of it.
    """
    key = str(payment.pk)
    try:
        port = gateway(payment.gateway)
        if was_asked:
            with asking("gateway", payment.gateway):
                known = port.look_up(key)
            if known is not None:
                return [known]
        if refusal:
            return [GatewayAnswer(key, GatewayOutcome.DECLINED, error=refusal)]
        instruction = Instruction(
            key=key,
            buyer_id=payment.buyer_id,
            amount=payment.amount,
            order_number=payment.order.number,
            order_amount=payment.order.paid_amount,
            is_refund=payment.purpose in returning_purposes(),
        )
        with asking("gateway", payment.gateway):
            return port.pay(instruction)
    except Exception as error:
        log.error("gateway %s raised for payment %s: %s", payment.gateway, key, told_safely(error))
        return [GatewayAnswer(key, GatewayOutcome.UNKNOWN, error=not_asked(error))]
