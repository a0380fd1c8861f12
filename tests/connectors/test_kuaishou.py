"""Kuaishou at the wire: the examples of its documents and SDKs, and its fake with every mischief."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from urllib.parse import parse_qsl, urlsplit

import pytest

from common import clock
from connectors.fakes.base import Mischief
from connectors.fakes.kuaishou import FakeKuaishou, in_milliseconds
from connectors.http import send
from connectors.kwai.asking import kuaishou_error, kuaishou_sign
from connectors.platforms import platform_of
from connectors.platforms.kuaishou import Kuaishou, windows_of
from connectors.port import (
    AddressCopy,
    BadPush,
    NotThere,
    PlatformDecision,
    PlatformFault,
    ReauthorisationNeeded,
    RefundStage,
    Refusal,
    RefusalReason,
    Secret,
    SetupFault,
    Shop,
    Throttled,
    TokenExpired,
    Unreachable,
    UnreadableCopy,
    Verb,
    VerdictOutcome,
    WindowTooFull,
    WrongSetup,
)
from tests.connectors.mirrors import START, Clock, Mirror, happen, live

KUAISHOU = Kuaishou()
LIST, READ = "open.seller.order.refund.pcursor.list", "open.seller.order.refund.detail"
APPROVE, REJECT = "open.seller.order.refund.approve", "open.refund.reject"
RETURN, RECEIPT = "open.seller.order.refund.returngoods.approve", "open.seller.order.refund.confirm.receipt"
DONE, MOVED_ON, REFUSED = VerdictOutcome.DONE, VerdictOutcome.MOVED_ON, VerdictOutcome.REFUSED
BY_HAND = VerdictOutcome.BY_HAND


@pytest.fixture
def fake():
    with FakeKuaishou() as server:
        yield server


@pytest.fixture
def shop(fake):
    return shop_at(fake)


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


@pytest.mark.parametrize(
    ("method", "sign"),
    [
        ("MD5", "6005da269b372ff10945e565ef37a4c6"),
        ("HMAC_SHA256", "ZpPrG0oB1g/T93FyyVD+VCzRey41yqxZoCqcGg7upYM="),
    ],
)
def test_the_signatures_of_the_sdks_own_examples(method, sign):
    fields = {
        "access_token": "token",
        "appkey": "ks123",
        "method": "open.seller.order.list",
        "param": '{"title":"短袖"}',
        "signMethod": method,
        "timestamp": "1583271919000",
        "version": "1",
    }
    assert kuaishou_sign({**fields, "sign": "not signed itself"}, "sign-secret", method) == sign


@pytest.mark.parametrize("method", ["MD5", "HMAC_SHA256"])
def test_both_methods_are_understood_at_the_wire(fake, shop, monkeypatch, method):
    monkeypatch.setattr(Kuaishou, "sign_method", method)
    refund = fake.add(refundDesc="拍错了 & a=b+c%20 😀")
    copy = read(shop, refund)
    assert copy.description == "拍错了 & a=b+c%20 😀"
    assert decide(shop, copy, Verb.AGREE_REFUND, text="同意 & 退款+").outcome == DONE
    assert said(fake, APPROVE)["desc"] == "同意 & 退款+"


def test_it_rules_its_marketplace():
    assert isinstance(platform_of("kuaishou"), Kuaishou)


def test_a_refund_as_it_is_told(fake, shop):
    at = datetime(2026, 11, 27, 2, 0, 0, 123_000, UTC)
    refund = fake.add(at=at)
    copy = read(shop, refund)
    assert (copy.id, copy.version, copy.amount) == ("2100000000001", in_milliseconds(at), Decimal("88.05"))
    assert copy.created_at == copy.updated_at == at
    assert copy.deadline == at + timedelta(days=2)
    assert (copy.stage, copy.raw_status, copy.kind, copy.raw_kind) == (RefundStage.ASKED, "10", "refund_only", "10")
    assert (copy.order.number, copy.raw_reason, copy.reason) == ("2000000000001", "多拍/错拍/不想要", "")
    assert [(line.item_id, line.sku) for line in copy.lines] == [("700001", "红;L")]
    assert "张三丰" not in str(copy.raw)
    assert "13911112222" not in str(copy.raw)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({"status": 10}, RefundStage.ASKED),
        ({"status": 12}, RefundStage.REFUSED),
        ({"status": 20}, RefundStage.DISPUTED),
        ({"status": 22}, RefundStage.AWAITING_RETURN),
        ({"status": 30}, RefundStage.AWAITING_RETURN),
        ({"status": 40}, RefundStage.RETURNING),
        ({"status": 45}, RefundStage.RESHIPPED),
        ({"status": 50}, RefundStage.AGREED),
        ({"status": 60}, RefundStage.REFUNDED),
        ({"status": 60, "handlingWay": 3, "refundFee": 0}, RefundStage.EXCHANGED),
        ({"status": 60, "handlingWay": 3, "refundFee": 5}, RefundStage.REFUNDED),
        ({"status": 70}, RefundStage.CLOSED),
        ({"status": 88}, RefundStage.UNKNOWN),
        ({"status": "??"}, RefundStage.UNKNOWN),
    ],
)
def test_every_status_has_its_stage(fake, shop, fields, stage):
    copy = read(shop, fake.add(**fields))
    assert (copy.stage, copy.raw_status) == (stage, str(fields["status"]))
    assert (copy.deadline is None) == (fields["status"] in (60, 70, 50, 88, "??"))


@pytest.mark.parametrize(("way", "kind"), [(1, "return_and_refund"), (10, "refund_only"), (3, "exchange"), (4, "")])
def test_every_kind(fake, shop, way, kind):
    assert read(shop, fake.add(handlingWay=way)).kind == kind


@pytest.mark.parametrize("missing", ["refundId", "oid", "refundFee"])
def test_a_refund_that_lacks_what_we_need_is_left_to_a_person(fake, shop, missing):
    with pytest.raises(UnreadableCopy):
        read(shop, fake.add(**{missing: None}))


@pytest.mark.parametrize("fee", ["88.05", -1, True, "many"])
def test_an_amount_that_is_no_fen_is_never_guessed(fake, shop, fee):
    with pytest.raises(UnreadableCopy):
        read(shop, fake.add(refundFee=fee))


def test_details_in_a_wrapper_are_read_as_well(fake, shop, monkeypatch):
    refund = fake.add()
    wrapped = {"refundInfo": refund.fields, "sellerInfo": {"sellerId": 1}}
    monkeypatch.setattr(fake, "_open_seller_order_refund_detail", lambda param: wrapped)
    assert read(shop, refund).id == refund.id


def test_no_such_refund(shop):
    with pytest.raises(NotThere):
        KUAISHOU.read(shop, refund_id="1", order_number="", now=clock.now())


@pytest.mark.parametrize(("minutes", "span"), [(1440, 1440), (30, 30), (9999, 1440), (0, 15), (-1, 15)])
def test_a_setting_may_shrink_the_window(minutes, span):
    assert windows_of(minutes).span == timedelta(minutes=span)


class TestList:
    def test_by_the_time_of_the_change(self, fake, shop):
        old = fake.add(at=clock.now() - timedelta(days=80))
        assert listed(shop) == []
        fake.act("withdraw", old.id)
        assert [(row.id, row.order_number, row.version) for row in listed(shop)] == [
            (old.id, "2000000000001", old.version)
        ]
        assert said(fake, LIST) | {"beginTime": 0, "endTime": 0} == {
            "beginTime": 0,
            "endTime": 0,
            "type": 9,
            "queryType": 2,
            "sort": 2,
            "pageSize": 100,
            "currentPage": 1,
            "pcursor": "",
            "option": {"needExchange": True},
        }

    def test_refunds_that_change_while_they_are_listed_lose_none(self, fake, shop):
        clock_ = Clock()
        fake._now = clock_
        refunds = [fake.add(at=clock_.forward(timedelta(seconds=1))) for _ in range(250)]
        until = clock_.forward(timedelta(minutes=5))
        told, moved = [], []
        for page in KUAISHOU.list_changed(shop, since=START, until=until, now=until):
            told += [row.id for row in page]
            for refund in [refund for refund in refunds if refund.id in told and refund not in moved][:7]:
                moved.append(refund)
                fake.act("withdraw", refund.id, at=clock_.forward(timedelta(seconds=1)))
        assert set(told) == {refund.id for refund in refunds}
        assert len(told) == 250, "and none twice"

    @pytest.mark.parametrize("in_order", [True, False])
    def test_the_platforms_cursor_where_times_do_not_tell(self, fake, shop, monkeypatch, in_order):
        """A whole page of one millisecond, or one that isn't in order."""
        at = clock.now()
        refunds = [fake.add(at=at) for _ in range(250)]
        if not in_order:
            monkeypatch.setattr(fake, "_open_seller_order_refund_pcursor_list", unordered(fake))
        rows = listed(shop)
        assert sorted(row.id for row in rows) == sorted(refund.id for refund in refunds)
        assert said(fake, LIST)["pcursor"] == "200"

    def test_a_shrunken_window_is_halved_by_the_caller(self, fake, shop):
        fake.span_minutes = 30
        with pytest.raises(WindowTooFull):
            listed(shop)

    def test_a_row_that_cannot_be_read_is_told_as_such(self, fake, shop):
        good, bad = fake.add(), fake.add()
        bad.fields["refundId"] = None
        assert {row.id for row in listed(shop)} == {good.id, ""}


