"""Pinduoduo as it is documented: the official signing vector, windows, pages, units, states, decisions and tokens."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine

from connectors.platforms.pinduoduo import STAGES, pdd_sign
from connectors.port import (
    PLATFORMS,
    NotThere,
    ReauthorisationNeeded,
    RefundStage,
    Refusal,
    Throttled,
    UnreadableCopy,
    Verb,
    VerdictOutcome,
    WrongSetup,
)
from tests.connectors.shops import LIST, tried
from tests.world import NOON

# The platform's own worked example.
VECTOR = {
    "access_token": "asd78172s8ds9a921j9qqwda12312w1w21211",
    "client_id": "1",
    "data_type": "XML",
    "order_status": "1",
    "page": "1",
    "page_size": "10",
    "timestamp": "1480411125",
    "type": "pdd.order.number.list.get",
}
VECTOR_SIGN = "E4DE3ED21002510DED352819E7AE6775"
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def mall(clock):
    """A mall at the fake."""
    mall = tried("pinduoduo")
    with mall.fake:
        yield mall


def post(fake, params: dict[str, str], as_json: bool = False) -> dict:
    """A call that somebody else made."""
    connection = HTTPConnection("127.0.0.1", fake.server_port, timeout=60)
    body, kind = (json.dumps(params), "application/json") if as_json else (urlencode(params), "application/x-www-form")
    connection.request("POST", "/api/router", body, {"Content-Type": kind})
    with connection.getresponse() as answer:
        return json.loads(answer.read())


def test_the_official_vector():
    assert pdd_sign(VECTOR, "testSecret") == VECTOR_SIGN
    assert pdd_sign(VECTOR, "othersecret") != VECTOR_SIGN


@pytest.mark.parametrize("as_json", [False, True])
def test_the_fake_takes_the_official_vector_and_no_other_signature(as_json):
    mall = tried("pinduoduo")
    mall.fake.client_id, mall.fake.access_token = "1", VECTOR["access_token"]
    with time_machine.travel(datetime.fromtimestamp(1480411125, UTC), tick=False), mall.fake:
        assert post(mall.fake, VECTOR | {"sign": VECTOR_SIGN}, as_json)["error_response"]["error_code"] == 10017
        wrong = post(mall.fake, VECTOR | {"sign": VECTOR_SIGN[::-1]}, as_json)
        assert wrong["error_response"]["error_code"] == 20004


def test_a_refund_in_our_units(mall):
    refund = mall.fake.add(after_sales_type=2, after_sales_status=3)
    (row,) = mall.list(NOON - HALF_HOUR, NOON)
    assert (row.id, row.order_number, row.version) == (refund.id, "261127-000000000001", int(NOON.timestamp()))
    (listed,) = json.loads(mall.fake.calls(LIST["pinduoduo"])[0].answer)["refund_increment_get_response"]["refund_list"]
    assert (listed["refund_amount"], listed["after_sales_type"]) == ("19.90", 3), "the list's own units and codes"
    copy = mall.read(refund.id)
    assert (copy.amount, copy.order.paid_amount, copy.refunded_amount) == (Decimal("19.90"), Decimal("39.80"), None)
    assert (copy.kind, copy.raw_kind, copy.stage, copy.raw_status) == (
        "return_and_refund",
        "2",
        RefundStage.ASKED,
        "3",
    )
    assert copy.deadline == NOON + timedelta(hours=48)
    assert (copy.created_at, copy.updated_at, copy.version) == (NOON, NOON, row.version)
    assert (copy.raw_reason, copy.description, copy.order.is_shipped) == ("质量问题", "收到时已损坏", True)
    (line,) = copy.lines
    assert (line.item_id, line.sku, line.quantity, line.unit_price, line.title) == (
        "553216001",
        "883001",
        2,
        Decimal("19.90"),
        "户外折叠椅",
    )


def test_an_update_told_as_chinese_time_is_the_same_instant(mall):
    refund = mall.fake.add()
    refund.fields["updated_time"] = "2026-11-20 12:00:00"
    assert mall.read(refund.id).version == int(NOON.timestamp())


def test_receivers_are_left_out(mall):
    shipping = {
        "exchange_receiver_city": "泉州",
        "merchant_exchange_detail_phone": "138****0000",
        "sku_id_exchange": "7",
    }
    refund = mall.fake.add(exchange_shipping_detail=shipping)
    raw = mall.read(refund.id).raw
    assert raw["exchange_shipping_detail"] == {"sku_id_exchange": "7"}
    assert raw["after_sales_status"] == 2


@pytest.mark.parametrize("status", [*range(34), 77])
def test_each_status_means_what_is_documented_and_others_nothing(mall, status):
    refund = mall.fake.add(after_sales_status=status)
    copy = mall.read(refund.id)
    assert copy.stage == STAGES.get(status, RefundStage.UNKNOWN)
    assert copy.raw_status == str(status)
    assert (copy.refunded_amount is not None) == (status == 10)


@pytest.mark.parametrize("status", [0, 1, 15, 33, 77])
def test_what_no_document_explains_is_unknown(status):
    assert status not in STAGES


def test_goods_with_a_waybill_are_on_their_way_back(mall):
    refund = mall.fake.add(after_sales_type=2, after_sales_status=7)
    assert mall.read(refund.id).stage == RefundStage.AWAITING_RETURN
    mall.fake.act("ship_back", refund.id)
    copy = mall.read(refund.id)
    assert (copy.stage, copy.return_carrier, copy.return_tracking_number) == (
        RefundStage.RETURNING,
        "圆通速递",
        "YT9988776655",
    )


@pytest.mark.parametrize(("rows", "pages"), [(0, [1]), (1, [1]), (100, [1]), (101, [1, 2, 1]), (250, [1, 3, 2, 1])])
def test_pages_are_read_from_the_last_to_the_first(mall, rows, pages):
    for _ in range(rows):
        mall.fake.add()
    assert len({row.id for row in mall.list(NOON - HALF_HOUR, NOON)}) == rows
    asked = [request.form for request in mall.fake.calls(LIST["pinduoduo"])]
    assert [int(form["page"]) for form in asked] == pages
    assert {form["start_updated_at"] for form in asked} == {str(int((NOON - HALF_HOUR).timestamp()))}
    assert {form["end_updated_at"] for form in asked} == {str(int(NOON.timestamp()))}


def test_a_longer_window_is_refused_and_ours_is_as_long_as_may_be(mall):
    assert list(mall.list(NOON - mall.platform.windows.span, NOON)) == []
    with pytest.raises(Refusal):
        mall.list(NOON - HALF_HOUR - timedelta(seconds=1), NOON)


def test_details_need_the_orders_number_and_tell_no_other_refund(mall):
    refund = mall.fake.add()
    with pytest.raises(Refusal):
        mall.platform.read(mall.shop, refund_id=refund.id, order_number="another", now=NOON)
    refund.fields["id"] = 5
    with pytest.raises(UnreadableCopy):
        mall.read(refund.id)


def test_money_is_agreed_to(mall):
    refund = mall.fake.add()
    assert mall.decide(mall.read(refund.id)).outcome == VerdictOutcome.DONE
    asked = json.loads(mall.fake.calls("pdd.refund.agree")[0].form["request"])
    assert asked == {"after_sales_id": int(refund.id), "order_sn": refund.fields["order_sn"]}
    assert mall.read(refund.id).stage == RefundStage.AGREED


def test_a_nested_object_is_signed_as_it_is_sent_whatever_stands_in_it(mall):
    refund = mall.fake.add()
    assert mall.decide(mall.read(refund.id), text='“同意” & "=+\\/ 😀').outcome == VerdictOutcome.DONE
    assert json.loads(mall.fake.calls("pdd.refund.agree")[0].form["request"])["operate_desc"] == '“同意” & "=+\\/ 😀'


def test_a_return_goes_to_an_address_of_the_shop_and_is_paid_when_it_came(mall, clock):
    refund = mall.fake.add(after_sales_type=2, after_sales_status=3)
    addresses = mall.platform.return_addresses(mall.shop, now=NOON)
    assert [(each.id, each.is_default) for each in addresses] == [("779860", True), ("779861", False)]
    assert addresses[0].text == "福建 泉州 石狮市 灵秀路 5 号 退货组"
    copy = mall.read(refund.id)
    refused = mall.decide(copy, Verb.AGREE_RETURN, address_id="1")
    assert (refused.outcome, refused.text) == (VerdictOutcome.REFUSED, "退货地址不存在")
    assert mall.decide(copy, Verb.AGREE_RETURN, address_id="779860").outcome == VerdictOutcome.DONE
    clock.move(seconds=1)
    not_yet = mall.decide(mall.read(refund.id), Verb.CONFIRM_RECEIPT)
    assert (not_yet.outcome, not_yet.text) == (VerdictOutcome.REFUSED, "买家尚未寄回商品"), "HTTP 200, succ false"
    mall.fake.act("ship_back", refund.id)
    assert mall.decide(mall.read(refund.id), Verb.CONFIRM_RECEIPT).outcome == VerdictOutcome.DONE
    assert mall.read(refund.id).stage == RefundStage.AGREED


def test_new_goods_are_sent_with_the_platforms_own_name_of_the_carrier(mall):
    refund = mall.fake.add(after_sales_type=3, after_sales_status=14)
    copy = mall.read(refund.id)
    unknown = mall.decide(copy, Verb.RESHIP, carrier="other: Harbour Couriers", tracking_number="H1")
    assert (unknown.outcome, unknown.code) == (VerdictOutcome.BY_HAND, "unknown_carrier")
    assert mall.decide(copy, Verb.RESHIP, carrier="SF", tracking_number="SF1").outcome == VerdictOutcome.DONE
    asked = json.loads(mall.fake.calls("pdd.refund.exchange.shipping")[0].form["request"])
    assert (asked["shipping_id"], asked["shipping_name"], asked["tracking_number"]) == (44, "顺丰快递", "SF1")


@pytest.mark.parametrize(
    ("fields", "verb"),
    [
        *(({"after_sales_status": status}, Verb.AGREE_REFUND) for status in (4, 5, 6, 8, 9, 10, 11, 12, 13)),
        ({"after_sales_status": 7, "after_sales_type": 2}, Verb.CONFIRM_RECEIPT),
        ({"after_sales_status": 10, "after_sales_type": 2}, Verb.CONFIRM_RECEIPT),
        ({"after_sales_status": 7, "after_sales_type": 2}, Verb.AGREE_RETURN),
        ({"after_sales_status": 16, "after_sales_type": 3}, Verb.RESHIP),
    ],
)
def test_a_state_that_does_not_allow_it_is_refused_and_nothing_moves(mall, fields, verb):
    refund = mall.fake.add(**fields)
    how = {"address_id": "779860", "carrier": "SF", "tracking_number": "SF2000002"}
    verdict = mall.decide(mall.read(refund.id), verb, **how)
    assert verdict.outcome == VerdictOutcome.REFUSED
    assert verdict.text
    assert len(refund.history) == 1


@pytest.mark.parametrize("verb", sorted(set(Verb) - PLATFORMS["pinduoduo"].decides))
def test_what_there_is_no_call_for_is_done_by_hand_and_asks_nobody(mall, verb):
    refund = mall.fake.add()
    copy, before = mall.read(refund.id), len(mall.fake.requests)
    assert mall.decide(copy, verb, reason_code="1", text="no").outcome == VerdictOutcome.BY_HAND
    assert len(mall.fake.requests) == before
    assert mall.platform.refusal_reasons(mall.shop, copy, now=NOON) == ()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (52101, Throttled),
        (52102, Throttled),
        (52103, Throttled),
        (20031, WrongSetup),
        (70032, WrongSetup),
        (70034, WrongSetup),
        (70035, WrongSetup),
        (70036, WrongSetup),
        (21001, Refusal),
        (99999, Refusal),
    ],
)
def test_documented_codes(mall, monkeypatch, code, error):
    monkeypatch.setattr(mall.fake, "_check", lambda params: (_ for _ in ()).throw(mall.fake._refusal(code, "不可以")))
    with pytest.raises(error) as raised:
        mall.list(NOON - HALF_HOUR, NOON)
    assert (raised.value.code, raised.value.text) == (str(code), "不可以")
    assert not isinstance(raised.value, NotThere)


def test_a_shop_lets_us_in_and_stays(mall):
    link = mall.platform.authorise_link(mall.shop, state="s1", callback="https://wanliu.example/back")
    assert link.startswith("https://fuwu.pinduoduo.com/service-market/auth?")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert asked == {
        "response_type": "code",
        "client_id": "pdd-app-1",
        "redirect_uri": "https://wanliu.example/back",
        "state": "s1",
    }
    tokens = mall.platform.redeem(mall.shop, code="one-time-code", callback="", now=NOON)
    assert (tokens.access_token, tokens.refresh_token, tokens.shop_id) == ("pdd-access-2", "pdd-refresh-2", "410104")
    assert tokens.expires_at == NOON + timedelta(days=1)
    assert tokens.refresh_expires_at == NOON + timedelta(days=30)
    assert tokens.write_expires_at == NOON + timedelta(hours=22), "the earlier of w1 and w2, an instant among the lives"
    with pytest.raises(Refusal):
        mall.platform.redeem(mall.shop, code="one-time-code", callback="", now=NOON)
    assert "access_token" not in mall.fake.calls("pdd.pop.auth.token.create")[0].form


def test_an_old_refresh_token_needs_a_person(mall):
    old = mall.shop
    tokens = mall.platform.refresh(old, now=NOON)
    assert mall.list(NOON - HALF_HOUR, NOON) == []
    assert tokens.access_token == mall.shop.access_token
    for shop in (old, replace(old, refresh_token="")):
        with pytest.raises(ReauthorisationNeeded):
            mall.platform.refresh(shop, now=NOON)
