"""What an order costs when it is lost: the sale that everybody sees, and the parts behind it (K12)."""

from dataclasses import dataclass, fields
from decimal import Decimal

from common.money import CENT, ZERO
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


def loss_of(order: Order, refund: Refund, costs: Costs) -> Loss:
    """What the refund costs when it is paid, at these rates.

    Winning and sending the order were spent in vain as far as it is refunded, to the cent; goods that left the
    warehouse lose a part of their value; and what comes back has to be carried and handled. `sql.LOSS` says the
    same in SQL.
    """
    share = refund.amount / order.paid_amount if order.paid_amount else ZERO
    shipped = order.shipped_at is not None or (order.shipped_pieces > 0 and refund.goods != RefundGoods.STOPPED)
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