def unordered(fake):
    original = fake._open_seller_order_refund_pcursor_list
    return lambda param: original({**param, "sort": 1})


class TestDecide:
    def test_agreeing_says_what_the_agent_saw(self, fake, shop):
        refund = fake.add()
        assert decide(shop, read(shop, refund), Verb.AGREE_REFUND).outcome == DONE
        assert said(fake, APPROVE) == {
            "refundId": int(refund.id),
            "refundAmount": 8805,
            "status": 10,
            "negotiateStatus": 1,
            "refundHandingWay": 10,
        }
        assert read(shop, refund).stage == RefundStage.AGREED
        [request] = fake.calls(APPROVE)
        assert (request.method, list(request.form)) == ("POST", ["param"])

    @pytest.mark.parametrize(("act", "state"), [("withdraw", 70), ("complain", 20)])
    def test_what_changed_meanwhile_has_moved_on(self, fake, shop, act, state):
        refund = fake.add()
        copy = read(shop, refund)
        fake.misbehave(Mischief.MOVES, APPROVE, act=act, refund=refund.id)
        assert decide(shop, copy, Verb.AGREE_REFUND).outcome == MOVED_ON
        assert refund.fields["status"] == state

    def test_a_refund_that_did_not_move_is_refused_with_their_words(self, fake, shop):
        refund = fake.add()
        verdict = decide(shop, read(shop, refund), Verb.AGREE_REFUND, amount=Decimal("1.00"))
        assert (verdict.outcome, verdict.code, verdict.text) == (REFUSED, "300009", "amount")

    def test_a_state_that_does_not_allow_it(self, fake, shop):
        refund = fake.add(status=12)
        verdict = decide(shop, read(shop, refund), Verb.AGREE_REFUND)
        assert (verdict.outcome, verdict.code) == (REFUSED, "300018")

    def test_a_return_from_the_request_to_the_money(self, fake, shop):
        refund = fake.add(handlingWay=1)
        assert decide(shop, read(shop, refund), Verb.AGREE_RETURN, address_id="72").outcome == DONE
        assert said(fake, RETURN) == {"refundId": int(refund.id), "refundAmount": 8805, "addressId": 72}
        fake.act("send_back", refund.id)
        assert decide(shop, read(shop, refund), Verb.CONFIRM_RECEIPT).outcome == DONE
        assert said(fake, RECEIPT) == {"refundId": int(refund.id), "status": 40}
        paid = read(shop, refund)
        assert (paid.stage, paid.refunded_amount) == (RefundStage.REFUNDED, Decimal("88.05"))

    def test_the_freight_is_told_only_where_there_is_any(self, fake, shop):
        refund = fake.add(handlingWay=1, status=40, returnFreightInfo={"returnFreightAmount": 1200})
        assert decide(shop, read(shop, refund), Verb.CONFIRM_RECEIPT).outcome == DONE
        assert said(fake, RECEIPT)["returnFreightHandlingAdvice"] == 1
        assert said(fake, RECEIPT)["returnFreightAmount"] == 1200

    def test_an_exchange_from_the_request_to_the_new_parcel(self, fake, shop):
        refund = fake.add(handlingWay=3, refundFee=0)
        assert decide(shop, read(shop, refund), Verb.AGREE_EXCHANGE).outcome == DONE
        assert said(fake, RETURN) == {"refundId": int(refund.id), "refundAmount": 0}
        fake.act("send_back", refund.id)
        parcel = {"carrier": "SF", "tracking_number": "SF2000002"}
        assert decide(shop, read(shop, refund), Verb.RESHIP, **parcel).outcome == DONE
        sent = {"refundId": int(refund.id), "expressNo": "SF2000002", "expressCode": 4}
        assert said(fake, "open.refund.confirm.and.send") == sent
        assert read(shop, refund).stage == RefundStage.RESHIPPED

    def test_the_money_of_an_exchange(self, fake, shop):
        refund = fake.add(handlingWay=3, status=40)
        assert decide(shop, read(shop, refund), Verb.AGREE_REFUND).outcome == DONE
        assert refund.fields["status"] == 50

    def test_a_refusal_tells_the_version_and_the_reason(self, fake, shop):
        refund = fake.add()
        copy = read(shop, refund)
        assert decide(shop, copy, Verb.REFUSE, reason_code="1", text="已发货").outcome == DONE
        seen = {"refundId": int(refund.id), "refundVersion": copy.version}
        assert said(fake, REJECT) == {**seen, "reasonCode": 1, "rejectDesc": "已发货"}
        assert decide(shop, copy, Verb.REFUSE, reason_code="1", text="已发货").outcome == MOVED_ON

    def test_a_change_of_the_way_is_proposed(self, fake, shop):
        refund = fake.add()
        how = {"kind": "return_and_refund", "reason_code": "1", "text": "请退货", "address_id": "71"}
        assert decide(shop, read(shop, refund), Verb.CHANGE_REQUEST, **how).outcome == DONE
        assert said(fake, REJECT)["editHandlingWay"] == 1
        assert said(fake, REJECT)["editReturnAddressId"] == 71
        assert refund.fields["status"] == 12

    @pytest.mark.parametrize(
        ("fields", "verb", "how"),
        [
            ({}, Verb.EXTEND, {}),
            ({"handlingWay": 10}, Verb.CONFIRM_RECEIPT, {}),
            ({"handlingWay": 3, "status": 40}, Verb.CONFIRM_RECEIPT, {}),
            ({"handlingWay": 3, "status": 40}, Verb.RESHIP, {"carrier": "自送", "tracking_number": "1"}),
            ({}, Verb.CHANGE_REQUEST, {"kind": "exchange"}),
            ({}, Verb.REFUSE, {"reason_code": "2", "text": "坏了", "evidence": (("1.png", b"1"),)}),
        ],
    )
    def test_what_there_is_no_documented_call_for_is_a_persons(self, fake, shop, fields, verb, how):
        copy = read(shop, fake.add(**fields))
        before = len(fake.calls())
        assert decide(shop, copy, verb, **how).outcome == BY_HAND
        assert len(fake.calls()) == before

    def test_reasons_say_what_they_want(self, fake, shop):
        assert KUAISHOU.refusal_reasons(shop, read(shop, fake.add()), now=clock.now()) == [
            RefusalReason("1", "商品已发出", needs_text=True),
            RefusalReason("2", "影响二次销售", needs_text=True, needs_evidence=True),
        ]

    def test_addresses(self, shop):
        assert KUAISHOU.return_addresses(shop, now=clock.now()) == [
            AddressCopy("71", "李仓 13800000000 杭州市余杭区仓前路1号", True),
            AddressCopy("72", "王库 二号库"),
        ]


