"""What was really paid for an order: its lines' prices, less every discount, with the shipping fee.

An order's discount and its shipping fee are spread over the lines in proportion to what each costs, to the cent, so
that each line knows what was paid for it, and what may be refunded of it.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from common.errors import Invalid
from common.money import MOST_PER_ORDER, ZERO, apportion
from orders.models import Order, OrderLine


def spread(order: Order, lines: Sequence[OrderLine], paid: Decimal | None) -> None:
    """Give the lines their shares of the order's discount and fee, and the order what was paid for it.

    `paid` is what the marketplace says was paid, in yuan. Invalid `discount` (`lines` for a line's own) when it is more
    than the goods cost, `lines` when an order can't be worth so much, `paid_amount` when the sums differ.
    """
    goods = [line.quantity * line.unit_price - line.discount for line in lines]
    if any(cost < ZERO for cost in goods):
        raise Invalid("lines", _("The discount of a line is at most what its pieces cost."), "max_value")
    total = sum(goods, ZERO)
    if order.discount > total:
        raise Invalid("discount", _("The discount is at most what the goods cost: %(most)s.") % {"most": total})
    order.paid_amount = total - order.discount + order.shipping_fee
    if order.paid_amount > MOST_PER_ORDER:
        most = _("The lines of an order are worth at most %(most)s together.") % {"most": MOST_PER_ORDER}
        raise Invalid("lines", most, "max_value")
    if paid is not None and paid != order.paid_amount:
        sums = {"paid": paid, "sum": order.paid_amount}
        raise Invalid("paid_amount", _("It says %(paid)s; the lines, discounts and fee make %(sum)s.") % sums)
    discounts = apportion(order.discount, goods)
    fees = apportion(order.shipping_fee, goods)
    for line, discount, fee in zip(lines, discounts, fees, strict=True):
        line.order_discount, line.freight = discount, fee
