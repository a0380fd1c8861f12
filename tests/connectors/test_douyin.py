"""Douyin Shop as it is documented: canonical JSON and its signature, pages, states, operations, messages, tokens."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
import time_machine

from connectors.doudian.asking import canonical, doudian_sign
from connectors.doudian.copies import STAGES
from connectors.doudian.decisions import CODES
from connectors.fakes.base import Mischief, Push
from connectors.port import (
    PLATFORMS,
    BadPush,
    PlatformFault,
    ReauthorisationNeeded,
    RefundStage,
    Refusal,
    Unreachable,
    Verb,
    VerdictOutcome,
    WindowTooFull,
    WrongSetup,
)
from tests.connectors.shops import LIST, tried
from tests.world import NOON

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# Computed from the rule of the SDKs; the platform publishes none.
VECTOR = '{"page":0,"size":20,"update_end_time":1600003600,"update_start_time":1600000000}'
VECTOR_SIGN = "5641d9bab26c15057ad4b4511b79ce1cf9a0dc1d0a11881ff84b0b7b5d60d23c"


@pytest.fixture
def douyin(clock):
    """A shop at the fake."""
    douyin = tried("douyin")
    with douyin.fake:
        yield douyin


def pushed(douyin, push: Push, shop=None):
    """What our side makes of a push."""
    return douyin.platform.read_push(
        shop or douyin.shop, method="POST", query={}, headers=dict(push.headers), body=push.body
    )


def test_the_vector():
    told = {"app_key": "3409409348479354011", "method": "afterSale.List", "timestamp": "1600000000"}
    assert doudian_sign("testSecret", param_json=VECTOR, **told) == VECTOR_SIGN
    asked = {"size": 20.0, "update_start_time": 1600000000, "page": 0, "update_end_time": 1600003600}
    assert canonical(asked) == VECTOR


def test_the_fake_takes_the_vector_and_no_other_signature():
    douyin = tried("douyin")
    query = {"app_key": douyin.fake.app_key, "method": "afterSale.List", "timestamp": "1600000000", "v": "2"}
    query |= {"access_token": douyin.fake.access_token, "sign_method": "hmac-sha256"}
    told = []
    with time_machine.travel(datetime.fromtimestamp(1600000000, UTC), tick=False), douyin.fake:
        for signed in (VECTOR_SIGN, VECTOR_SIGN[::-1]):
            connection = HTTPConnection("127.0.0.1", douyin.fake.server_port, timeout=60)
            connection.request("POST", f"/afterSale/List?{urlencode(query | {'sign': signed})}", VECTOR.encode())
            with connection.getresponse() as answer:
                told.append(json.loads(answer.read())["sub_code"])
    assert told == ["isv.parameter-invalid:3", "isv.signature-invalid"], "signed well, but not sorted as it must be"


def test_json_is_canonical_at_every_depth():
    asked = {"b": [{"z": 1.0, "a": "</é\u2028&"}, 2.5], "a": {"y": None, "x": (True,)}}
    assert canonical(asked) == '{"a":{"x":[true],"y":null},"b":[{"a":"</é\u2028&","z":1},2.5]}'


def test_a_refund_in_our_units(douyin):
    refund = douyin.fake.add(type=0)
    (row,) = douyin.list(NOON - DAY, NOON + SECOND)
    assert (row.id, row.order_number, row.version) == (refund.id, "4821780700279000001", int(NOON.timestamp()))
    copy = douyin.read(refund.id)
    assert (copy.id, copy.order.number, copy.version) == (row.id, row.order_number, row.version)
    assert (copy.amount, copy.refunded_amount, copy.kind, copy.stage) == (
        Decimal("19.90"),
        None,
        "return_and_refund",
        RefundStage.ASKED,
    )
    assert (copy.deadline, copy.created_at, copy.raw_status) == (NOON + timedelta(hours=48), NOON, "6/1/0")
    assert (copy.raw_reason, copy.order.is_shipped) == ("不想要了", None)
    (line,) = copy.lines
    assert (line.item_id, line.sku, line.title, line.unit_price) == ("960061", "3", "麦饭石炒锅", Decimal("19.90"))
    assert "post_receiver" not in str(copy.raw)
    assert "encrypt_detail" not in str(copy.raw)


@pytest.mark.parametrize("status", [*STAGES, 0, 2, 99])
def test_each_state_means_what_is_documented_and_others_nothing(douyin, status):
    copy = douyin.read(douyin.fake.add(status=status).id)
    assert copy.stage == STAGES.get(status, RefundStage.UNKNOWN)
    assert copy.raw_status == f"{status}/1/0"


@pytest.mark.parametrize("status", [12, 53])
@pytest.mark.parametrize(
    ("money", "stage"),
    [
        (1, RefundStage.AGREED),
        (2, RefundStage.AGREED),
        (3, RefundStage.REFUNDED),
        (4, RefundStage.FAILED),
        (5, RefundStage.UNKNOWN),
    ],
)
def test_an_end_says_nothing_about_the_money(douyin, status, money, stage):
    copy = douyin.read(douyin.fake.add(status=status, refund_status=money, real_refund_amount=1500).id)
    assert copy.stage == stage
    assert copy.refunded_amount == (Decimal("15.00") if stage == RefundStage.REFUNDED else None)
    assert copy.amount == Decimal("19.90")


@pytest.mark.parametrize(("arbitration", "is_open"), [(0, False), (1, True), (2, False), (4, True), (5, True)])
def test_arbitration_is_a_third_state(douyin, arbitration, is_open):
    refund = douyin.fake.add(status=27, arbitrate_status=arbitration)
    assert douyin.read(refund.id).stage == (RefundStage.DISPUTED if is_open else RefundStage.REFUSED)
    douyin.fake.change(refund.id, status=12, refund_status=3)
    assert douyin.read(refund.id).stage == RefundStage.REFUNDED


@pytest.mark.parametrize(
    ("rows", "pages"), [(0, [0]), (100, [0]), (101, [0, 1, 0]), (200, [0, 1, 0]), (250, [0, 2, 1, 0])]
)
def test_pages_are_read_from_the_last_to_the_first(douyin, rows, pages):
    for _ in range(rows):
        douyin.fake.add()
    assert len({row.id for row in douyin.list(NOON - DAY, NOON + SECOND)}) == rows
    asked = [json.loads(request.body) for request in douyin.fake.calls(LIST["douyin"])]
    assert [each["page"] for each in asked] == pages
    assert {json.dumps(each["order_by"]) for each in asked} == {'["update_time asc"]'}


@pytest.mark.parametrize("total", [0, 100, 199])
def test_a_total_that_is_too_small_loses_nothing(douyin, total):
    ids = {douyin.fake.add().id for _ in range(230)}
    douyin.fake.total_told = total
    assert {row.id for row in douyin.list(NOON - DAY, NOON + SECOND)} == ids


def test_the_end_is_not_part_of_a_window(douyin):
    douyin.fake.add()
    assert douyin.list(NOON - DAY, NOON) == []
    assert len(douyin.list(NOON, NOON + SECOND)) == 1


def test_more_than_can_be_paged_through_asks_for_a_shorter_window(douyin):
    douyin.fake.add()
    douyin.fake.total_told = 50_001
    with pytest.raises(WindowTooFull):
        douyin.list(NOON - DAY, NOON + SECOND)
    douyin.fake.total_told = 50_000
    assert len(douyin.list(NOON - DAY, NOON + SECOND)) == 1


def test_money_is_agreed_to_for_the_version_that_was_seen(douyin):
    refund = douyin.fake.add()
    copy = douyin.read(refund.id)
    assert douyin.decide(copy).outcome == VerdictOutcome.DONE
    (asked,) = (json.loads(request.body) for request in douyin.fake.calls("afterSale.operate"))
    assert asked == {"type": 201, "items": [{"aftersale_id": refund.id, "update_time": copy.version}]}
    assert douyin.read(refund.id).stage == RefundStage.AGREED


def test_an_old_version_is_moved_on_although_the_state_is_the_same(douyin, clock):
    refund = douyin.fake.add()
    copy = douyin.read(refund.id)
    clock.move(seconds=1)
    douyin.fake.change(refund.id, refund_amount=1000)
    verdict = douyin.decide(copy)
    assert (verdict.outcome, verdict.code) == (VerdictOutcome.MOVED_ON, "isv.business-failed:20309541")
    assert douyin.read(refund.id).amount == Decimal("10.00")


def test_a_return_and_an_exchange_go_to_an_address_of_the_shop(douyin, clock):
    (address,) = douyin.platform.return_addresses(douyin.shop, now=NOON)
    assert (address.id, address.is_default) == ("12345", True)
    assert address.text == "浙江 宁波 慈溪 环城北路 26 号 退货组"
    for kind, verb, code in ((0, Verb.AGREE_RETURN, 101), (3, Verb.AGREE_EXCHANGE, 301)):
        refund = douyin.fake.add(type=kind)
        copy = douyin.read(refund.id)
        assert douyin.decide(copy, verb, address_id="1").outcome == VerdictOutcome.REFUSED
        assert douyin.decide(copy, verb, address_id="12345").outcome == VerdictOutcome.DONE
        asked = json.loads(douyin.fake.calls("afterSale.operate")[-1].body)
        assert (asked["type"], asked["items"][0]["logistics"]) == (code, {"receiver_address_id": 12345})
        clock.move(seconds=1)
        douyin.fake.act("ship_back", refund.id)
        back = douyin.read(refund.id)
        assert (back.stage, back.return_carrier, back.return_tracking_number) == (
            RefundStage.RETURNING,
            "顺丰速运",
            "SF2233445566",
        )
        assert douyin.decide(back, Verb.CONFIRM_RECEIPT).outcome == VerdictOutcome.BY_HAND
        if kind == 3:
            assert douyin.decide(back, Verb.RESHIP, carrier="other: X").code == "unknown_carrier"
            sent = douyin.decide(back, Verb.RESHIP, carrier="SF", tracking_number="S1")
            assert sent.outcome == VerdictOutcome.DONE
            asked = json.loads(douyin.fake.calls("afterSale.operate")[-1].body)
            assert asked["items"][0]["logistics"] == {"company_code": "shunfeng", "logistics_code": "S1"}


def test_refusing_takes_a_reason_and_says_when_it_wants_evidence(douyin):
    refund = douyin.fake.add()
    copy = douyin.read(refund.id)
    first, second = douyin.platform.refusal_reasons(douyin.shop, copy, now=NOON)
    assert (first.needs_evidence, second.needs_evidence, second.needs_text) == (True, False, True)
    evidence = (("a.png", b"x"),)
    by_hand = douyin.decide(copy, Verb.REFUSE, reason_code="1", text="no", evidence=evidence)
    assert by_hand.outcome == VerdictOutcome.BY_HAND
    assert douyin.decide(copy, Verb.REFUSE, reason_code="7", text="已协商").outcome == VerdictOutcome.DONE
    assert douyin.read(refund.id).stage == RefundStage.REFUSED
    unshipped = douyin.read(douyin.fake.add(type=2).id)
    assert douyin.platform.refusal_reasons(douyin.shop, unshipped, now=NOON) == []
    assert unshipped.order.is_shipped is False


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 6, 7])
@pytest.mark.parametrize("verb", list(Verb))
def test_only_documented_codes_are_sent(douyin, verb, kind):
    copy = douyin.read(douyin.fake.add(type=kind).id)
    before = len(douyin.fake.requests)
    if (verb, kind) not in CODES and verb != Verb.EXTEND:
        assert douyin.decide(copy, verb, reason_code="1", text="no").outcome == VerdictOutcome.BY_HAND
        assert len(douyin.fake.requests) == before
    assert {verb for verb, _kind in CODES} | {Verb.EXTEND} == PLATFORMS["douyin"].decides


def test_what_the_platform_wants_done_in_its_back_office_is_done_there(douyin):
    verdict = douyin.decide(douyin.read(douyin.fake.add(by_hand=True).id))
    assert (verdict.outcome, verdict.code) == (VerdictOutcome.BY_HAND, "isv.business-failed:11001")
    assert "抖店后台" in verdict.text


def test_an_item_that_failed_alone_is_refused(douyin, monkeypatch):
    copy = douyin.read(douyin.fake.add().id)
    item = {"aftersale_id": 7, "status_code": 11005, "status_msg": "操作失败"}
    monkeypatch.setattr(douyin.fake, "_operate", lambda told: {"items": [item]})
    verdict = douyin.decide(copy)
    assert (verdict.outcome, verdict.code, verdict.text) == (VerdictOutcome.REFUSED, "11005", "操作失败")


@pytest.mark.parametrize(
    ("code", "sub_code", "error"),
    [
        (20000, "isp.service-error:10002", PlatformFault),
        (20001, "", PlatformFault),
        (50003, "isp.something", PlatformFault),
        (40004, "isv.parameter-invalid:5", Refusal),
        (50002, "isv.business-failed:1", Refusal),
        (90000, "", Refusal),
        (30001, "dop.authorization-no-existed", ReauthorisationNeeded),
        (30001, "", WrongSetup),
        (40003, "isv.access-token-invalid", ReauthorisationNeeded),
    ],
)
def test_documented_codes(douyin, monkeypatch, code, sub_code, error):
    refusal = douyin.fake._refusal(code, sub_code, "不可以")
    monkeypatch.setattr(douyin.fake, "_check", lambda request: (_ for _ in ()).throw(refusal))
    with pytest.raises(error) as raised:
        douyin.list(NOON - DAY, NOON)
    assert (raised.value.code, raised.value.text) == (sub_code or str(code), "不可以")


@pytest.mark.parametrize("number", [1, 2], ids=["data as text", "data as an object"])
def test_a_push_is_a_hint_with_the_same_key_whatever_its_id(douyin, number):
    refund = [douyin.fake.add() for _ in range(number)][-1]
    push = douyin.fake.push(douyin.fake.messages[number - 1])
    hints, answer = pushed(douyin, push)
    assert json.loads(answer.body) == {"code": 0, "msg": "success"}
    assert [(hint.refund_id, hint.order_number) for hint in hints] == [(refund.id, refund.fields["shop_order_id"])]
    again = json.loads(push.body)
    again[0]["msg_id"] = "another"
    assert pushed(douyin, douyin.fake.signed(json.dumps(again).encode()))[0] == hints
    douyin.fake.act("withdraw", refund.id)
    later = pushed(douyin, douyin.fake.push(douyin.fake.messages[-1]))[0]
    assert later[0].key != hints[0].key, "in the same second"


def test_many_messages_come_at_once_and_say_whose_they_are(douyin):
    refund = douyin.fake.add()
    told = dict(douyin.fake.messages[0].content)
    other = told | {"data": told["data"] | {"shop_id": 2222222}}
    body = json.dumps([{"tag": "0", "msg_id": "0", "data": "t"}, told, {"tag": "100", "data": {}}, other]).encode()
    told = [(hint.refund_id, hint.shop_id) for hint in pushed(douyin, douyin.fake.signed(body))[0]]
    assert told == [(refund.id, douyin.fake.shop_id), (refund.id, "2222222")]


@pytest.mark.parametrize("tag", [0, "0"])
def test_the_address_is_tried_out(douyin, tag):
    hints, answer = pushed(douyin, douyin.fake.signed(json.dumps([{"tag": tag, "msg_id": "0", "data": "t"}]).encode()))
    assert (list(hints), json.loads(answer.body)["code"]) == ([], 0)


def test_a_push_of_somebody_else_is_none(douyin):
    douyin.fake.add()
    right = douyin.fake.push(douyin.fake.messages[0])
    unsigned = {name: value for name, value in right.headers.items() if name != "event-sign"}
    for wrong in (
        douyin.fake.push(douyin.fake.messages[0], "signature"),
        replace(right, body=right.body + b" "),
        replace(right, headers=unsigned),
        replace(right, headers={**right.headers, "app-id": "another"}),
    ):
        with pytest.raises(BadPush):
            pushed(douyin, wrong)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[" * 50_000, b"null", b'[{"tag":"200","data":"x"}]', b'[{"tag":"200"}]']
)
def test_a_push_that_cannot_be_read_is_none(douyin, body):
    with pytest.raises(BadPush):
        pushed(douyin, douyin.fake.signed(body))


def test_tokens_come_by_the_refresh_token_and_else_for_the_shop_that_is_named(douyin):
    first = douyin.shop
    tokens = douyin.platform.refresh(first, now=NOON)
    assert (tokens.access_token, tokens.refresh_token, tokens.shop_id) == ("dy-access-2", "dy-refresh-2", "1111111")
    assert tokens.expires_at == NOON + timedelta(days=7)
    assert [request.call for request in douyin.fake.requests] == ["token.refresh"]
    again = douyin.platform.refresh(first, now=NOON)  # the old refresh token doesn't hold any more
    assert again.access_token == "dy-access-3"
    assert [request.call for request in douyin.fake.requests[1:]] == ["token.refresh", "token.create"]
    asked = json.loads(douyin.fake.requests[-1].body)
    assert asked == {"code": "", "grant_type": "authorization_self", "shop_id": "1111111"}
    assert "access_token" not in douyin.fake.requests[-1].query
    assert douyin.list(NOON - DAY, NOON) == []


def test_a_shop_that_has_not_let_the_application_in_needs_a_person(douyin):
    with pytest.raises(ReauthorisationNeeded):
        douyin.platform.refresh(replace(douyin.shop, refresh_token="", shop_id="5"), now=NOON)
    douyin.fake.misbehave(Mischief.GARBAGE)
    with pytest.raises(Unreachable):
        douyin.platform.refresh(douyin.shop, now=NOON)


def test_the_applications_key_is_no_shop(douyin):
    """It stands in for a shop whose id nobody told: neither tokens nor messages go by it."""
    nameless = replace(douyin.shop, refresh_token="", shop_id=douyin.fake.app_key)
    assert douyin.platform.refresh(nameless, now=NOON).shop_id == "1111111"
    assert json.loads(douyin.fake.requests[-1].body) == {"code": "", "grant_type": "authorization_self"}
    douyin.fake.add()
    assert len(pushed(douyin, douyin.fake.push(douyin.fake.messages[0]), nameless)[0]) == 1


def test_a_token_of_another_shop_is_not_taken(douyin, monkeypatch):
    monkeypatch.setattr(douyin.fake, "_create_token", lambda told: douyin.fake._new_tokens() | {"shop_id": 9})
    with pytest.raises(WrongSetup) as raised:
        douyin.platform.refresh(replace(douyin.shop, refresh_token=""), now=NOON)
    assert raised.value.fault == "other_shop"
