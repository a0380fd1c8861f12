"""What a refund is paid from (R5)."""

from datetime import datetime
from decimal import Decimal

from common.actors import Actor
from common.writes import WriteSet
from payments.budgets import draw
from payments.models import AccountKind
from refunds.models import Refund
from refunds.states import Programme


def paying_account(writes: WriteSet, refund: Refund, amount: Decimal, *, actor: Actor, now: datetime) -> str:
    """The kind of account that pays `amount` yuan of a locked refund: under the programme the service budget, if it can (R5)."""
    if refund.programme != Programme.RETURNLESS:
        return AccountKind.MERCHANT_FUNDS
    return draw(writes, store_id=refund.store_id, amount=amount, topic_id=refund.pk, actor=actor, now=now)
