"""What a call may name of a store: things that are made when they are first asked for, or that don't exist."""

from decimal import Decimal
from functools import cached_property
from io import BytesIO
from uuid import uuid4

from common.actors import SYSTEM
from common.writes import WriteSet
from offers import actions as offer_actions
from orders.erp.receiving import receive_file
from payments.models import Payment
from refunds import actions as refund_actions
from refunds import returns
from refunds.models import Refund
from refunds.returnless.agreements import CURRENT
from refunds.returnless.enrolment import change_settings
from stores import actions as store_actions
from tests.tenancy.things.orders import make_delay, make_parcel
from tests.tenancy.things.payments import make_coupon
from tests.tenancy.things.refunds import make_appeal, make_dispute, make_evidence, make_instant_refund, make_pack
from tests.tenancy.things.webhooks import make_delivery, make_endpoint
from tests.world import BUYER, MERCHANT, NOON, Shop

SHIPMENTS = "order_number,carrier,tracking_number\n{},SF,T1\n"


class Names:
    """What a call may name of a store; each is made when it is first asked for."""

    def __init__(self, shop: Shop):
        self.shop = shop
        self.code = shop.store.code

    @cached_property
    def to_ship(self) -> str:
        return self.shop.order(shipped=False).number

    @cached_property
    def in_transit(self) -> str:
        return self.shop.order().number

    @cached_property
    def file(self) -> str:
        """A shipment file that waits to be read."""
        content = BytesIO(SHIPMENTS.format(self.to_ship).encode())
        with self.shop.scope():
            job = receive_file(store=self.shop.store, file=content, name="erp.csv", actor=MERCHANT, now=NOON)
        return str(job.pk)

    @cached_property
    def item(self) -> str:
        item_id = str(70_000_000 + self.shop.store.pk)
        with self.shop.scope():
            store_actions.upsert_products(
                store=self.shop.store,
                products=[{"item_id": item_id, "title": "Quilt", "price": Decimal("1.00")}],
                actor=MERCHANT,
                now=NOON,
            )
        return item_id

    @cached_property
    def address(self) -> str:
        return str(self.shop.address.pk)

    @cached_property
    def refund(self) -> str:
        return str(self.shop.refund().pk)

    def _moved(self, refund: str, action, **kwargs) -> str:
        with self.shop.scope():
            action(store_id=self.shop.store.pk, refund_id=refund, now=NOON, **kwargs)
        return refund

    @cached_property
    def rejected(self) -> str:
        return self._moved(str(self.shop.refund().pk), refund_actions.reject_refund, reason="no", actor=MERCHANT)

    @cached_property
    def awaiting_return(self) -> str:
        return self._moved(str(self.shop.refund().pk), refund_actions.approve_refund, actor=MERCHANT)

    @cached_property
    def to_nowhere(self) -> str:
        """A return that was approved without an address."""
        refund, writes = self.shop.refund(), WriteSet()
        with self.shop.scope():
            refund = refund_actions.lock_refund(store_id=self.shop.store.pk, refund_id=refund.pk)
            refund_actions.approve(writes, refund, address=None, actor=SYSTEM, now=NOON, rule="T10")
            writes.flush()
        return str(refund.pk)

    @cached_property
    def returning(self) -> str:
        refund = self._moved(str(self.shop.refund().pk), refund_actions.approve_refund, actor=MERCHANT)
        return self._moved(refund, returns.ship_return, carrier="SF", tracking_number="R1", actor=BUYER)

    @cached_property
    def dispute(self) -> str:
        return str(make_dispute(self.shop).pk)

    @cached_property
    def packed(self) -> str:
        """A dispute whose evidence pack is made."""
        return str(make_pack(self.shop).dispute_id)

    @cached_property
    def evidence(self) -> str:
        return str(make_evidence(self.shop, self.refund).pk)

    @cached_property
    def instant(self) -> str:
        return str(make_instant_refund(self.shop).pk)

    @cached_property
    def appeal(self) -> str:
        return str(make_appeal(self.shop).pk)

    @cached_property
    def payment(self) -> str:
        refund = self._moved(
            str(self.shop.refund(kind="refund_only").pk), refund_actions.approve_refund, actor=MERCHANT
        )
        with self.shop.scope():
            return str(Payment.objects.get(topic_id=refund).pk)

    @cached_property
    def endpoint(self) -> str:
        return str(make_endpoint(self.shop).pk)

    @cached_property
    def delivery(self) -> str:
        """A delivery to an endpoint."""
        return str(make_delivery(self.shop, make_endpoint(self.shop)).pk)

    @cached_property
    def promised(self) -> str:
        """A refund that runs under refund without return."""
        refund = self.shop.refund(kind="refund_only")
        with self.shop.scope():
            Refund.objects.filter(pk=refund.pk).update(programme="returnless")
        return str(refund.pk)

    @cached_property
    def own_item(self) -> str:
        """An item of a store that is ready to join refund without return."""
        settings = {
            "agreement_version": CURRENT,
            "budget": Decimal("10.00"),
            "auto_top_up": {"on": False, "threshold": Decimal("0.00"), "amount": Decimal("0.00")},
            "products": [self.item],
        }
        with self.shop.scope():
            change_settings(store=self.shop.store, settings=settings, actor=MERCHANT, now=NOON)
        return self.item

    @cached_property
    def coupon(self) -> str:
        return str(make_coupon(self.shop).pk)

    @cached_property
    def parcel(self) -> str:
        return str(make_parcel(self.shop).pk)

    @cached_property
    def delay(self) -> str:
        return str(make_delay(self.shop).pk)

    @cached_property
    def offer(self) -> str:
        with self.shop.scope():
            offer = offer_actions.send_offer(
                store_id=self.shop.store.pk,
                refund_id=self.refund,
                method="change_to_refund_only",
                amount=2,
                agreed_with_buyer=True,
                actor=MERCHANT,
                now=NOON,
            )
        return str(offer.pk)


class Missing:
    """Names of things that don't exist anywhere."""

    code = to_ship = in_transit = "no-such-thing"
    item = "424242"

    def __getattr__(self, name: str) -> str:
        return str(uuid4())
