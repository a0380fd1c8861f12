"""The warehouse's part of the demo (P8, K2, K4).

Late and soon late orders, delay reports open and lifted, a file from the ERP, orders that leave in several parcels.
"""

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import tenant_scope
from demo.catalogue import PRODUCTS, STORES
from orders import saving
from orders.actions import ship_order, upsert_order
from orders.delays.actions import lift_delay, report_delay
from orders.erp.imports import import_now, stage_import
from orders.lateness import sweep_late_orders
from stores.marketplaces import current_rules
from stores.models import Store

WAREHOUSE = Actor(ActorKind.MERCHANT, "demo", "仓库阿强")
BUYER = Actor(ActorKind.BUYER, "demo", "买家")
WITH_WAREHOUSE = ("kuaishou-demo", "pinduoduo-demo")
HOUR = timedelta(hours=1)

# (orders' first number, how many, hours from now to their deadline).
ORDERS = (
    (0, 2, -5.0),  # late
    (2, 2, 2.5),  # late soon
    (4, 3, 9.0),  # reported as delayed
    (7, 2, 12.0),  # reported, and lifted again
    (9, 4, 15.0),  # shipped by a file
    (13, 2, 18.0),  # in a file with errors
)
# (hours ago, what, arguments).
STEPS = (
    (11, "report", {"numbers": range(7, 9), "reason": "快递网点停运", "days": 2}),
    (10, "report", {"numbers": range(4, 7), "reason": "暴雪封路，车辆无法出库", "days": 2}),
    (8, "urge", {"number": 8}),
    (14, "place_of_many", {"number": 15}),
    (13, "place_of_many", {"number": 16}),
    (9, "send_parts", {"number": 16, "parcels": (((0, 2),), ((1, 1),))}),
    (6, "bring_file", {"numbers": range(9, 13)}),
    (5, "send_parts", {"number": 15, "parcels": (((0, 1), (1, 1)),)}),
    (4, "lift", {}),
    (3, "bring_wrong_file", {"numbers": range(13, 15)}),
    (1, "note_late", {}),
)


def count_warehouse(store_codes) -> int:
    """How many happenings there are in these stores."""
    orders = sum(count for _first, count, _left in ORDERS)
    return sum(orders + len(STEPS) for code in store_codes if code in WITH_WAREHOUSE)


def warehouse(
    store: Store, now: datetime, number_of: Callable[[str], str], place: Callable
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """(when, what) of the warehouse's day. `place(name, item, paid_at)` places an unshipped order."""
    if store.code not in WITH_WAREHOUSE:
        return
    within = current_rules(STORES[store.code][0]).ships_within
    day = Warehouse(store, now, number_of)
    for first, count, left in ORDERS:
        for number in range(first, first + count):
            paid_at = now + left * HOUR - within
            yield paid_at, lambda number=number, paid_at=paid_at: place(f"S{number:03d}", number, paid_at)
    for ago, what, arguments in STEPS:
        step = getattr(day, what)
        yield now - ago * HOUR, lambda step=step, arguments=arguments: step(**arguments)


class Warehouse:
    """What one store's warehouse does."""

    def __init__(self, store: Store, now: datetime, number_of: Callable[[str], str]):
        self.store, self.now, self.number_of = store, now, number_of
        self.reports: list = []

    def numbers(self, places) -> list[str]:
        """The orders' numbers."""
        return [self.number_of(f"S{place:03d}") for place in places]

    def report(self, *, numbers, reason: str, days: int) -> None:
        """These orders ship later."""
        with tenant_scope(self.store.pk):
            self.reports.append(
                report_delay(
                    store=self.store,
                    reason=reason,
                    order_numbers=self.numbers(numbers),
                    expected_at=self.now + timedelta(days=days),
                    actor=WAREHOUSE,
                    now=clock.now(),
                )
            )

    def lift(self) -> None:
        """The first report is over."""
        with tenant_scope(self.store.pk):
            lift_delay(store_id=self.store.pk, report_id=self.reports[0].pk, actor=WAREHOUSE, now=clock.now())

    def urge(self, *, number: int) -> None:
        """A buyer can't wait."""
        with tenant_scope(self.store.pk):
            [name] = self.numbers([number])
            saving.urge_order(store=self.store, number=name, actor=BUYER, now=clock.now())

    def bring_file(self, *, numbers) -> None:
        """The ERP's file with tracking numbers is imported."""
        rows = [f"{name},圆通速递,YT26112600{place:04d}" for place, name in enumerate(self.numbers(numbers))]
        with tenant_scope(self.store.pk):
            import_now(store=self.store, file=_file(rows), name="发货单-1126.csv", actor=WAREHOUSE, now=clock.now())

    def place_of_many(self, *, number: int) -> None:
        """Two pieces of one thing and one of another, paid with a discount and the shipping."""
        [name] = self.numbers([number])
        lines = [
            {"item_id": item_id, "quantity": quantity, "unit_price": Decimal(price)}
            for (item_id, _title, _category, price), quantity in zip(self.products, (2, 1), strict=True)
        ]
        data = {
            "number": name,
            "buyer_id": "buyer-90",
            "buyer_name": "沈玉兰",
            "paid_at": clock.now(),
            "address": {
                "name": "沈玉兰",
                "phone": "13700001357",
                "province": "浙江省",
                "city": "绍兴市",
                "district": "越城区",
                "detail": "解放北路 128 号",
            },
            "discount": Decimal("5.00"),
            "shipping_fee": Decimal("8.00"),
        }
        with tenant_scope(self.store.pk):
            upsert_order(store=self.store, data=data, lines=lines, actor=BUYER, now=clock.now())

    def send_parts(self, *, number: int, parcels) -> None:
        """Parcels of an order, each of (which product, how many pieces)."""
        [name] = self.numbers([number])
        with tenant_scope(self.store.pk):
            for place, pieces in enumerate(parcels):
                ship_order(
                    store_id=self.store.pk,
                    number=name,
                    carrier="ZTO",
                    tracking_number=f"ZT2611260{number}{place:03d}",
                    lines=[{"item_id": self.products[which][0], "quantity": count} for which, count in pieces],
                    actor=WAREHOUSE,
                    now=clock.now(),
                )

    @property
    def products(self):
        """What an order of several things is of."""
        return PRODUCTS[self.store.code][:2]

    def bring_wrong_file(self, *, numbers) -> None:
        """A file that waits with errors."""
        good, other = self.numbers(numbers)
        rows = [f"{good},中通快递,ZT26112600001", f"{other},中通快递,1.23457E+12", f"{good}X,中通快递,ZT26112600003"]
        with tenant_scope(self.store.pk):
            stage_import(
                store=self.store, file=_file(rows), name="发货单-1126-补.csv", actor=WAREHOUSE, now=clock.now()
            )

    def note_late(self) -> None:
        """Beat notes what is late."""
        while sweep_late_orders():
            pass


def _file(rows: list[str]) -> io.BytesIO:
    return io.BytesIO("\n".join(["order_number,carrier,tracking_number", *rows]).encode())
