"""What a row of the shipping queue shows beside the order itself."""

from collections import defaultdict
from collections.abc import Sequence

from django.http import HttpRequest

from orders.models import Order, OrderLine
from stores.permissions import SHIP, can


def show_packing(request: HttpRequest, orders: Sequence[Order]) -> None:
    """Put on each order what a row of the queue shows: lines to pack, tags, whether the user may ship it."""
    lines = defaultdict(list)
    for line in OrderLine.objects.in_scope().filter(order__in=[order.pk for order in orders]).order_by("id"):
        lines[line.order_id].append(line)
    for order in orders:
        order.to_pack = [line for line in lines[order.pk] if line.pieces_to_pack]
        order.left_out = [line for line in lines[order.pk] if line.pieces_to_pack < line.quantity]
        order.pieces = sum(line.pieces_to_pack for line in order.to_pack)
        order.shown_tags = order.tags(order.store, request.now)
        order.may_ship = order.is_to_ship and can(request.user, SHIP, order.store_id)
