"""How to call every verb of every API route: with a store's own objects, another store's, or ones that don't exist."""

from collections.abc import Callable
from dataclasses import dataclass

from refunds.returnless.agreements import CURRENT
from tests.tenancy.things import PHOTO, SHIPMENTS, Names


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
DELAY_BODY = {"reason": "snow", "expected_at": "2026-11-23T04:00:00Z"}
COUPON_BODY = {
    "name": "Thanks",
    "channel": "smart_retention",
    "amount_off": "5.00",
    "valid_from": "2026-11-19T04:00:00Z",
    "valid_until": "2026-12-19T04:00:00Z",
    "quantity": 3,
}
PUBLIC = "https://93.184.215.14/hook"  # an address that needs no resolving, and that nobody calls
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
    # Of a live store; how a sandbox's clock goes is in tests/api/test_test_clock.py.
    Call("GET", "test-clock/", "S", None, lambda n: "test-clock/", status=409),
    Call("POST", "test-clock/advance/", "S", "catalog", lambda n: "test-clock/advance/", lambda n: {"by": "1h"}, 409),
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
    _read("event-types/", "SM", None),
    _read("events/", "S", "webhooks"),
    _read("webhook-endpoints/", "S", "webhooks"),
    _post("webhook-endpoints/", "S", "webhooks", body={"url": PUBLIC}, status=201),
    _read("webhook-endpoints/{}/", "S", "webhooks", "endpoint"),
    Call(
        "PATCH",
        "webhook-endpoints/{}/",
        "S",
        "webhooks",
        lambda n: f"webhook-endpoints/{n.endpoint}/",
        lambda n: {"description": "D"},
        names=("endpoint",),
    ),
    Call(
        "DELETE",
        "webhook-endpoints/{}/",
        "S",
        "webhooks",
        lambda n: f"webhook-endpoints/{n.endpoint}/",
        status=204,
        names=("endpoint",),
    ),
    _post("webhook-endpoints/{}/rotate-secret/", "S", "webhooks", "endpoint"),
    _post("webhook-endpoints/{}/test/", "S", "webhooks", "endpoint"),
    _post("webhook-endpoints/{}/redeliver/", "S", "webhooks", "endpoint", {"since": "2026-11-19"}),
    _read("webhook-deliveries/", "S", "webhooks"),
    _read("webhook-deliveries/{}/", "S", "webhooks", "delivery"),
    _post("webhook-deliveries/{}/redeliver/", "S", "webhooks", "delivery"),
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
    _post("orders/bulk/", "M", "orders", body={"items": [ORDER_BODY]}),
    _post("orders/ship/bulk/", "S", "orders", body=lambda n: {"items": [{"number": n.to_ship, **PARCEL}]}),
    _read("orders/{}/", "SM", "orders", "to_ship"),
    _post("orders/{}/ship/", "S", "orders", "to_ship", PARCEL),
    _post("orders/{}/correct-shipment/", "S", "orders", "in_transit", {**PARCEL, "reason": "typed wrong"}),
    Call("GET", "orders/export/", "S", "orders", lambda n: "orders/export/", is_file=True),
    _post("orders/import-shipments/", "S", "orders", body=lambda n: {"file": SHIPMENTS.format(n.to_ship).encode()}),
    _read("orders/import-shipments/{}/", "S", "orders", "file"),
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
    _post("refunds/bulk/", "M", "refunds", body=lambda n: {"items": [{"order": n.in_transit, **REFUND_BODY}]}),
    _read("refunds/{}/", "SM", "refunds", "refund"),
    _read("refunds/{}/timeline/", "SM", "refunds", "refund"),
    _read("refunds/{}/refusal-reasons/", "S", "refunds", "refund"),
    _read("refunds/{}/offer-options/", "S", "offers", "refund"),
    _post("refunds/{}/approve/", "S", "refunds", "refund", lambda n: {"return_address": n.address}, also=["address"]),
    _post("refunds/{}/reject/", "S", "refunds", "refund", {"reason": "no"}),
    _post("refunds/{}/withdraw/", "M", "refunds", "refund"),
    _post("refunds/{}/resubmit/", "M", "refunds", "rejected", {"amount": "1.00"}),
    _post("refunds/{}/ship-return/", "M", "refunds", "awaiting_return", PARCEL),
    _post("refunds/{}/correct-return/", "SM", "refunds", "returning", {**PARCEL, "reason": "typed wrong"}),
    _post("refunds/{}/more-time/", "S", "refunds", "returning", status=409),
    _post("refunds/{}/propose/", "S", "refunds", "refund", {"kind": "refund_only", "text": "keep it"}, 409),
    _post(
        "refunds/{}/return-address/",
        "S",
        "refunds",
        "to_nowhere",
        lambda n: {"return_address": n.address},
        also=["address"],
    ),
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
    _post("disputes/{}/pack/", "SM", "refunds", "dispute", status=202),
    Call(
        "GET",
        "disputes/{}/pack/",
        "SM",
        "refunds",
        lambda n: f"disputes/{n.packed}/pack/",
        names=("packed",),
        is_file=True,
    ),
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
    _post("parcels/{}/correct-shipment/", "S", "orders", "parcel", {**PARCEL, "reason": "typed wrong"}, status=409),
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
    _post("payments/{}/retry/", "S", "payments", "payment", status=409),
    _post("payments/{}/give-up/", "S", "payments", "payment", status=409),
    _post("payments/{}/settle-conflict/", "S", "payments", "payment", {"how": "book"}, status=409),
]
