"""How these tests ask Kuaishou: a shop at its fake, and the calls of the port in a word."""

import json
from dataclasses import replace
from datetime import timedelta

from common import clock
from connectors.platforms.kuaishou import Kuaishou
from connectors.port import PlatformDecision, Secret, Shop, VerdictOutcome

KUAISHOU = Kuaishou()
LIST, READ = "open.seller.order.refund.pcursor.list", "open.seller.order.refund.detail"
APPROVE, REJECT = "open.seller.order.refund.approve", "open.refund.reject"
RETURN, RECEIPT = "open.seller.order.refund.returngoods.approve", "open.seller.order.refund.confirm.receipt"
DONE, MOVED_ON, REFUSED = VerdictOutcome.DONE, VerdictOutcome.MOVED_ON, VerdictOutcome.REFUSED
BY_HAND = VerdictOutcome.BY_HAND


def shop_at(fake, **changes):
    shop = Shop(
        app_key=fake.app_key,
        secrets={
            Secret.APP_SECRET: fake.app_secret,
            Secret.SIGN_SECRET: fake.sign_secret,
            Secret.MESSAGE_KEY: fake.message_key,
        },
        base_url=fake.url,
        access_token="access-1",
        refresh_token="refresh-1",
        shop_id=fake.open_id,
    )
    return replace(shop, **changes)


def read(shop, refund):
    return KUAISHOU.read(shop, refund_id=refund.id, order_number="", now=clock.now())


def decide(shop, copy, verb, **how):
    return KUAISHOU.decide(shop, PlatformDecision(key="1", verb=verb, copy=copy, **how), now=clock.now())


def listed(shop, since=timedelta(hours=1)):
    now = clock.now()
    pages = KUAISHOU.list_changed(shop, since=now - since, until=now + timedelta(seconds=1), now=now)
    return [row for page in pages for row in page]


def said(fake, call):
    """What a call said: the JSON of its `param`."""
    request = fake.calls(call)[-1]
    return json.loads({**request.query, **request.form}["param"])
