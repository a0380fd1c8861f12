"""What refund without return changes for one refund: whether it runs under the programme, and what pays it (R1, R5)."""

from datetime import datetime
from decimal import Decimal

from common.actors import Actor
from common.writes import WriteSet
from orders.states import OrderStatus
from payments.budgets import draw_on_budget
from payments.states import AccountKind
from refunds.models import Refund
from refunds.states import RefundKind, RefundProgramme


def programme_of(refund: Refund) -> str:
    """The programme of a request that is just being made: the buyer keeps what has shipped and was promised so (R1)."""
    if refund.kind != RefundKind.REFUND_ONLY or not _has_all_left(refund):
        return ""
    promised = all(each.line.programme == RefundProgramme.RETURNLESS for each in refund.own_lines)
    return RefundProgramme.RETURNLESS if promised else ""


def _has_all_left(refund: Refund) -> bool:
    if refund.order.is_partly_shipped:
        return not any(line.quantity_here for line in refund.own_lines)
    return refund.order.status != OrderStatus.UNSHIPPED


def paying_account(writes: WriteSet, refund: Refund, amount: Decimal, *, actor: Actor, now: datetime) -> str:
    """The kind of account that pays `amount` yuan of a locked refund.

    Under the programme that is the service budget, if it has enough (R5).
    """
    if refund.programme != RefundProgramme.RETURNLESS:
        return AccountKind.MERCHANT_FUNDS
    return draw_on_budget(writes, store_id=refund.store_id, amount=amount, topic_id=refund.pk, actor=actor, now=now)
