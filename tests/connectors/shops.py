"""Shops at the fakes, as our side of the wire sees them: how each is connected, and the calls of its platform."""

from dataclasses import dataclass, replace
from typing import Any

from common import clock
from connectors.fakes.douyin import DouyinFake
from connectors.fakes.kuaishou import FakeKuaishou
from connectors.fakes.pinduoduo import PinduoduoFake
from connectors.fakes.taobao import FakeTaobao
from connectors.fakes.wechat_shop import WechatShopFake
from connectors.platforms.douyin import Douyin
from connectors.platforms.pinduoduo import Pinduoduo
from connectors.platforms.wechat_shop import WechatShop
from connectors.port import Platform, PlatformDecision, RefundCopy, Secret, Shop, Verb, Verdict

LIST = {
    "taobao": "taobao.refunds.receive.get",
    "kuaishou": "open.seller.order.refund.pcursor.list",
    "pinduoduo": "pdd.refund.list.increment.get",
    "wechat_shop": "getaftersalelist",
    "douyin": "afterSale.List",
}
DETAIL = {
    "taobao": "taobao.refund.get",
    "kuaishou": "open.seller.order.refund.detail",
    "pinduoduo": "pdd.refund.information.get",
    "wechat_shop": "getaftersaleorder",
    "douyin": "afterSale.Detail",
}
AGREE = {
    "taobao": "taobao.rp.refunds.agree",
    "kuaishou": "open.seller.order.refund.approve",
    "pinduoduo": "pdd.refund.agree",
    "wechat_shop": "acceptapply",
    "douyin": "afterSale.operate",
}


@dataclass
class Tried:
    """A platform of ours, a fake of it, and the shop between them."""

    platform: Platform
    fake: Any

    @property
    def shop(self) -> Shop:
        """With what the fake takes just now."""
        return SHOPS[self.platform.name](self.fake)

    def list(self, since, until, shop: Shop | None = None) -> list:
        """All rows of a window."""
        pages = self.platform.list_changed(shop or self.shop, since=since, until=until, now=clock.now())
        return [row for page in pages for row in page]

    def read(self, refund_id: str, shop: Shop | None = None) -> RefundCopy:
        """A refund as it is now."""
        return self.platform.read(
            shop or self.shop, refund_id=refund_id, order_number=self.order_of(refund_id), now=clock.now()
        )

    def order_of(self, refund_id: str) -> str:
        """The order's number at the fake; empty for a refund that isn't there."""
        refund = self.fake.refunds.get(refund_id)
        fields = refund.fields if refund else {}
        return str(fields.get("order_sn") or fields.get("order_id") or fields.get("shop_order_id") or "")

    def decide(self, copy: RefundCopy, verb: Verb = Verb.AGREE_REFUND, **told: Any) -> Verdict:
        """What the platform says to a decision about this copy."""
        decision = PlatformDecision(key="D1", verb=verb, copy=copy, **told)
        return self.platform.decide(self.shop, decision, now=clock.now())


def _pinduoduo(fake: PinduoduoFake) -> Shop:
    return Shop(
        app_key=fake.client_id,
        secrets={Secret.APP_SECRET: fake.secret},
        base_url=fake.url,
        access_token=fake.access_token,
        refresh_token=fake.refresh_token,
        shop_id=fake.mall_id,
    )


def _wechat_shop(fake: WechatShopFake) -> Shop:
    secrets = {Secret.APP_SECRET: fake.secret, Secret.TOKEN: fake.token, Secret.AES_KEY: fake.aes_key}
    return Shop(app_key=fake.appid, secrets=secrets, base_url=fake.url, access_token=fake.access_token)


def _douyin(fake: DouyinFake) -> Shop:
    return Shop(
        app_key=fake.app_key,
        secrets={Secret.APP_SECRET: fake.secret},
        base_url=fake.url,
        access_token=fake.access_token,
        refresh_token=fake.refresh_token,
        shop_id=fake.shop_id,
    )


def _taobao(fake: FakeTaobao) -> Shop:
    secrets = {Secret.APP_SECRET: fake.app_secret}
    keys = fake.keys
    tokens = {"access_token": keys["access_token"], "refresh_token": keys["refresh_token"]}
    return Shop(fake.app_key, secrets, fake.url, **tokens, marketplace="tmall")


def _kuaishou(fake: FakeKuaishou) -> Shop:
    keys = fake.keys
    secrets = {Secret(name): keys[name] for name in ("app_secret", "sign_secret", "message_key")}
    tokens = {"access_token": keys["access_token"], "refresh_token": keys["refresh_token"]}
    return Shop(fake.app_key, secrets, fake.url, **tokens)


SHOPS = {"pinduoduo": _pinduoduo, "wechat_shop": _wechat_shop, "douyin": _douyin}
MADE = {
    "pinduoduo": (Pinduoduo, PinduoduoFake),
    "wechat_shop": (WechatShop, WechatShopFake),
    "douyin": (Douyin, DouyinFake),
}


# A marketplace → its platform's fake, and how a shop of it is connected to that.
FAKES = {name: (MADE[name][1], shop) for name, shop in SHOPS.items()} | {
    "tmall": (FakeTaobao, _taobao),
    "taote": (FakeTaobao, _taobao),
    "kuaishou": (FakeKuaishou, _kuaishou),
}


def tried(name: str) -> Tried:
    """A platform and its fake, which is to be entered as a context."""
    platform, fake = MADE[name]
    return Tried(platform(), fake())


def with_secret(shop: Shop, secret: str) -> Shop:
    """The shop with another secret of its application."""
    return replace(shop, secrets={**shop.secrets, Secret.APP_SECRET: secret})