class TestTrouble:
    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            (Mischief.CLOSED, Unreachable),
            (Mischief.BROKEN, Unreachable),
            (Mischief.FAULT, Unreachable),
            (Mischief.GARBAGE, Unreachable),
            (Mischief.HALF, Unreachable),
            (Mischief.EMPTY, Unreachable),
            (Mischief.THROTTLED, Throttled),
            (Mischief.BUSY, PlatformFault),
            (Mischief.TOKEN_EXPIRED, TokenExpired),
            (Mischief.REVOKED, ReauthorisationNeeded),
            (Mischief.NO_PERMISSION, WrongSetup),
        ],
    )
    @pytest.mark.parametrize("call", [READ, LIST, APPROVE])
    def test_each_mischief_has_its_error(self, fake, shop, kind, error, call):
        refund = fake.add()
        copy = read(shop, refund)
        fake.misbehave(kind, call)
        ask = {READ: lambda: read(shop, refund), LIST: lambda: listed(shop)}
        with pytest.raises(error) as raised:
            ask.get(call, lambda: decide(shop, copy, Verb.AGREE_REFUND))()
        assert type(raised.value) is error
        for secret in ("sign-secret", "app-secret", "access-1"):
            assert secret not in str(raised.value)

    @pytest.mark.parametrize("kind", [Mischief.CLOSED, Mischief.FAULT, Mischief.BROKEN, Mischief.HALF])
    def test_a_decision_whose_answer_is_lost_was_done(self, fake, shop, kind):
        refund = fake.add()
        fake.misbehave(kind, APPROVE, done=True)
        with pytest.raises(Unreachable):
            decide(shop, read(shop, refund), Verb.AGREE_REFUND)
        assert read(shop, refund).stage == RefundStage.AGREED

    def test_a_slow_answer_is_an_answer(self, fake, shop):
        refund = fake.add()
        fake.misbehave(Mischief.DRIP, READ, seconds=1)
        assert read(shop, refund).id == refund.id

    def test_a_clock_that_is_off(self, fake, shop):
        fake.clock_offset = timedelta(minutes=11)
        with pytest.raises(WrongSetup) as raised:
            listed(shop)
        assert raised.value.fault == SetupFault.CLOCK_OFF

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"secrets": {Secret.APP_SECRET: "app-secret", Secret.SIGN_SECRET: "app-secret"}}, SetupFault.WRONG_SECRET),
            ({"app_key": "another"}, SetupFault.WRONG_KEY),
        ],
    )
    def test_what_is_wrong_with_the_set_up(self, shop, changes, fault):
        with pytest.raises(WrongSetup) as raised:
            listed(replace(shop, **changes))
        assert raised.value.fault == fault

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            ({"result": 21, "error_msg": "order operation reject"}, NotThere),
            ({"result": 300011, "error_msg": "REFUND ORDER NOT FOUND"}, NotThere),
            ({"result": 300012, "error_msg": "REFUND ORDER OPERATION REJECT"}, NotThere),
            ({"result": 300004, "error_msg": "SEARCH TIME RANGE EXPAND 7 DAYS"}, WindowTooFull),
            ({"result": 300019, "error_msg": "SEARCH TIME RANGE EXPAND LIMIT"}, WindowTooFull),
            ({"result": 300005, "error_msg": "CAN NOT SEARCH BEFORE 90 DAYS"}, Refusal),
            ({"result": 24, "error_msg": "AUTHORIZATION_REVOKED"}, ReauthorisationNeeded),
            ({"result": 1017, "error_msg": "[1017] exceed quota limit,[apiId:a;primaryUserId:1]"}, Throttled),
            ({"result": 9, "error_msg": "Exceed quota limit, KEY [appkey:ks1;primaryUserId:2]"}, Throttled),
            ({"result": 100200102, "error": "access_denied", "error_msg": "invalid token"}, TokenExpired),
            (
                {"result": 100200102, "error": "access_denied", "error_msg": "refreshToken.revokedAuthorization"},
                ReauthorisationNeeded,
            ),
            ({"result": 100200500, "error": "server_error", "error_msg": ""}, PlatformFault),
            ({"result": 42, "error_msg": "never heard of"}, Refusal),
            ({"result": 42}, Refusal),
            ({}, Unreachable),
        ],
    )
    def test_classes_of_errors(self, answer, error):
        assert type(kuaishou_error(answer)) is error


