"""Orders whose parcels take a certain course, for tests about carriers."""

from orders.carriers import sandbox
from orders.tracking import ask_carriers
from tests.world import Shop


def ask_everybody() -> None:
    """Carriers are asked until nothing is due."""
    while ask_carriers():
        pass


def shipped(shop: Shop, course: str = "SF", **kwargs):
    """An order shipped over the API under a tracking number that forces a course; its carrier was asked."""
    order = shop.order(shipped=False, **kwargs)
    number = f"{course}{order.number[-6:]}"
    body = {"carrier": "SF", "tracking_number": number}
    assert shop.merchant.post(f"orders/{order.number}/ship/", body).status_code == 200
    ask_everybody()
    order = shop.reload(order)
    assert order.tracking_number == number
    return order


def next_look(clock) -> None:
    """Half an hour later carriers are asked again."""
    clock.move(minutes=30)
    ask_everybody()


UNPICKED, NORECALL, LOST, SILENT = sandbox.UNPICKED, sandbox.NORECALL, sandbox.LOST, sandbox.SILENT
