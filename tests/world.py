"""A small world to test in: stores with keys, orders, refunds, and clients that speak the API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.actors import Actor, ActorKind
from common.obligations import obligations
from common.queries import preparing_cursor
from common.tenancy import system_scope, tenant_scope
from common.writes import WriteSet
from orders import actions as order_actions
from orders.models import Order, OrderLine
from refunds import opening
from refunds.models import Refund
from stores import actions as store_actions
from stores.models import Membership, ReturnAddress, Store, User

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon in Shanghai
OPERATOR = Actor(ActorKind.OPERATOR, "test", "operator")
MERCHANT = Actor(ActorKind.MERCHANT, "test", "agent")
BUYER = Actor(ActorKind.BUYER, "test", "buyer")
_numbers = count(1)


def wait(**delta) -> None:
    """Workers' leases and pauses, which go by the database's clock, are over by a timedelta's arguments sooner.

    One prepared statement for all tables of work: clocks are moved thousands of times.
    """
    with system_scope(), preparing_cursor() as cursor:
        cursor.execute(_sooner(), [timedelta(**delta)])


@cache
def _sooner() -> str:
    """Whatever waits, waits shorter. What a worker holds this moment isn't waiting."""
    updates = (
        f"u{place} AS (UPDATE {table} SET next_attempt_at = next_attempt_at - $1::interval,"
        f" leased_until = leased_until - $1::interval WHERE {pk} IN"
        f" (SELECT {pk} FROM {table} WHERE next_attempt_at IS NOT NULL FOR NO KEY UPDATE SKIP LOCKED))"
        for place, (table, pk) in enumerate((model._meta.db_table, model._meta.pk.column) for model in obligations())
    )
    return f"WITH {', '.join(updates)} SELECT"


class Api:
    """The API with one key. Answers carry `.json()` and `.status_code`; a dict body is sent as JSON."""

    def __init__(self, key: str, store: str | None = None):
        self.client = Client(headers={"Authorization": f"Bearer {key}"})
        self.store = store

    def get(self, path: str, **params):
        """GET; a marketplace's client names its store."""
        if self.store:
            params.setdefault("store", self.store)
        return self.client.get(f"/api/v1/{path}", params)

    def post(self, path: str, body=None, **headers):
        """POST; a marketplace's client names its store."""
        body = {} if body is None else body
        if self.store and isinstance(body, dict):
            body = {"store": self.store, **body}
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    def send_form(self, path: str, content: bytes, name: str = "photo.png", **fields):
        """POST a form with a file, under exactly this name; a marketplace's client names its store."""
        if self.store:
            fields.setdefault("store", self.store)
        headers = fields.pop("headers", {})
        lines = [
            part
            for field, value in fields.items()
            for part in ("--limit", f'Content-Disposition: form-data; name="{field}"', "", value)
        ]
        lines += ["--limit", f'Content-Disposition: form-data; name="file"; filename="{name}"']
        lines += ["Content-Type: application/octet-stream", "", ""]
        body = "\r\n".join(lines).encode() + content + b"\r\n--limit--\r\n"
        return self.client.post(
            f"/api/v1/{path}", body, content_type="multipart/form-data; boundary=limit", headers=headers
        )

    def upload(self, path: str, content: bytes, name: str = "file.csv", **headers):
        """POST a file as the part `file`; a marketplace's client names its store."""
        body = {"file": SimpleUploadedFile(name, content)}
        if self.store:
            body["store"] = self.store
        return self.client.post(f"/api/v1/{path}", body, headers=headers)

    def put(self, path: str, body):
        """PUT."""
        return self.client.put(f"/api/v1/{path}", body, content_type="application/json")

    def patch(self, path: str, body):
        """PATCH."""
        return self.client.patch(f"/api/v1/{path}", body, content_type="application/json")


