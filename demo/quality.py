"""The demo's quality history (P6, P7).

Three months of orders, a bad batch that restricted a store, and its recovery.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from common import clock
from common.tenancy import tenant_scope
from demo.scenes import Scene
from refunds.quality.restrictions import review_one
from refunds.quality.rollup import lock_rollup, roll_up_store
from stores.models import Store

DAYS = 95
ORDERS_A_DAY = 2


def _quality(days: float, reason: str, item: int, description: str) -> Scene:
    """A request about quality so many days ago, paid the same evening."""
    ago = days * 24
    return Scene(
        ago,
        "refund_only",
        reason,
        ((ago - 4, "approve", {}), (ago - 5, "sweep", {})),
        share=0.3,
        item=item,
        description=description,
    )


# A batch of tents that leaked: eleven requests within a fortnight; a few since.
QUALITY = [
    _quality(86, "quality", 2, "椅子扶手松动"),
    *(_quality(72 - place * 1.3, "quality", 0, "帐篷接缝漏水，下雨没法用") for place in range(7)),
    *(_quality(71.5 - place * 2.9, "not_as_described", 1, "说是碳素，拿到手像铝的") for place in range(4)),
    _quality(38, "quality", 3, "露营灯充不进电"),
    _quality(16, "not_as_described", 4, "颜色和图片差很多"),
    _quality(9, "quality", 3, "用了两次就不亮了"),
]
# The stores that have such a history.
SCENES = {"pinduoduo-demo": QUALITY}


def history(play) -> Iterator[tuple[datetime, object]]:
    """(when, what): the orders of each day, and the figures' review in the evening."""
    if play.store.code not in SCENES:
        return
    for day in range(DAYS, 0, -1):
        for place in range(ORDERS_A_DAY):
            at = play.now - timedelta(days=day, hours=-5 * place)
            number = f"C{day:02d}{place}"
            yield at, lambda number=number, at=at, item=day + place: play.place(number, item, at, None)
        yield play.now - timedelta(days=day - 1), lambda: review_one(play.store.pk, clock.now())


def count_history(store_code: str) -> int:
    """How many happenings `history` yields for a store."""
    return DAYS * (ORDERS_A_DAY + 1) if store_code in SCENES else 0


def roll_up_history(stores: list[Store], now: datetime) -> None:
    """Roll the days that were just played up."""
    for store in stores:
        with tenant_scope(store.pk):
            lock_rollup(store)
            roll_up_store(store, now, afresh=True)
