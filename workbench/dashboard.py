"""The first page: what waits, how urgent it is, and what is due next."""

from django.http import HttpRequest
from django.urls import reverse

from common import clock
from orders.models import Order
from refunds.models import Refund
from workbench.queues import MOST_COUNTED, ORDER_QUEUES, REFUND_QUEUES, Queue, next_deadlines


def build(request: HttpRequest) -> dict:
    """What the overview shows, as far as the user may see it."""
    now = clock.now()
    tiles = []
    if request.user.has_perm("refunds.view_refund"):
        rows = Refund.objects.in_scope()
        tiles += [_tile("admin:refunds_refund_changelist", queue, rows, now) for queue in REFUND_QUEUES[:-1]]
    if request.user.has_perm("orders.view_order"):
        rows = Order.objects.in_scope()
        tiles += [_tile("admin:orders_order_changelist", queue, rows, now) for queue in ORDER_QUEUES[:-1]]
    return {"tiles": tiles, "deadlines": list(next_deadlines(now)) if tiles else []}


def _tile(view: str, queue: Queue, rows, now) -> dict:
    count = queue.count(rows, now)
    return {
        "label": queue.label,
        "icon": queue.icon,
        "tone": queue.tone if count else "",
        "count": f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count),
        "is_empty": not count,
        "url": f"{reverse(view)}?queue={queue.code}",
    }
