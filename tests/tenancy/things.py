"""Things of a store that calls and tables are about, made when they are first asked for."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from uuid import uuid4

from PIL import Image

from automation.models import Ruling
from automation.running import rule_on
from common import uploads
from common.actors import SYSTEM
from common.models import Event
from common.writes import WriteSet
from notices.actions import add_robot
from notices.models import DeskNotice, NoticeCopy, NoticeMark, NoticeRead, NoticeTerms, Robot
from offers import actions as offer_actions
from offers.coupons import create_coupon
from orders.delays.actions import report_delay
from orders.erp.receiving import receive_file
from orders.parcels import owe_parcel
from payments.models import Payment
from payments.small import send_small_payment
from refunds import actions as refund_actions
from refunds import returns
from refunds.events import REFUND_REFUNDED_INSTANTLY
from refunds.models import Refund
from refunds.platform.appeals import open_appeal
from refunds.platform.disputes import open_dispute
from refunds.platform.evidence import add_evidence, stored
from refunds.platform.packs import ask_for_pack
from refunds.returnless.agreements import CURRENT
from refunds.returnless.enrolment import change_settings
from refunds.unclaimed.recording import add_parcel_photo, put_parcel_aside
from stores import actions as store_actions
from tests.automation.rules import live
from tests.world import BUYER, MERCHANT, NOON, Shop
from webhooks.actions import add_endpoint
from webhooks.models import Delivery, Endpoint, FailedCall
from workbench.cases.packs import make_due_packs

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


def _photo() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (4, 3), "teal").save(picture, "PNG")
    return picture.getvalue()


PHOTO = _photo()


def make_parcel(shop: Shop):
    """A promised gift."""
    refund, writes = shop.refund(), WriteSet()
    with shop.scope():
        parcel = owe_parcel(
            writes,
            order=refund.order,
            topic=refund,
            kind="gift",
            product=None,
            item_id="8000",
            sku="",
            title="Quilt",
            quantity=1,
            rules=refund.rules,
            actor=BUYER,
            now=NOON,
        )
        writes.flush()
    return parcel


def make_small_payment(shop: Shop, order=None, **kwargs) -> Payment:
    """One yuan for the buyer of an order."""
    order = order or shop.order()
    with shop.scope():
        return send_small_payment(
            store=shop.store,
            order_number=order.number,
            **{"amount": Decimal("1.00"), "purpose": "other", "actor": MERCHANT, "now": NOON, **kwargs},
        )


def make_dispute(shop: Shop):
    """A dispute that the buyer has opened."""
    refund = shop.refund()
    with shop.scope():
        return open_dispute(
            store_id=shop.store.pk, refund_id=refund.pk, opened_by="buyer", plea="broken", actor=BUYER, now=NOON
        )


def make_pack(shop: Shop, language: str = "en"):
    """An evidence pack that a worker has made."""
    case = make_dispute(shop)
    with shop.scope():
        pack = ask_for_pack(store_id=shop.store.pk, dispute_id=case.pk, language=language, actor=MERCHANT, now=NOON)
    assert make_due_packs(ids=[pack.pk]) == 1
    return shop.reload(pack)


def make_evidence(shop: Shop, refund, *, side: str = "buyer"):
    """A photograph of the buyer's, or of the merchant's."""
    file = uploads.clean_upload(BytesIO(PHOTO), "photo.png")
    with shop.scope(), stored(shop.store.pk, file) as stored_as:
        return add_evidence(
            store_id=shop.store.pk,
            refund_id=refund,
            side=side,
            file=file,
            stored_as=stored_as,
            note="broken",
            actor=BUYER,
            now=NOON,
        )


def make_unclaimed(shop: Shop, number: str = "SF40000001", **read):
    """A parcel that nobody announced, with a photograph."""
    file = uploads.clean_upload(BytesIO(PHOTO), "photo.png")
    with shop.scope(), stored(shop.store.pk, file) as stored_as:
        told = {"actor": MERCHANT, "now": NOON}
        parcel = put_parcel_aside(store=shop.store, tracking_number=number, **told, **read)
        of_parcel = {"store_id": shop.store.pk, "parcel_id": parcel.pk}
        add_parcel_photo(**of_parcel, file=file, stored_as=stored_as, note="", **told)
    return parcel


def make_delay(shop: Shop):
    """A delay report about one order."""
    with shop.scope():
        return report_delay(
            store=shop.store,
            reason="snow",
            order_numbers=[shop.order(shipped=False).number],
            expected_at=NOON + timedelta(days=3),
            actor=MERCHANT,
            now=NOON,
        )


def make_instant_refund(shop: Shop):
    """A refund that the platform has paid at once, as some marketplace's rules would have it."""
    refund, writes = shop.refund(), WriteSet()
    with shop.scope():
        refund = refund_actions.lock_refund(store_id=shop.store.pk, refund_id=refund.pk)
        refund.refund_instantly()
        refund_actions.pay(writes, refund, actor=BUYER, now=NOON)
        writes.update(refund, "is_instant")
        refund_actions.record(
            writes,
            REFUND_REFUNDED_INSTANTLY,
            refund,
            "awaiting_merchant",
            actor=BUYER,
            now=NOON,
            rule="P5",
            amount=str(refund.amount),
            credit_score=0,
            vip=False,
        )
        writes.flush()
    return refund


