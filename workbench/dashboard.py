"""The first page: what waits, how urgent it is, and what is due next."""

from collections.abc import Iterable
from math import ceil

from django.http import HttpRequest

from common.at_once import read_at_once
from common.heartbeats import wrong_clocks
from common.looks import shows_list
from payments.allowances import allowance_rows
from stores.permissions import OPERATE, can
from workbench.insights.overview import money_kept
from workbench.kit.desk import desk_of
from workbench.kit.queue import QueueMixin, shown_tiles
from workbench.money.small_payments import allowance_bars
from workbench.quality.board import restricted_stores, restrictions_in_force
from workbench.refunds.queues import MERCHANTS_TURN, WAREHOUSES_TURN, next_deadlines
from workbench.store.first_steps import new_stores, stores_by_steps

MOST_COLUMNS = 6


def build(request: HttpRequest, lists: Iterable[QueueMixin]) -> dict:
    """What the overview shows, as far as the user may see it: a tile for what waits in each list, and more."""
    now, user, desk = request.now, request.user, desk_of(request)
    pays = user.has_perm("payments.view_payment") and not desk.is_warehouses
    tiles = shown_tiles(
        [tile for each in lists if each.has_view_permission(request) for tile in each.tiles(request, now)]
    )
    deadlines = next_deadlines(now, states=WAREHOUSES_TURN if desk.is_warehouses else MERCHANTS_TURN)
    stores, restrictions = stores_by_steps(desk), restrictions_in_force()
    allowances = allowance_rows(desk.shown if pays else [], now)
    read_at_once(stores, deadlines, restrictions, *allowances)
    new = new_stores(desk, stores)
    next_due = list(deadlines) if tiles else []
    shows_list(next_due)
    return {
        "clocks": _clocks() if can(user, OPERATE, None) else [],
        "new_stores": new,
        "has_begun": not new or len(new) < len(desk.shown) or any(store.has_orders for store in new),
        "tiles": tiles,
        "columns": balanced_columns(len(tiles)),
        "deadlines": next_due,
        "in_warehouse": desk.is_warehouses,
        "allowance_bars": allowance_bars(desk, now, allowances) if pays else [],
        "restricted": restricted_stores(restrictions) if user.has_perm("refunds.view_qualityrefund") else [],
        "money_kept": money_kept(request, now) if tiles else None,
    }


def _clocks() -> list[dict]:
    """The processes whose clocks are wrong, and by how many seconds."""
    wrong = wrong_clocks() or {}
    return [{"process": name, "seconds": abs(ahead), "is_ahead": ahead > 0} for name, ahead in wrong.items()]


def balanced_columns(count: int) -> int:
    """In how many columns that many tiles stand so that none is left alone in the last row."""
    return ceil(count / ceil(count / MOST_COLUMNS)) if count else 1
