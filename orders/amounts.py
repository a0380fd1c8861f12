"""What was really paid for an order: its lines' prices, less every discount, with the shipping fee.

An order's discount and its shipping fee are spread over the lines in proportion to what each costs, to the cent, so
that each line knows what was paid for it, and what may be refunded of it.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from common.errors import Invalid
from common.money import MOST_PER_ORDER, ZERO, apportion, grouped
from orders.models import Order, OrderLine


def paid_for(head: Mapping, lines: Sequence[Mapping]) -> Decimal:
    """Yuan paid for an order as its marketplace sends it.

    Invalid `discount` (a line's own by its place) where it is more than the goods cost, `lines` where an order can't be
    worth so much, `paid_amount` where that is sent and isn't the sum.
    """
    goods = [line["quantity"] * line["unit_price"] - line.get("discount", ZERO) for line in lines]
    below = next((place for place, cost in enumerate(goods) if cost < ZERO), None)
    if below is not None:
        raise Invalid(
            f"lines.{below}.discount", _("The discount of a line is at most what its pieces cost."), "max_value"
        )
    total = sum(goods, ZERO)
    if head["discount"] > total:
        raise Invalid(
            "discount", _("The discount is at most what the goods cost: %(most)s.") % {"most": grouped(total)}
        )
    paid = total - head["discount"] + head["shipping_fee"]
    if paid > MOST_PER_ORDER:
        most = _("The lines of an order are worth at most %(most)s together.") % {"most": grouped(MOST_PER_ORDER)}
        raise Invalid("lines", most, "max_value")
    if head.get("paid_amount") not in (None, paid):
        sums = {"paid": grouped(head["paid_amount"]), "sum": grouped(paid)}
        raise Invalid("paid_amount", _("It says %(paid)s; the lines, discounts and fee make %(sum)s.") % sums)
    return paid


def spread(order: Order, lines: Sequence[OrderLine]) -> None:
    """Give the lines their shares of the order's discount and of its shipping fee."""
    goods = [line.quantity * line.unit_price - line.discount for line in lines]
    discounts, fees = apportion(order.discount, goods), apportion(order.shipping_fee, goods)
    for line, discount, fee in zip(lines, discounts, fees, strict=True):
        line.order_discount, line.freight = discount, fee