def make_appeal(shop: Shop):
    """An appeal against an instant refund."""
    refund = make_instant_refund(shop)
    with shop.scope():
        return open_appeal(
            store_id=shop.store.pk, refund_id=refund.pk, plea="a brick came back", actor=MERCHANT, now=NOON
        )


def make_coupon(shop: Shop):
    """A coupon of the store."""
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name="Thanks",
            channel="general",
            amount_off=Decimal("1.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON,
            valid_until=NOON + timedelta(days=1),
            quantity=1,
            actor=MERCHANT,
            now=NOON,
        )


class Missing:
    """Names of things that don't exist anywhere."""

    code = to_ship = in_transit = "no-such-thing"
    item = "424242"

    def __getattr__(self, name: str) -> str:
        return str(uuid4())


def make_ruling(shop: Shop) -> Ruling:
    """What a published rule did about a refund of the store."""
    live(shop, act="ask_evidence", text="请拍一张照片")
    refund = shop.refund(shop.order(buyer_id="buyer-of-a-rule"))
    with shop.scope():
        return rule_on(store_id=shop.store.pk, refund_id=refund.pk, actor=SYSTEM, now=NOON)


def make_endpoint(shop: Shop) -> Endpoint:
    """An endpoint somewhere on the internet."""
    with shop.scope():
        return add_endpoint(store=shop.store, url="https://93.184.215.14/hook", events=[], actor=MERCHANT, now=NOON)[0]


def make_delivery(shop: Shop, endpoint: Endpoint) -> Delivery:
    """What this endpoint is owed for the store's last event."""
    with shop.scope():
        event = Event.objects.for_store(shop.store.pk).latest("pk")
        return Delivery.objects.create(
            store=shop.store,
            endpoint=endpoint,
            event=event.pk,
            name=event.name,
            topic_id=event.topic_id,
            created_at=NOON,
            next_attempt_at=NOON,
        )


def make_robot(shop: Shop) -> Robot:
    """A robot of a group chat somewhere on the internet."""
    place = {"platform": "wecom", "name": "G", "url": "https://93.184.215.14/send?key=1"}
    with shop.scope():
        return add_robot(store=shop.store, **place, actor=MERCHANT, now=NOON)


def make_notice(shop: Shop, user=None, **facts) -> DeskNotice:
    """Something that agents are told of, and a group; `user` has read it and all before it."""
    facts = {"kind": "request", "roles": ["agent"], "event": 1, "name": "refund.requested", **facts}
    robot = make_robot(shop)
    with shop.scope():
        NoticeTerms.objects.get_or_create(store=shop.store, defaults={"cursor": 0})
        notice = DeskNotice.objects.create(store=shop.store, at=NOON, created_at=NOON, **facts)
        NoticeCopy.objects.create(store=shop.store, notice=notice, robot=robot, due_at=NOON)
        if user is not None:
            NoticeRead.objects.create(store=shop.store, notice=notice, user=user, at=NOON)
            NoticeMark.objects.create(store=shop.store, user=user, read_up_to=notice.pk)
    return notice


def make_failed_call(shop: Shop, **facts) -> FailedCall:
    """A call of the store's key that failed, twice within an hour."""
    facts = {"key_prefix": shop.merchant_key.partition(".")[0], "method": "GET", "status": 404, **facts}
    facts = {"route": "api/v1/refunds/<pk>/", "codes": ["not_found"], "fields": [], "times": 2, **facts}
    facts = {"hour": NOON, "first_at": NOON, "last_at": NOON, "request_id": "erp-0001", **facts}
    with shop.scope():
        return FailedCall.objects.create(store=shop.store, **facts)