class TestAuthorisation:
    def test_from_the_link_to_the_tokens(self, fake, shop):
        now = clock.now()
        assert send("GET", KUAISHOU.authorise_link(shop, state="s 1", callback="http://here/back")).status == 302
        tokens = KUAISHOU.redeem(shop, code="code-2", callback="http://here/back", now=now)
        assert read(replace(shop, access_token=tokens.access_token), fake.add()).id
        assert tokens.expires_at == now + timedelta(hours=48)
        assert tokens.refresh_expires_at == now + timedelta(days=180)
        assert tokens.shop_id == fake.open_id
        with pytest.raises(Refusal):
            KUAISHOU.redeem(shop, code="code-2", callback="http://here/back", now=now)

    def test_the_documented_page(self):
        link = urlsplit(KUAISHOU.authorise_link(Shop(app_key="ks1", secrets={}), state="s", callback="http://h/"))
        assert f"{link.netloc}{link.path}" == "open.kwaixiaodian.com/oauth/authorize"
        asked = dict(parse_qsl(link.query))
        assert (asked["app_id"], asked["response_type"]) == ("ks1", "code")
        assert "merchant_refund" in asked["scope"].split(",")

    def test_a_new_refresh_token_ends_when_the_old_one_would_have(self, fake, shop):
        fake.refresh_tokens["refresh-1"] = fake.now() + timedelta(days=30, seconds=1)
        now = clock.now()
        tokens = KUAISHOU.refresh(shop, now=now)
        assert timedelta(0) <= now + timedelta(days=30, seconds=1) - tokens.refresh_expires_at < timedelta(seconds=3)
        assert read(replace(shop, access_token=tokens.access_token), fake.add()).id
        assert read(shop, fake.add()).id, "the old access token lives beside it"

    def test_a_refresh_token_is_used_once(self, shop):
        KUAISHOU.refresh(shop, now=clock.now())
        with pytest.raises(ReauthorisationNeeded) as raised:
            KUAISHOU.refresh(shop, now=clock.now())
        assert "refreshToken.discarded" in raised.value.text

    @pytest.mark.parametrize("token", ["", "unheard of"])
    def test_without_a_token_that_holds_a_person_is_needed(self, shop, token):
        with pytest.raises(ReauthorisationNeeded):
            KUAISHOU.refresh(replace(shop, refresh_token=token), now=clock.now())

    def test_the_secret_for_signing_is_not_the_one_for_authorising(self, shop):
        secrets = {Secret.APP_SECRET: "sign-secret", Secret.SIGN_SECRET: "sign-secret"}
        with pytest.raises(WrongSetup):
            KUAISHOU.refresh(replace(shop, secrets=secrets), now=clock.now())

    @pytest.mark.parametrize("kind", [Mischief.HALF, Mischief.CLOSED, Mischief.FAULT])
    def test_a_lost_answer_to_a_refresh_is_no_revocation(self, fake, shop, kind):
        fake.misbehave(kind, "oauth2.refresh_token", done=True)
        with pytest.raises(Unreachable):
            KUAISHOU.refresh(shop, now=clock.now())


