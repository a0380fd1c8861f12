"""The first page: what waits, how urgent it is, and what is due next."""

from collections.abc import Iterable
from math import ceil

from django.http import HttpRequest

from workbench.insights.overview import money_kept
from workbench.kit.desk import desk_of
from workbench.kit.queue import QueueMixin
from workbench.money.small_payments import allowance_bars
from workbench.quality.board import restricted_stores
from workbench.refunds.queues import next_deadlines
from workbench.store.first_steps import new_stores

MOST_COLUMNS = 6


def build(request: HttpRequest, lists: Iterable[QueueMixin]) -> dict:
    """What the overview shows, as far as the user may see it: a tile for what waits in each list, and more."""
    now, user = request.now, request.user
    new = new_stores(desk_of(request))
    tiles = [tile for each in lists if each.has_view_permission(request) for tile in each.tiles(request, now)]
    return {
        "new_stores": new,
        "has_begun": not new or len(new) < len(desk_of(request).shown) or any(store.has_orders for store in new),
        "tiles": tiles,
        "columns": balanced_columns(len(tiles)),
        "deadlines": list(next_deadlines(now)) if tiles else [],
        "allowance_bars": allowance_bars(desk_of(request), now) if user.has_perm("payments.view_payment") else [],
        "restricted": restricted_stores() if user.has_perm("refunds.view_qualityrefund") else [],
        "money_kept": money_kept(request, now) if tiles else None,
    }


def balanced_columns(count: int) -> int:
    """In how many columns that many tiles stand so that none is left alone in the last row."""
    return ceil(count / ceil(count / MOST_COLUMNS)) if count else 1
