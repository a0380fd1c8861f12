"""What an order costs when it is lost: the sale that everybody sees, and the parts behind it (K12)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from uuid import UUID

from common.money import CENT, ZERO
from common.queries import among, named_query
from offers.models import LossOutcome
from orders.models import Order
from refunds.models import Refund
from refunds.states import RefundGoods, RefundStatus
from stores.marketplaces import Costs

# A refund that ended like this cost nothing: the sale stayed.
KEPT = frozenset({RefundStatus.WITHDRAWN, RefundStatus.CLOSED})


@dataclass(frozen=True)
class Loss:
    """Yuan. `sale` is the visible part, the others are hidden."""

    sale: Decimal = ZERO
    acquisition: Decimal = ZERO
    outbound_freight: Decimal = ZERO
    return_freight: Decimal = ZERO
    handling: Decimal = ZERO
    stock_loss: Decimal = ZERO

    @property
    def hidden(self) -> Decimal:
        """All but the sale."""
        return self.total - self.sale

    @property
    def total(self) -> Decimal:
        """Everything."""
        return sum((getattr(self, part.name) for part in fields(self)), ZERO)

    def __add__(self, other: "Loss") -> "Loss":
        return Loss(**{part.name: getattr(self, part.name) + getattr(other, part.name) for part in fields(self)})


LOSS_PARTS = (*(part.name for part in fields(Loss)), "hidden", "total")


@named_query
def _outcomes_of(store_ids, refund_ids):
    return LossOutcome.objects.filter(among("store", store_ids), among("refund", refund_ids))


def counted_losses(refunds: Sequence[Refund]) -> dict[UUID, Loss]:
    """What those of the refunds that are counted were counted with, by refund: it stays, whatever becomes of them."""
    counted = [refund for refund in refunds if refund.is_loss_counted]
    if not counted:
        return {}
    found = _outcomes_of.all(
        store_ids=list({refund.store_id for refund in counted}), refund_ids=[refund.pk for refund in counted]
    )
    return {row.refund_id: Loss(**{part.name: getattr(row, part.name) for part in fields(Loss)}) for row in found}


def loss_of(order: Order, refund: Refund, costs: Costs) -> Loss:
    """What the refund costs when it is paid, at these rates; `counted_losses` says what it was once it is counted.

    Winning and sending the order were spent in vain as far as it is refunded, to the cent; goods that left the
    warehouse before it was refunded lose a part of their value; and what comes back has to be carried and handled.
    `sql.LOSS` says the same in SQL.
    """
    share = refund.amount / order.paid_amount if order.paid_amount else ZERO
    whole = order.shipped_at is not None and (refund.resolved_at is None or order.shipped_at <= refund.resolved_at)
    shipped = whole or (order.shipped_pieces > 0 and refund.goods != RefundGoods.STOPPED)
    returns = shipped and refund.moves_goods
    return Loss(
        sale=refund.amount,
        acquisition=_cents(costs.acquisition * share),
        outbound_freight=_cents(costs.outbound_freight * share) if shipped else ZERO,
        return_freight=costs.return_freight if returns else ZERO,
        handling=costs.handling if returns else ZERO,
        stock_loss=_cents(refund.amount * costs.stock_loss_percent / 100) if shipped else ZERO,
    )


def _cents(yuan: Decimal) -> Decimal:
    return yuan.quantize(CENT, rounding="ROUND_HALF_UP")
