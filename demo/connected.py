"""The demo's connected shops: one store for each open platform, and the refunds that wait at the platform's fake.

What happens there is told in the platform's own words and units, as the fake keeps them (`connectors/fakes/`).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.connecting import connect_shop
from connectors.http import send
from connectors.messages import push_address
from connectors.models import Connection
from connectors.port import Secret
from connectors.shops import platform_for
from connectors.states import ConnectionStatus
from demo.catalogue import PRODUCTS, STORES
from demo.people import OPERATOR
from stores import actions as store_actions
from stores.models import Store

# A store's code → the demo store whose marketplace, goods and address it shares, and its name.
CONNECTED = {
    "tmall-connected": ("tmall-demo", "云栖家居旗舰店（开放平台）"),
    "kuaishou-connected": ("kuaishou-demo", "阿柔的直播小店（开放平台）"),
    "pinduoduo-connected": ("pinduoduo-demo", "山野户外专营店（开放平台）"),
    "wechat_shop-connected": ("wechat_shop-demo", "拾光文具小店（开放平台）"),
    "douyin-connected": ("douyin-demo", "阿泽厨房旗舰店（开放平台）"),
}


@dataclass(frozen=True)
class PlatformStory:
    """A refund at a platform: asked for `ago` hours ago about one of the goods; then (hours ago, what happened)."""

    ago: int
    item: int
    returns: bool = False
    then: tuple[tuple[int, str], ...] = ()


STORIES = (
    PlatformStory(2, 0),
    PlatformStory(5, 1, returns=True),
    PlatformStory(16, 2, returns=True, then=((12, "agreed"),)),
    PlatformStory(18, 3, returns=True, then=((14, "agreed"), (3, "sent back"))),
    PlatformStory(20, 4, then=((9, "paid"),)),
    PlatformStory(21, 0, then=((17, "withdrawn"),)),
)
Goods = tuple[str, str, str, str]  # as in PRODUCTS


def _fen(price: str) -> int:
    return int(Decimal(price) * 100)


def _taobao(goods: Goods, returns: bool, at: datetime) -> dict[str, Any]:
    item_id, title, _category, price = goods
    told = {"num_iid": int(item_id), "title": title, "price": price, "refund_fee": price, "total_fee": price}
    return told | {"sku": "", "dispute_type": "REFUND_AND_RETURN" if returns else "REFUND", "has_good_return": returns}


def _kuaishou(goods: Goods, returns: bool, at: datetime) -> dict[str, Any]:
    item_id, _title, _category, price = goods
    return {"itemId": int(item_id), "refundFee": _fen(price), "handlingWay": 1 if returns else 10}


def _pinduoduo(goods: Goods, returns: bool, at: datetime) -> dict[str, Any]:
    item_id, title, _category, price = goods
    fen, began = _fen(price), int(at.timestamp() * 1000)
    told = {"goods_id": int(item_id), "goods_name": title, "goods_price": fen, "goods_number": 1, "order_amount": fen}
    told |= {"refund_amount": fen, "recreated_at": began, "expire_time": began + 48 * 3_600_000}
    return told | {"after_sales_type": 2 if returns else 1, "after_sales_status": 3 if returns else 2}


def _wechat_shop(goods: Goods, returns: bool, at: datetime) -> dict[str, Any]:
    item_id, _title, _category, price = goods
    told = {"product_info": {"product_id": item_id, "sku_id": "1", "count": 1}, "create_time": int(at.timestamp())}
    told |= {"refund_info": {"amount": _fen(price), "refund_reason": 0}, "type": "RETURN" if returns else "REFUND"}
    return told


def _douyin(goods: Goods, returns: bool, at: datetime) -> dict[str, Any]:
    began = int(at.timestamp())
    told = {"refund_amount": 1990, "apply_time": began, "status_deadline": began + 48 * 3600}
    return told | {"type": 0 if returns else 1}


@dataclass(frozen=True)
class Words:
    """How a platform's fake is told of a refund, and of what happens to it: an act, or the fields that change."""

    fields: Callable[[Goods, bool, datetime], dict[str, Any]]
    happen: dict[str, str | dict[str, Any]]