@dataclass
class Shop:
    """A store with a key of its own, its marketplace's key, and a return address."""

    store: Store
    merchant: Api
    buyer: Api
    merchant_key: str
    marketplace_key: str
    address: ReturnAddress
    orders: list[Order] = field(default_factory=list)

    def scope(self):
        """The store's scope and a transaction."""
        return tenant_scope(self.store.pk)

    def order(
        self,
        *,
        buyer_id: str = "buyer-1",
        prices: tuple[str, ...] = ("59.00",),
        quantity: int = 1,
        shipped: bool = True,
        category: str = "50008163",
        now: datetime = NOON,
        credit_score: int = 0,
        vip: bool = False,
        **head,
    ) -> Order:
        """An order paid a day before `now`, by default in transit; `head` are more of its fields."""
        number = f"{self.store.code.upper()}-{next(_numbers):06d}"
        items = [{"item_id": str(8000 + place), "price": Decimal(price)} for place, price in enumerate(prices)]
        with self.scope():
            store_actions.upsert_products(
                store=self.store,
                products=[{**item, "title": f"Quilt {item['item_id']}", "category": category} for item in items],
                actor=MERCHANT,
                now=NOON,
            )
            order, _ = order_actions.upsert_order(
                store=self.store,
                data={
                    "number": number,
                    "buyer_id": buyer_id,
                    "buyer_name": "王小明",
                    "buyer_credit_score": credit_score,
                    "buyer_is_vip": vip,
                    "paid_at": now - timedelta(days=1),
                    "address": "杭州市西湖区文三路 1 号",
                    **head,
                },
                lines=[
                    {"item_id": item["item_id"], "quantity": quantity, "unit_price": item["price"]} for item in items
                ],
                actor=BUYER,
                now=now,
            )
            if shipped:
                order_actions.ship_order(
                    store_id=self.store.pk,
                    number=number,
                    carrier="SF",
                    tracking_number=f"SF{number[-6:]}",
                    actor=MERCHANT,
                    now=now,
                )
        return order

    def many_to_ship(self, count: int, *, now: datetime = NOON) -> list[str]:
        """Numbers of so many orders of one line, placed in a few statements."""
        numbers = [f"M{next(_numbers):08d}" for _ in range(count)]
        writes = WriteSet()
        for number in numbers:
            order = Order(
                store=self.store,
                number=number,
                buyer_id="b",
                buyer_name="王小明",
                paid_at=now - timedelta(days=1),
                ship_by=now + timedelta(days=1),
                address="杭州市",
                paid_amount=Decimal("59.00"),
            )
            writes.insert(order)
            line = OrderLine(store=self.store, order=order, item_id="8000", quantity=1, unit_price=order.paid_amount)
            writes.insert(line)
        with self.scope():
            writes.flush()
        return numbers

    def refund(
        self, order: Order | None = None, *, kind="return_and_refund", amount="59.00", now: datetime = NOON, **kwargs
    ) -> Refund:
        """A refund that the buyer has just asked for."""
        order = order or self.order(now=now)
        with self.scope():
            return opening.open_refund(
                store=self.store,
                order_number=order.number,
                kind=kind,
                reason=kwargs.pop("reason", "changed_mind"),
                amount=Decimal(amount),
                actor=BUYER,
                now=now,
                **kwargs,
            )

    def reload(self, row):
        """The row as the database has it now."""
        with self.scope():
            return type(row).objects.get(pk=row.pk)


def make_shop(marketplace: str = "taote", code: str | None = None, **store_facts) -> Shop:
    """A store with everything it needs to work."""
    code = code or f"{marketplace}-{next(_numbers)}"
    with system_scope():
        store = store_actions.create_store(
            code=code, name=f"Store {code}", marketplace=marketplace, actor=OPERATOR, now=NOON, **store_facts
        )
        Store.objects.filter(pk=store.pk).update(tried_percent=0)  # which refund tries something out depends on its id
        store.tried_percent = 0
        _, merchant_key = store_actions.create_store_key(store=store, name="erp", actor=MERCHANT, now=NOON)
        _, marketplace_key = store_actions.create_marketplace_key(
            marketplace=marketplace, name=marketplace, actor=OPERATOR, now=NOON
        )
        address = store_actions.add_return_address(
            store=store, contact="仓库", phone="13800000000", address="义乌市稠州北路 8 号", actor=MERCHANT, now=NOON
        )
    return Shop(store, Api(merchant_key), Api(marketplace_key, code), merchant_key, marketplace_key, address)


def make_user(username: str, *, shop: Shop | None = None, role: str = "owner", operator: bool = False) -> User:
    """Somebody who may sign in with the password `correct horse 9`."""
    create = User.objects.create_superuser if operator else User.objects.create_user
    user = create(username, password="correct horse 9", is_staff=True)
    if shop is not None:
        with system_scope():
            Membership.objects.create(store=shop.store, user=user, role=role)
    return user