class TestPush:
    def pushed(self, shop, body):
        return KUAISHOU.read_push(shop, method="POST", query={}, headers={}, body=body)

    def test_a_message_is_a_hint(self, fake, shop):
        refund = fake.add()
        hints, answer = self.pushed(shop, fake.push(fake.messages[0]).body)
        assert [(hint.refund_id, hint.order_number) for hint in hints] == [(refund.id, "2000000000001")]
        assert (answer.body, answer.content_type) == (b'{"result":1}', "application/json")
        assert self.pushed(shop, fake.push(fake.messages[0]).body)[0] == hints, "a repeated one has the same key"
        fake.act("withdraw", refund.id)
        assert self.pushed(shop, fake.push(fake.messages[1]).body)[0][0].key != hints[0].key

    def test_the_published_way_of_encrypting(self):
        """AES/CBC/PKCS5, a key in Base64, an IV of zeros: `openssl enc -aes-128-cbc` made this of {"test":true}."""
        body = b"vftmsTE4kncTlrYRCUwCMg=="
        shop = Shop(app_key="ks1", secrets={Secret.MESSAGE_KEY: b64encode(bytes(range(16))).decode()})
        assert self.pushed(shop, body) == ((), self.pushed(shop, b'{"test":true}')[1])

    def test_tests_and_heartbeats_are_acknowledged(self, fake, shop):
        for body in (b'{"test":true}', fake.sealed({"test": True}), fake.sealed({"test": True}) + b"\n"):
            hints, answer = self.pushed(shop, body)
            assert (list(hints), answer.body) == ([], b'{"result":1}')

    @pytest.mark.parametrize("wrong", ["key", "app", "garbage"])
    def test_what_is_not_theirs_or_not_ours_is_refused(self, fake, shop, wrong):
        fake.add()
        with pytest.raises(BadPush):
            self.pushed(shop, fake.push(fake.messages[0], wrong).body)

    @pytest.mark.parametrize(
        "body", [b"", b"\xff\xfe", b'{"test":true,"refundId":1}', b"AAAA", b'{"appKey":"x"}', b"A" * 10_000]
    )
    def test_anything_else_is_refused(self, shop, body):
        with pytest.raises(BadPush):
            self.pushed(shop, body)

    def test_without_a_key_nothing_is_believed(self, fake, shop):
        fake.add()
        secrets = {Secret.APP_SECRET: "a", Secret.SIGN_SECRET: "b"}
        with pytest.raises(BadPush):
            self.pushed(replace(shop, secrets=secrets), fake.push(fake.messages[0]).body)

    @pytest.mark.parametrize(
        "plain", [[], "text", {"appKey": "ks650000000000000001", "event": "kwaishop_aftersales_x"}]
    )
    def test_a_message_of_another_shape(self, fake, shop, plain):
        body = fake.sealed(plain)
        if isinstance(plain, dict):
            assert self.pushed(shop, body)[0] == ()
            return
        with pytest.raises(BadPush):
            self.pushed(shop, body)

    def test_it_says_whose_it_is_and_other_events_are_acknowledged_only(self, fake, shop):
        fake.add()
        body = fake.push(fake.messages[0]).body
        [hint] = self.pushed(replace(shop, shop_id="another"), body)[0]
        assert hint.shop_id == fake.open_id
        fake.messages[0].content["event"] = "kwaishop_order_addOrder"
        assert self.pushed(shop, fake.push(fake.messages[0]).body)[0] == ()


