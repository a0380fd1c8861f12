"""Settlement: claim due payments, ask their gateways outside any transaction, book the answers."""

from collections.abc import Sequence
from uuid import UUID

from common import clock
from common.tenancy import system_scope
from payments.actions import claim_due_payments, record_answers
from payments.gateways import gateway
from payments.gateways.base import Answer, Instruction
from payments.models import Payment

BATCH = 100


def settle_batch(*, ids: Sequence[UUID] | None = None, limit: int = BATCH) -> int:
    """Settle up to `limit` due payments (of these ids, if given); returns how many were taken up.

    Safe to run anywhere, any number of times, and to kill at any moment: a payment that was asked before is first looked
    up, and the gateway pays once per key.
    """
    with system_scope():
        claimed = claim_due_payments(now=clock.now(), limit=limit, ids=ids)
    if not claimed:
        return 0
    answers = [answer for payment, was_asked in claimed for answer in _ask(payment, was_asked)]
    with system_scope():
        record_answers(answers=answers, now=clock.now())
    return len(claimed)


def _ask(payment: Payment, was_asked: bool) -> list[Answer]:
    port = gateway(payment.gateway)
    known = port.look_up(str(payment.pk)) if was_asked else None
    if known is not None:
        return [known]
    return port.pay(Instruction(key=str(payment.pk), buyer_id=payment.buyer_id, amount=payment.amount))
