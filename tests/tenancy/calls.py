"""How to call every verb of every API route: with a store's own objects, another store's, or ones that don't exist."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from uuid import uuid4

from PIL import Image

from common import uploads
from common.writes import WriteSet
from offers import actions as offer_actions
from offers.coupons import create_coupon
from orders.delays.actions import report_delay
from orders.parcels import owe_parcel
from payments.models import Payment
from payments.small import send_small_payment
from refunds import actions as refund_actions
from refunds import returns
from refunds.models import Refund
from refunds.platform.appeals import open_appeal
from refunds.platform.disputes import open_dispute
from refunds.platform.evidence import add_evidence, stored
from refunds.returnless.agreements import CURRENT
from refunds.returnless.enrolment import change_settings
from stores import actions as store_actions
from tests.world import BUYER, MERCHANT, NOON, Shop


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
    def returning(self) -> str:
        refund = self._moved(str(self.shop.refund().pk), refund_actions.approve_refund, actor=MERCHANT)
        return self._moved(refund, returns.ship_return, carrier="SF", tracking_number="R1", actor=BUYER)

    @cached_property
    def dispute(self) -> str:
        return str(make_dispute(self.shop).pk)

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
            store_id=shop.store.pk, refund_id=refund.pk, opened_by="buyer", claim="broken", actor=BUYER, now=NOON
        )


def make_evidence(shop: Shop, refund):
    """A photograph of the buyer's."""
    file = uploads.clean_upload(BytesIO(PHOTO), "photo.png")
    with shop.scope(), stored(shop.store.pk, file) as stored_as:
        return add_evidence(
            store_id=shop.store.pk,
            refund_id=refund,
            side="buyer",
            file=file,
            stored_as=stored_as,
            note="broken",
            actor=BUYER,
            now=NOON,
        )


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
            writes, "refunded_instantly", refund, "awaiting_merchant", actor=BUYER, now=NOON, rule="P5"
        )
        writes.flush()
    return refund


def make_appeal(shop: Shop):
    """An appeal against an instant refund."""
    refund = make_instant_refund(shop)
    with shop.scope():
        return open_appeal(
            store_id=shop.store.pk, refund_id=refund.pk, claim="a brick came back", actor=MERCHANT, now=NOON
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


@dataclass(frozen=True)
class Call:
    """One call that succeeds with the store's own names.

    `key` is the kind of key that may make it ("S", "M", or "SM"), `resource` the scope that a store key needs.
    `names` tells which names of the path or the body the call is about; every one of them can be another store's.
    A body with bytes in it is sent as a form with files; `is_file` is answered with one.
    """

    verb: str
    route: str
    key: str
    resource: str | None
    path: Callable[[Names], str]
    body: Callable[[Names], dict] | None = None
    status: int = 200
    names: tuple[str, ...] = ()
    elsewhere: str = ""  # kinds of key that may make it too, but about other things
    is_file: bool = False
    needs_key: bool = False  # an Idempotency-Key

    def __str__(self) -> str:
        return f"{self.verb} {self.route}"

    @property
    def is_write(self) -> bool:
        return self.verb not in ("GET", "HEAD", "OPTIONS")


def _photo() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (4, 3), "teal").save(picture, "PNG")
    return picture.getvalue()


PHOTO = _photo()
ORDER_BODY = {
    "number": "N-1",
    "buyer": {"id": "b", "name": "B"},
    "paid_at": "2026-11-19T04:00:00Z",
    "address": "x",
    "lines": [{"item_id": "8000", "quantity": 1, "unit_price": "1.00"}],
}
REFUND_BODY = {"kind": "refund_only", "reason": "other", "amount": "1.00"}
PRODUCT_BODY = {"item_id": "1", "title": "Quilt", "price": "1.00"}
ADDRESS_BODY = {"contact": "a", "phone": "1", "address": "x"}
PARCEL = {"carrier": "SF", "tracking_number": "T1"}
SHIPMENTS = "order_number,carrier,tracking_number\n{},SF,T1\n"
DELAY_BODY = {"reason": "snow", "expected_at": "2026-11-23T04:00:00Z"}
COUPON_BODY = {
    "name": "Thanks",
    "channel": "smart_retention",
    "amount_off": "5.00",
    "valid_from": "2026-11-19T04:00:00Z",
    "valid_until": "2026-12-19T04:00:00Z",
    "quantity": 3,
}
OFFER_BODY = {"method": "change_to_refund_only", "amount": "2.00", "agreed_with_buyer": True}


