"""tmall.exchange.*: exchanges, which have calls of their own, and states that are numbers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from common import clock
from connectors.fakes.base import Mischief
from connectors.port import NotThere, RefundStage, Refusal, RefusalReason, Throttled, Verb
from tests.connectors.taobao.asking import DONE, MOVED_ON, READ, REFUSED, TAOBAO, decide, listed, read, shop_at

LIST, DETAIL = "tmall.exchange.receive.get", "tmall.exchange.get"
PARCEL = {"carrier": "SF", "tracking_number": "SF2000002"}


@pytest.fixture
def exchange(fake):
    return fake.add(dispute_type="TMALL_EXCHANGE", at=datetime(2026, 11, 27, 2, 0, 0, 900_000, UTC))


def test_an_exchange_as_it_is_told(fake, shop, exchange):
    copy = read(shop, exchange)
    assert (copy.id, copy.order.number, copy.version) == (exchange.id, "80000000001", exchange.version)
    assert (copy.stage, copy.raw_status) == (RefundStage.ASKED, "1")
    assert (copy.kind, copy.raw_kind, copy.amount) == ("exchange", "TMALL_EXCHANGE", Decimal(0))
    assert copy.deadline == datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
    assert (copy.raw_reason, copy.description) == ("不想要了", "拍错了")
    assert copy.raw["exchange_sku"] == "颜色:红"
    assert [name for name in ("张三丰", "13911112222", "文三路") if name in str(copy.raw)] == []


@pytest.mark.parametrize(
    ("status", "number", "stage"),
    [
        ("WAIT_SELLER_AGREE", "1", RefundStage.ASKED),
        ("WAIT_BUYER_RETURN_GOODS", "2", RefundStage.AWAITING_RETURN),
        ("WAIT_SELLER_CONFIRM_GOODS", "3", RefundStage.RETURNING),
        ("CLOSED", "4", RefundStage.CLOSED),
        ("SUCCESS", "5", RefundStage.EXCHANGED),
        ("SELLER_REFUSE_BUYER", "6", RefundStage.REFUSED),
        ("WAIT_SELLER_CONSIGN_GOODS", "12", RefundStage.TO_RESHIP),
        ("EXCHANGE_WAIT_BUYER_CONFIRM_GOODS", "13", RefundStage.RESHIPPED),
        ("EXCHANGE_TRANSFORM_TO_REFUND", "14", RefundStage.UNKNOWN),
        ("NEVER_HEARD_OF", "99", RefundStage.UNKNOWN),
    ],
)
def test_every_state_has_its_stage(fake, shop, status, number, stage):
    copy = read(shop, fake.add(dispute_type="TMALL_EXCHANGE", status=status))
    assert (copy.stage, copy.raw_status) == (stage, number)


def test_the_platform_decides(fake, shop, exchange):
    fake.act("complain", exchange.id)
    assert read(shop, exchange).stage == RefundStage.DISPUTED


@pytest.mark.parametrize("apart", [True, False])
def test_the_calls_for_refunds_may_tell_of_it_as_well(fake, shop, exchange, apart):
    fake.exchanges_apart = apart
    copy = read(shop, exchange)
    assert (copy.kind, copy.version, copy.stage) == ("exchange", exchange.version, RefundStage.ASKED)
    assert len(fake.calls(DETAIL)) == apart


def test_its_own_list_names_it_when_it_changes(fake, shop):
    old = fake.add(dispute_type="TMALL_EXCHANGE", at=clock.now() - timedelta(days=80))
    assert listed(shop) == []
    fake.act("withdraw", old.id)
    assert {(row.id, row.order_number) for row in listed(shop)} == {(old.id, "80000000001")}
    [call] = fake.calls(LIST)[-1:]
    assert {"start_gmt_modified_time", "end_gmt_modifed_time", "fields"} <= set(call.form)


def test_a_change_in_the_second_of_the_last_one_is_never_older_there(fake, shop):
    """The list tells seconds and no version: what it says is at most what was read before, so that this is read."""
    at = datetime(2026, 11, 27, 2, 0, 0, 300_000, UTC)
    exchange = fake.add(dispute_type="TMALL_EXCHANGE", at=at)
    fake.exchanges_apart = True
    rows = TAOBAO.list_changed(shop, since=at - timedelta(minutes=1), until=at + timedelta(minutes=1), now=clock.now())
    versions = {row.version for page in rows for row in page if row.id == exchange.id}
    assert max(versions) == read(shop, exchange).version
    assert min(versions) == int(at.timestamp()) * 1000


def test_a_shop_of_taobao_is_not_asked(fake):
    fake.phase = ""
    taote = shop_at(fake, marketplace="taote")
    fake.add()
    assert len(listed(taote)) == 1
    with pytest.raises(Refusal):
        TAOBAO.read(taote, refund_id="4711", order_number="", now=clock.now())
    assert [call.call for call in fake.calls() if call.call.startswith("tmall.")] == []


def test_what_nobody_knows_is_refused_in_the_words_of_the_first_call(fake, shop, monkeypatch):
    with pytest.raises(Refusal) as raised:
        TAOBAO.read(shop, refund_id="4711", order_number="", now=clock.now())
    assert raised.value.text == "退款不存在"
    monkeypatch.setattr(fake, "_taobao_refund_get", lambda fields, files: {})
    with pytest.raises(NotThere):
        TAOBAO.read(shop, refund_id="4711", order_number="", now=clock.now())


def test_trouble_on_the_way_is_no_refusal(fake, shop, exchange):
    fake.misbehave(Mischief.THROTTLED, DETAIL, seconds=7)
    with pytest.raises(Throttled):
        read(shop, exchange)


def test_from_the_request_to_the_new_parcel(fake, shop, exchange):
    assert decide(shop, read(shop, exchange), Verb.AGREE_EXCHANGE, address_id="71").outcome == DONE
    fake.act("send_back", exchange.id)
    copy = read(shop, exchange)
    assert (copy.return_carrier, copy.return_tracking_number) == ("顺丰速运", "SF1000001")
    assert decide(shop, copy, Verb.CONFIRM_RECEIPT).outcome == DONE
    assert read(shop, exchange).stage == RefundStage.TO_RESHIP
    assert decide(shop, read(shop, exchange), Verb.RESHIP, **PARCEL).outcome == DONE
    [sent] = fake.calls("tmall.exchange.consigngoods")
    assert (sent.form["logistics_company_name"], sent.form["logistics_type"]) == ("顺丰速运", "200")
    copy = read(shop, exchange)
    assert (copy.stage, copy.raw["seller_logistic_no"]) == (RefundStage.RESHIPPED, "SF2000002")
    assert decide(shop, copy, Verb.RESHIP, **PARCEL).outcome == REFUSED
    fake.act("receive_exchange", exchange.id)
    assert read(shop, exchange).stage == RefundStage.EXCHANGED


def test_it_is_refused_with_its_own_reasons(fake, shop, exchange):
    copy = read(shop, exchange)
    assert TAOBAO.refusal_reasons(shop, copy, now=clock.now()) == [RefusalReason("901", "商品已发出")]
    assert decide(shop, copy, Verb.REFUSE, reason_code="901", text="无货").outcome == DONE
    assert exchange.fields["status"] == "SELLER_REFUSE_BUYER"


def test_what_came_back_is_refused_with_a_picture(fake, shop):
    exchange = fake.add(dispute_type="TMALL_EXCHANGE", status="WAIT_SELLER_CONFIRM_GOODS")
    how = {"reason_code": "902", "text": "已使用", "evidence": (("1.png", b"\x89PNG"),)}
    assert decide(shop, read(shop, exchange), Verb.REFUSE_RECEIPT, **how).outcome == DONE
    [call] = fake.calls("tmall.exchange.returngoods.refuse")
    assert b'name="leave_message_pics"' in call.body
    assert exchange.fields["status"] == "SELLER_REFUSE_BUYER"


def test_it_is_read_before_it_is_decided_since_no_call_takes_a_version(fake, shop, exchange):
    copy = read(shop, exchange)
    fake.act("withdraw", exchange.id)
    assert decide(shop, copy, Verb.AGREE_EXCHANGE, address_id="71").outcome == MOVED_ON
    assert fake.calls("tmall.exchange.agree") == []


def test_one_that_moves_in_the_last_moment_is_not_decided(fake, shop, exchange):
    copy = read(shop, exchange)
    fake.misbehave(Mischief.MOVES, "tmall.exchange.agree", act="withdraw", refund=exchange.id)
    assert decide(shop, copy, Verb.AGREE_EXCHANGE, address_id="71").outcome == MOVED_ON
    assert exchange.fields["status"] == "CLOSED"


def test_a_refund_is_read_by_one_call(fake, shop):
    read(shop, fake.add())
    assert [call.call for call in fake.calls()] == [READ]


def test_messages_name_the_exchange(fake, shop, exchange):
    fake.act("withdraw", exchange.id)
    hints = TAOBAO.fetch_messages(shop, now=clock.now())
    assert [(hint.refund_id, hint.order_number) for hint in hints] == [(exchange.id, "80000000001")] * 2
