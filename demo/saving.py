"""How the demo's Kuaishou store saves orders before they ship: scenes, and what happens to orders without a refund."""

from common import clock
from common.tenancy import tenant_scope
from demo.people import AGENT, BUYER
from demo.scenes import Scene
from offers.actions import accept_offer
from offers.coupons import grant_coupon
from offers.models import Coupon, Offer
from orders.saving import change_address, urge_order


def _unshipped(
    ago: float, reason: str, steps: tuple = (), *, item: int, paid: float = 8, description: str = ""
) -> Scene:
    """A refund only, asked `paid` hours after the order was paid and before it was shipped."""
    return Scene(ago, "refund_only", reason, steps, item=item, shipped=False, paid=paid, description=description)


SCENES = [
    _unshipped(3, "changed_mind", item=1, description="想换个颜色，先退了吧"),
    _unshipped(0.7, "wrong_address", item=0, description="地址填成老家了"),
    _unshipped(5, "seller_delay", ((4.5, "urge", {}),), item=2, paid=20, description="说好的今天发货呢？"),
    _unshipped(20, "seller_delay", ((21, "urge", {}), (19, "accept", {})), item=3, paid=15),
    _unshipped(
        9,
        "wrong_address",
        ((8.6, "stay_at", {"address": "苏州市姑苏区平江路 36 号"}),),
        item=4,
        description="搬家了，地址不对",
    ),
    _unshipped(11, "wrong_purchase", ((10, "decline", {}),), item=1, description="拍错尺码"),
    _unshipped(31, "changed_mind", ((6.5, "sweep", {}),), item=0, paid=4),
    _unshipped(70, "changed_mind", ((69, "decline", {}), (66, "approve", {}), (65, "sweep", {})), item=2),
    _unshipped(90, "seller_delay", ((89, "accept", {}), (80, "ship", {})), item=3),
]

# (hours ago, what, arguments): orders are named as `plain_orders` names them.
HAPPENINGS = [
    (1.5, "urge_order", {"order": "B001"}),
    (4.0, "urge_order", {"order": "B002"}),
    (26.0, "urge_order", {"order": "B005"}),
    (1.2, "urge_order", {"order": "B005"}),
    (6.0, "readdress", {"order": "B003", "address": "宁波市鄞州区天童南路 666 号"}),
    (2.5, "give_coupon", {"order": "B005", "name": "店铺通用券"}),
    (7.0, "give_coupon", {"order": "B008", "name": "退款挽留旧券"}),
]


class SavingSteps:
    """What `Play` can do with an order before it ships."""

    def stay_at(self, number: int, address: str) -> None:
        """The buyer enters another address and stays."""
        with tenant_scope(self.store.pk):
            offer = Offer.objects.for_store(self.store.pk).pending().get(refund=self.refunds[number])
            accept_offer(store_id=self.store.pk, offer_id=offer.pk, address=address, actor=BUYER, now=clock.now())

    def urge(self, number: int) -> None:
        """The buyer of the scene's order urges."""
        self.urge_order(order=f"A{number:03d}")

    def urge_order(self, *, order: str) -> None:
        """A buyer urges."""
        with tenant_scope(self.store.pk):
            urge_order(store=self.store, number=self.order_number(order), actor=BUYER, now=clock.now())

    def readdress(self, *, order: str, address: str) -> None:
        """The agent changes the address for the buyer."""
        with tenant_scope(self.store.pk):
            change_address(
                store_id=self.store.pk,
                number=self.order_number(order),
                address=address,
                actor=AGENT,
                now=clock.now(),
            )

    def give_coupon(self, *, order: str, name: str) -> None:
        """The agent gives a coupon."""
        with tenant_scope(self.store.pk):
            coupon = Coupon.objects.for_store(self.store.pk).get(name=name)
            grant_coupon(
                store_id=self.store.pk,
                coupon_id=coupon.pk,
                order_number=self.order_number(order),
                actor=AGENT,
                now=clock.now(),
            )

    def ship(self, number: int) -> None:
        """The warehouse ships the scene's order."""
        self.ship_order(self.order_number(f"A{number:03d}"), clock.now())
