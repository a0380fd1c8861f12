"""The first page: what waits, how urgent it is, and what is due next."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from orders.models import Order, OwedParcel
from refunds.models import Appeal, Dispute, Refund
from workbench.insights.overview import money_kept
from workbench.kit.desk import desk_of
from workbench.kit.queue import MOST_COUNTED, Queue, queues_at
from workbench.money.small_payments import allowance_bars
from workbench.platform.queues import CASE_QUEUES
from workbench.quality.board import restricted_stores
from workbench.refunds.queues import REFUND_QUEUES, next_deadlines
from workbench.shipping.queues import ORDER_QUEUES, PARCEL_QUEUES


def build(request: HttpRequest) -> dict:
    """What the overview shows, as far as the user may see it."""
    now, desk = clock.now(), desk_of(request)
    tiles = []
    if request.user.has_perm("refunds.view_refund"):
        rows = Refund.objects.in_scope()
        tiles += [
            _tile("admin:refunds_refund_changelist", queue, rows, now) for queue in queues_at(desk, REFUND_QUEUES)[:-1]
        ]
    for model in (Dispute, Appeal):
        name = model._meta.model_name
        queue = CASE_QUEUES[0]
        rows = model.objects.in_scope()
        if request.user.has_perm(f"refunds.view_{name}") and queue.count(rows, now):
            tile = _tile(f"admin:refunds_{name}_changelist", queue, rows, now)
            tiles.append({**tile, "label": _("Disputes") if model is Dispute else _("Appeals")})
    if request.user.has_perm("orders.view_order"):
        rows = Order.objects.in_scope()
        queues = [queue for queue in ORDER_QUEUES[:-1] if queue.on_overview]
        tiles += [_tile("admin:orders_order_changelist", queue, rows, now) for queue in queues]
    if request.user.has_perm("orders.view_owedparcel") and desk.promises:
        tiles.append(_promises(now))
    bars = allowance_bars(desk, now) if request.user.has_perm("payments.view_payment") else []
    return {
        "tiles": tiles,
        "deadlines": list(next_deadlines(now)) if tiles else [],
        "allowance_bars": bars,
        "restricted": restricted_stores() if request.user.has_perm("refunds.view_qualityrefund") else [],
        "money_kept": money_kept(request, now) if tiles else None,
    }


def _tile(view: str, queue: Queue, rows, now: datetime) -> dict:
    count = queue.count(rows, now)
    return {
        "label": queue.label,
        "icon": queue.icon,
        "tone": queue.tone if count else "",
        "count": _capped(count),
        "is_empty": not count,
        "url": f"{reverse(view)}?queue={queue.code}",
    }


def _promises(now: datetime) -> dict:
    """Promises to keep, and how many of them are late (Q16)."""
    to_send, late = PARCEL_QUEUES[:2]
    rows = OwedParcel.objects.in_scope()
    tile = _tile("admin:orders_owedparcel_changelist", to_send, rows, now)
    count = late.count(rows, now)
    if count:
        tile |= {"tone": late.tone, "note": _("%(count)s late") % {"count": _capped(count)}}
    return {**tile, "label": _("Promises to keep")}


def _capped(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