WORDS = {
    "taobao": Words(
        _taobao,
        {
            "agreed": {"status": "WAIT_BUYER_RETURN_GOODS"},
            "sent back": "send_back",
            "paid": "pay_out",
            "withdrawn": "withdraw",
        },
    ),
    "kuaishou": Words(
        _kuaishou,
        {"agreed": {"status": 30}, "sent back": "send_back", "paid": {"status": 60}, "withdrawn": "withdraw"},
    ),
    "pinduoduo": Words(
        _pinduoduo,
        {
            "agreed": {"after_sales_status": 7},
            "sent back": "ship_back",
            "paid": {"after_sales_status": 10, "expire_time": None},
            "withdrawn": "withdraw",
        },
    ),
    "wechat_shop": Words(
        _wechat_shop,
        {
            "agreed": {"status": "USER_WAIT_RETURN"},
            "sent back": "ship_back",
            "paid": {"status": "MERCHANT_REFUND_SUCCESS"},
            "withdrawn": "withdraw",
        },
    ),
    "douyin": Words(
        _douyin,
        {
            "agreed": {"status": 7},
            "sent back": "ship_back",
            "paid": {"status": 12, "refund_status": 3, "real_refund_amount": 1990},
            "withdrawn": "withdraw",
        },
    ),
}


class Fake:
    """The fake of a platform that listens at an address. Unreachable, and ValueError for what it refuses."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, what: str, **told: Any) -> Any:
        """Its answer: to a GET, or to a POST of what is told."""
        body = json.dumps(told).encode() if told else None
        answer = send("POST" if told else "GET", f"{self.url}/_fake/{what}", body=body)
        if answer.status != 200:
            raise ValueError(answer.body.decode("utf-8", "replace"))
        return json.loads(answer.body)


def open_connected_store(code: str, now: datetime) -> Store:
    """The store with its goods and an address for returns."""
    like, name = CONNECTED[code]
    marketplace, _name, address = STORES[like]
    done = {"actor": OPERATOR, "now": now}
    store = store_actions.create_store(code=code, name=name, marketplace=marketplace, is_demo=True, **done)
    products = [
        {"item_id": item_id, "title": title, "category": category, "price": Decimal(price)}
        for item_id, title, category, price in PRODUCTS[like]
    ]
    store_actions.upsert_products(store=store, products=products, **done)
    store_actions.add_return_address(store=store, contact="退货组 收", phone="0579-85120000", address=address, **done)
    return store


def tell_stories(store: Store, platform: str, fake: Fake, now: datetime) -> None:
    """Let it happen at a fake that has no refunds yet."""
    if fake.ask("refunds"):
        return
    goods, words = PRODUCTS[CONNECTED[store.code][0]], WORDS[platform]
    for number, story in enumerate(STORIES):
        at = now - timedelta(hours=story.ago)
        fields = words.fields(goods[story.item % len(goods)], story.returns, at)
        fake.ask("refunds", at=at.isoformat(), **fields)
        refund = fake.ask("ids")[number]
        for ago, what in story.then:
            told, then = words.happen[what], (now - timedelta(hours=ago)).isoformat()
            if isinstance(told, str):
                fake.ask("act", act=told, refund=refund, at=then)
            else:
                fake.ask("change", refund=refund, at=then, **told)


def follow_fake(store: Store, fake: Fake, address: str, now: datetime) -> bool:
    """Connect the store to its fake, or again to one that listens elsewhere now; messages come to `address`.

    A shop that somebody has taken off stays so, and False is returned. Refused and Busy as `connect_shop`.
    """
    connection = Connection.objects.for_store(store.pk).first()
    if connection is not None and connection.status == ConnectionStatus.DISCONNECTED:
        return False
    if connection is None or connection.base_url != fake.url or connection.status != ConnectionStatus.CONNECTED:
        keys = fake.ask("keys")
        connection = connect_shop(
            store=store,
            app_key=keys["app_key"],
            secrets={secret: keys[str(secret)] for secret in Secret if str(secret) in keys},
            access_token=keys.get("access_token", ""),
            refresh_token=keys.get("refresh_token", ""),
            shop_id=keys.get("shop_id", ""),
            base_url=fake.url,
            actor=OPERATOR,
            now=now,
        )
    if platform_for(connection).takes_pushes:
        fake.ask("set", push_to=f"{address}{push_address(connection)}")
    return True
