"""Whether a refund's goods have left the store, of one loaded refund and as a condition of the database."""

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest

from orders.states import GoodsStatus, OrderStatus
from refunds.models.line import RefundLine
from refunds.states import RefundGoods, RefundKind


class HasGoods:
    """What a refund says of where its goods are; its lines are read only of an order that leaves in parts."""

    @property
    def has_left(self) -> bool:
        """Whether a carrier or the buyer has some of its goods; `have_left` says the same in SQL."""
        if not self.order.is_partly_shipped or self.goods == RefundGoods.STOPPED:
            return self.order.has_left
        return self.moves_goods or any(line.moving_quantity > line.quantity_here for line in self.own_lines)

    @property
    def goods_status(self) -> str:
        """Where its goods are, of GoodsStatus."""
        return GoodsStatus.IN_TRANSIT if self.order.is_partly_shipped and self.has_left else self.order.goods_status


def have_left() -> Q:
    """Whether a carrier or the buyer has some of a refund's goods: `has_left` in SQL."""
    lines = RefundLine.objects.filter(store_id=OuterRef("store_id"), refund=OuterRef("pk"))
    sent = Greatest("line__shipped_quantity", "line__claimed_quantity")
    here = F("line__quantity") - F("line__cancelled_quantity") - sent
    some_left = ~Q(kind=RefundKind.REFUND_ONLY) | Exists(lines.filter(quantity__gt=here + F("stopped_quantity")))
    is_partly_shipped = Q(order__status=OrderStatus.UNSHIPPED, order__shipped_pieces__gt=0)
    in_parts = is_partly_shipped & ~Q(goods=RefundGoods.STOPPED) & some_left
    return Q(order__status__in=(OrderStatus.SHIPPED, OrderStatus.DELIVERED)) | in_parts