def _read(route: str, key: str, resource: str | None, name: str = "", path: str | None = None) -> Call:
    """A GET of a list, or of what `name` names."""
    path = path or route.replace("{}", f"{{0.{name}}}")
    return Call("GET", route, key, resource, lambda names: path.format(names), names=(name,) if name else ())


def _post(route: str, key: str, resource: str, name: str = "", body=None, status: int = 200, also=()) -> Call:
    """A POST to a list, or about what `name` names; `also` are names in the body."""
    path = route.replace("{}", f"{{0.{name}}}")
    fill = body if callable(body) else lambda names: dict(body or {})
    names = ((name,) if name else ()) + tuple(also)
    return Call("POST", route, key, resource, lambda names: path.format(names), fill, status, names)


CALLS = [
    _read("stores/", "S", None),
    _read("stores/{}/", "S", None, "code"),
    Call(
        "PATCH", "stores/{}/", "S", "catalog", lambda n: f"stores/{n.code}/", lambda n: {"name": "N"}, names=("code",)
    ),
    _read("stores/{}/cost-rates/", "S", "catalog", "code"),
    Call(
        "PATCH",
        "stores/{}/cost-rates/",
        "S",
        "catalog",
        lambda n: f"stores/{n.code}/cost-rates/",
        lambda n: {"handling": "5.00"},
        names=("code",),
    ),
    _read("insights/retention/", "S", "offers"),
    _read("products/", "S", "catalog"),
    _post("products/", "S", "catalog", body=PRODUCT_BODY, status=201),
    _read("products/{}/", "S", "catalog", "item"),
    Call(
        "PATCH",
        "products/{}/",
        "S",
        "catalog",
        lambda n: f"products/{n.item}/",
        lambda n: {"title": "T"},
        names=("item",),
    ),
    _read("return-addresses/", "S", "catalog"),
    _post("return-addresses/", "S", "catalog", body=ADDRESS_BODY, status=201),
    _read("orders/", "SM", "orders"),
    _post("orders/", "M", "orders", body=ORDER_BODY, status=201),
    _read("orders/{}/", "SM", "orders", "to_ship"),
    _post("orders/{}/ship/", "S", "orders", "to_ship", PARCEL),
    Call("GET", "orders/export/", "S", "orders", lambda n: "orders/export/", is_file=True),
    _post("orders/import-shipments/", "S", "orders", body=lambda n: {"file": SHIPMENTS.format(n.to_ship).encode()}),
    _read("delay-reports/", "S", "orders"),
    _post(
        "delay-reports/",
        "S",
        "orders",
        body=lambda n: {"orders": [n.to_ship], **DELAY_BODY},
        status=201,
        also=["to_ship"],
    ),
    _read("delay-reports/{}/", "S", "orders", "delay"),
    _post("delay-reports/{}/lift/", "S", "orders", "delay"),
    _read("buyer-notices/", "SM", "orders"),
    _post("orders/{}/deliver/", "M", "orders", "in_transit"),
    _post("orders/{}/urge/", "M", "orders", "to_ship"),
    _post("orders/{}/change-address/", "SM", "orders", "to_ship", {"address": "elsewhere"}),
    _read("refunds/", "SM", "refunds"),
    _post(
        "refunds/",
        "M",
        "refunds",
        body=lambda n: {"order": n.in_transit, **REFUND_BODY},
        status=201,
        also=["in_transit"],
    ),
    _read("refunds/{}/", "SM", "refunds", "refund"),
    _read("refunds/{}/timeline/", "SM", "refunds", "refund"),
    _read("refunds/{}/offer-options/", "S", "offers", "refund"),
    _post("refunds/{}/approve/", "S", "refunds", "refund", lambda n: {"return_address": n.address}, also=["address"]),
    _post("refunds/{}/reject/", "S", "refunds", "refund", {"reason": "no"}),
    _post("refunds/{}/withdraw/", "M", "refunds", "refund"),
    _post("refunds/{}/resubmit/", "M", "refunds", "rejected", {"amount": "1.00"}),
    _post("refunds/{}/ship-return/", "M", "refunds", "awaiting_return", PARCEL),
    _post("refunds/{}/inspect/", "S", "refunds", "returning", {"result": "passed"}),
    _post("offers/", "S", "offers", body=lambda n: {"refund": n.refund, **OFFER_BODY}, status=201, also=["refund"]),
    _read("offers/{}/", "SM", "offers", "offer"),
    _post("offers/{}/accept/", "M", "offers", "offer"),
    _post("offers/{}/decline/", "M", "offers", "offer"),
    _read("refunds/{}/messages/", "SM", "refunds", "refund"),
    _post("refunds/{}/messages/", "SM", "refunds", "refund", {"text": "hello"}, 201),
    _read("refunds/{}/evidence/", "SM", "refunds", "refund"),
    Call(
        "POST",
        "refunds/{}/evidence/",
        "SM",
        "refunds",
        lambda n: f"refunds/{n.refund}/evidence/",
        lambda n: {"note": "broken", "file": PHOTO},
        201,
        ("refund",),
    ),
    Call(
        "GET",
        "refunds/{}/evidence/{}/",
        "SM",
        "refunds",
        lambda n: f"refunds/{n.refund}/evidence/{n.evidence}/",
        names=("refund", "evidence"),
    ),
    _read("appeals/", "SM", "refunds"),
    _post("appeals/", "S", "refunds", body=lambda n: {"refund": n.instant, "claim": "x"}, status=201, also=["instant"]),
    _read("appeals/{}/", "SM", "refunds", "appeal"),
    _post("appeals/{}/decide/", "M", "refunds", "appeal", {"outcome": "buyer", "note": "x"}),
    _read("disputes/", "SM", "refunds"),
    _post("disputes/", "SM", "refunds", body=lambda n: {"refund": n.refund, "claim": "x"}, status=201, also=["refund"]),
    _read("disputes/{}/", "SM", "refunds", "dispute"),
    _read("disputes/{}/pack/", "SM", "refunds", "dispute"),
    Call(
        "POST",
        "disputes/{}/answer/",
        "S",
        "refunds",
        lambda n: f"disputes/{n.dispute}/answer/",
        lambda n: {"reply": "x"},
        names=("dispute",),
        elsewhere="M",  # the buyer answers what the merchant has opened
    ),
    _post("disputes/{}/decide/", "M", "refunds", "dispute", {"outcome": "merchant", "note": "x"}),
    _read("coupons/", "S", "offers"),
    _post("coupons/", "S", "offers", body=COUPON_BODY, status=201),
    _post(
        "coupons/{}/grant/", "S", "offers", "coupon", lambda n: {"order": n.in_transit}, status=201, also=["in_transit"]
    ),
    _read("parcels/", "S", "orders"),
    _post("parcels/{}/ship/", "S", "orders", "parcel", PARCEL),
    _read("quality/", "S", "refunds"),
    _post("refunds/{}/negotiate/", "S", "refunds", "promised", {"text": "hello"}),
    _read("returnless/", "S", "payments"),
    Call(
        "PUT",
        "returnless/",
        "S",
        "payments",
        lambda n: "returnless/",
        lambda n: {"agreement_version": CURRENT, "budget": "1.00"} if n.own_item else {},
    ),
    _post("returnless/enrol/", "S", "payments", body=lambda n: {"upgrade": not n.own_item}),
    _post("returnless/top-up/", "S", "payments", body=lambda n: {"amount": "1.00" if n.own_item else "0.00"}),
    _post("returnless/live-sessions/", "M", "payments", body={"live_session": "L1"}, status=201),
    _read("returnless/badges/", "SM", "payments"),
    _read("payments/", "S", "payments"),
    Call(
        "POST",
        "payments/",
        "S",
        "payments",
        lambda n: "payments/",
        lambda n: {"order": n.in_transit, "amount": "1.00", "purpose": "other"},
        201,
        ("in_transit",),
        needs_key=True,
    ),
    Call(
        "GET",
        "payments/allowance/",
        "S",
        "payments",
        lambda n: f"payments/allowance/?order={n.in_transit}",
        names=("in_transit",),
    ),
    _read("payments/{}/", "S", "payments", "payment"),
]
