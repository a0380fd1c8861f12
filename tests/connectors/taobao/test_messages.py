"""taobao.tmc.messages.consume and .confirm."""

from common import clock
from tests.connectors.taobao.asking import TAOBAO


def test_they_come_until_they_are_confirmed(fake, shop):
    refund = fake.add()
    fake.act("withdraw", refund.id)
    first = TAOBAO.fetch_messages(shop, now=clock.now())
    assert [(hint.refund_id, hint.order_number) for hint in first] == [(refund.id, "80000000001")] * 2
    assert TAOBAO.fetch_messages(shop, now=clock.now()) == first
    TAOBAO.confirm_messages(shop, [first[0].message_id], now=clock.now())
    assert TAOBAO.fetch_messages(shop, now=clock.now()) == first[1:]
    TAOBAO.confirm_messages(shop, [hint.message_id for hint in first], now=clock.now())
    assert TAOBAO.fetch_messages(shop, now=clock.now()) == []


def test_many_are_confirmed_in_calls_of_200(fake, shop):
    for _ in range(450):
        fake.add()
    TAOBAO.confirm_messages(shop, [message.id for message in fake.messages], now=clock.now())
    assert len(fake.confirmed) == 450
    assert len(fake.calls("taobao.tmc.messages.confirm")) == 3


def test_another_shops_are_told_apart_and_other_topics_are_done_with(fake, shop):
    for _ in range(3):
        fake.add()
    theirs, trade, ours = fake.messages
    theirs.content["user_id"] = "1"
    trade.content["topic"] = "taobao_trade_TradeBuyerPay"
    told = TAOBAO.fetch_messages(shop, now=clock.now())
    assert [(hint.message_id, hint.shop_id) for hint in told] == [(theirs.id, "1"), (ours.id, fake.seller_id)]
    assert fake.confirmed == {trade.id}


def test_a_heap_of_other_topics_does_not_hide_what_is_about_refunds(fake, shop):
    for _ in range(150):
        fake.add()
        fake.messages[-1].content["topic"] = "taobao_trade_TradeBuyerPay"
    refund = fake.add()
    assert [hint.refund_id for hint in TAOBAO.fetch_messages(shop, now=clock.now())] == [refund.id]
    assert len(fake.confirmed) == 150
