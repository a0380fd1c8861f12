"""What a row of the shipping queue shows beside the order itself."""

from collections.abc import Sequence

from django.http import HttpRequest

from orders.models import Order
from orders.packing import read_lines_to_pack
from stores.permissions import SHIP, can


def show_packing(request: HttpRequest, orders: Sequence[Order]) -> None:
    """Put on each order what a row of the queue shows: lines to pack, tags, whether the user may ship it."""
    lines = read_lines_to_pack(orders)
    for order in orders:
        order.to_pack = [line for line in lines[order.pk] if line.pieces_to_pack]
        order.left_out = [
            line for line in lines[order.pk] if line.pieces_to_pack < line.quantity - line.shipped_quantity
        ]
        order.sent_before = [line for line in lines[order.pk] if line.shipped_quantity]
        order.pieces = sum(line.pieces_to_pack for line in order.to_pack)
        order.shown_tags = order.tags(order.store, request.now)
        order.may_ship = order.is_to_ship and can(request.user, SHIP, order.store_id)
