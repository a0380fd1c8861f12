"""How these tests ask TOP: a shop at its fake, and the calls of the port in a word."""

from dataclasses import replace
from datetime import timedelta

from common import clock
from connectors.platforms.taobao import Taobao
from connectors.port import PlatformDecision, Secret, Shop, VerdictOutcome

TAOBAO = Taobao()
READ, LIST, AGREE = "taobao.refund.get", "taobao.refunds.receive.get", "taobao.rp.refunds.agree"
DONE, MOVED_ON, REFUSED = VerdictOutcome.DONE, VerdictOutcome.MOVED_ON, VerdictOutcome.REFUSED


def shop_at(fake, **changes):
    shop = Shop(
        app_key=fake.app_key,
        secrets={Secret.APP_SECRET: fake.app_secret},
        base_url=fake.url,
        access_token="session-1",
        refresh_token="refresh-1",
        shop_id=fake.seller_id,
        marketplace="tmall",
    )
    return replace(shop, **changes)


def read(shop, refund):
    return TAOBAO.read(shop, refund_id=refund.id, order_number="", now=clock.now())


def decide(shop, copy, verb, **how):
    return TAOBAO.decide(shop, PlatformDecision(key="1", verb=verb, copy=copy, **how), now=clock.now())


def listed(shop, since=timedelta(hours=1), now=None):
    now = now or clock.now()
    pages = TAOBAO.list_changed(shop, since=now - since, until=now + timedelta(seconds=1), now=now)
    return [row for page in pages for row in page]