def test_whatever_happens_the_mirror_ends_with_the_truth():
    """500 refunds; windows are listed while rows change, copies come late, messages doubled and in any order."""
    random, now = Random(1), Clock()
    with FakeKuaishou(now=now) as fake:
        mirror = Mirror(KUAISHOU, shop_at(fake), now)
        live(fake, now, random, refunds=500, changes=150)
        late = [mirror.read(random.choice(sorted(fake.refunds))) for _ in range(40)]
        cursor = mirror.pull(
            START - timedelta(seconds=1), now.at, lambda: [happen(fake, now, random) for _ in range(25)]
        )
        for message in random.sample(fake.messages * 2, k=60):
            [hint], _answer = KUAISHOU.read_push(
                mirror.shop, method="POST", query={}, headers={}, body=fake.push(message).body
            )
            mirror.take(mirror.read(hint.refund_id))
        for copy in random.sample(late, k=len(late)):
            mirror.take(copy)
        mirror.pull(cursor, now.forward(timedelta(minutes=2)))
        truth = {
            refund.id: (refund.version, str(refund.fields["status"]), Decimal("88.05"))
            for refund in fake.refunds.values()
        }
        assert {copy.id: (copy.version, copy.raw_status, copy.amount) for copy in mirror.copies.values()} == truth
