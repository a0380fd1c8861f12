"""Tmall and Taote at the wire: TOP's own examples, and its fake with every mischief."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from urllib.parse import parse_qsl, urlsplit

import pytest

from common import clock
from connectors.fakes.base import Mischief
from connectors.fakes.taobao import FakeTaobao, china_time
from connectors.http import send
from connectors.platforms import platform_of
from connectors.platforms.taobao import Taobao
from connectors.port import (
    AddressCopy,
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
    WriteAuthorisationEnded,
    WrongSetup,
)
from connectors.top.asking import beijing_text, top_error, top_sign
from connectors.top.copies import top_copy
from tests.connectors.mirrors import START, Clock, Mirror, happen, live

TAOBAO = Taobao()
READ, LIST, AGREE = "taobao.refund.get", "taobao.refunds.receive.get", "taobao.rp.refunds.agree"
DONE, MOVED_ON, REFUSED = VerdictOutcome.DONE, VerdictOutcome.MOVED_ON, VerdictOutcome.REFUSED


@pytest.fixture
def fake():
    with FakeTaobao() as server:
        yield server


@pytest.fixture
def shop(fake):
    return shop_at(fake)


def shop_at(fake, **changes):
    shop = Shop(
        app_key=fake.app_key,
        secrets={Secret.APP_SECRET: fake.app_secret},
        base_url=fake.url,
        access_token="session-1",
        refresh_token="refresh-1",
        shop_id=fake.seller_id,
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


@pytest.mark.parametrize(
    ("fields", "secret", "sign"),
    [
        (
            "method=taobao.item.seller.get&app_key=12345678&session=test&timestamp=2016-01-01 12:00:00&format=json"
            "&v=2.0&sign_method=md5&fields=num_iid,title,nick,price,num&num_iid=11223344",
            "helloworld",
            {
                "md5": "66987CB115214E59E6EC978214934FB8",
                "hmac": "D56D7858309C31B6251083A874D48273",
                "hmac-sha256": "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8",
            },
        ),
        (
            "method=taobao.user.seller.get&timestamp=2013-05-06 13:52:03&format=xml&app_key=test&v=2.0&fields=nick"
            "&sign_method=md5&session=test",
            "test",
            {"md5": "72CB4D809B375A54502C09360D879C64"},
        ),
    ],
)
def test_the_published_signatures(fields, secret, sign):
    for method, expected in sign.items():
        asked = {**dict(parse_qsl(fields)), "sign_method": method, "sign": "not signed itself", "empty": ""}
        assert top_sign(asked, secret, method) == expected


def test_times_are_of_china():
    assert beijing_text(datetime(2015, 12, 31, 20, 0, tzinfo=UTC)) == "2016-01-01 04:00:00"


def test_it_rules_both_marketplaces():
    assert isinstance(platform_of("tmall"), Taobao)
    assert isinstance(platform_of("taote"), Taobao)


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
def test_every_method_is_understood_at_the_wire(fake, shop, monkeypatch, method):
    refund = fake.add(desc="拍错了 & a=b+c%20 \n 😀")
    monkeypatch.setattr(Taobao, "sign_method", method)
    assert read(shop, refund).description == "拍错了 & a=b+c%20 \n 😀"
    assert fake.calls(READ)[0].form["sign_method"] == method


def test_a_refund_as_it_is_told(fake, shop):
    refund = fake.add(refund_fee="88.05", at=datetime(2026, 11, 27, 2, 0, 0, 900_000, UTC))
    copy = read(shop, refund)
    assert (copy.id, copy.version, copy.amount) == (refund.id, refund.version, Decimal("88.05"))
    assert copy.created_at == copy.updated_at == datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
    assert copy.deadline == datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
    assert (copy.stage, copy.raw_status) == (RefundStage.ASKED, "WAIT_SELLER_AGREE")
    assert (copy.kind, copy.raw_kind, copy.reason, copy.raw_reason) == ("refund_only", "REFUND", "", "不想要了")
    assert (copy.order.number, copy.order.buyer_id, copy.order.buyer_name) == ("80000000001", "AAH00001", "t**1")
    assert (copy.order.paid_amount, copy.order.is_shipped) == (Decimal("188.50"), True)
    assert [(line.item_id, line.quantity, line.unit_price) for line in copy.lines] == [("600001", 1, Decimal("188.50"))]
    assert copy.refunded_amount is None
    assert "张三丰" not in str(copy.raw)
    assert "13911112222" not in str(copy.raw)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({"status": "WAIT_SELLER_AGREE"}, RefundStage.ASKED),
        ({"status": "WAIT_SELLER_CONFIRM_RETURN_ADDRESS"}, RefundStage.ASKED),
        ({"status": "WAIT_BUYER_RETURN_GOODS"}, RefundStage.AWAITING_RETURN),
        ({"status": "WAIT_SELLER_CONFIRM_GOODS"}, RefundStage.RETURNING),
        ({"status": "SELLER_REFUSE_BUYER"}, RefundStage.REFUSED),
        ({"status": "CLOSED"}, RefundStage.CLOSED),
        ({"status": "SUCCESS"}, RefundStage.REFUNDED),
        ({"status": "SUCCESS", "dispute_type": "TMALL_EXCHANGE"}, RefundStage.EXCHANGED),
        ({"status": "WAIT_SELLER_CONSIGN_GOODS"}, RefundStage.TO_RESHIP),
        ({"status": "WAIT_SELLER_CONSIGN_GOOGDS"}, RefundStage.TO_RESHIP),
        ({"status": "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS"}, RefundStage.RESHIPPED),
        ({"status": "WAIT_SELLER_AGREE", "cs_status": 3}, RefundStage.DISPUTED),
        ({"status": "WAIT_SELLER_AGREE", "cs_status": 6}, RefundStage.ASKED),
        ({"status": "SUCCESS", "cs_status": 3}, RefundStage.REFUNDED),
        ({"status": "EXCHANGE_TRANSFORM_TO_REFUND"}, RefundStage.UNKNOWN),
        ({"status": "POST_FEE_DISPUTE_WAIT_ACTIVATE"}, RefundStage.UNKNOWN),
        ({"status": "NEVER_HEARD_OF"}, RefundStage.UNKNOWN),
        ({"status": None}, RefundStage.UNKNOWN),
    ],
)
def test_every_status_has_its_stage(fake, shop, fields, stage):
    copy = read(shop, fake.add(**fields))
    assert (copy.stage, copy.raw_status) == (stage, fields["status"] or "")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"dispute_type": "REFUND_AND_RETURN"}, "return_and_refund"),
        ({"dispute_type": "TAOBAO_EXCHANGE"}, "exchange"),
        ({"dispute_type": "REPAIR"}, ""),
        ({"dispute_type": "", "has_good_return": True}, "return_and_refund"),
        ({"dispute_type": "", "has_good_return": "false"}, "refund_only"),
    ],
)
def test_every_kind(fake, shop, fields, kind):
    assert read(shop, fake.add(**fields)).kind == kind


@pytest.mark.parametrize("missing", ["refund_id", "tid", "refund_fee"])
def test_a_refund_that_lacks_what_we_need_is_left_to_a_person(fake, shop, missing):
    with pytest.raises(UnreadableCopy):
        read(shop, fake.add(**{missing: ""}))


@pytest.mark.parametrize("fee", ["12.345", "1e3", "-1", True, "９.00", "1_0", "NaN", "99999999999.00", "100000000.00"])
def test_an_amount_that_is_none_is_never_guessed(fake, shop, fee):
    with pytest.raises(UnreadableCopy):
        read(shop, fake.add(refund_fee=fee))


def test_without_a_version_the_time_of_the_change_orders_copies():
    row = {"refund_id": "1", "tid": "2", "refund_fee": "1.00", "status": "CLOSED", "modified": "2026-11-27 10:00:01"}
    assert top_copy(row).version == int(datetime(2026, 11, 27, 2, 0, 1, tzinfo=UTC).timestamp() * 1000)


def test_no_such_refund(fake, shop, monkeypatch):
    monkeypatch.setattr(fake, "_taobao_refund_get", lambda fields, files: {})
    with pytest.raises(NotThere):
        TAOBAO.read(shop, refund_id="1", order_number="", now=clock.now())


class TestList:
    def test_one_page(self, fake, shop):
        refunds = [fake.add() for _ in range(3)]
        assert {(row.id, row.version) for row in listed(shop)} == {(each.id, each.version) for each in refunds}
        [call] = fake.calls(LIST)
        assert call.form["use_has_next"] == "true"
        assert "status" not in call.form

    def test_nothing(self, shop):
        assert listed(shop) == []

    def test_an_old_refund_that_changes_is_listed(self, fake, shop):
        old = fake.add(at=clock.now() - timedelta(days=80))
        assert listed(shop) == []
        fake.act("withdraw", old.id)
        assert [row.id for row in listed(shop)] == [old.id]

    def test_refunds_that_change_while_they_are_listed_lose_none(self, fake, shop):
        """Each leaves the window, and so moves another over the edge of a page."""
        clock_ = Clock()
        fake._now = clock_
        refunds = [fake.add(at=clock_.forward(timedelta(seconds=1))) for _ in range(250)]
        until = clock_.forward(timedelta(minutes=5))
        pages = TAOBAO.list_changed(shop, since=START, until=until, now=until)
        told, moved = [], []
        for page in pages:
            told += [row.id for row in page]
            for refund in [refund for refund in refunds if refund.id in told and refund not in moved][:7]:
                moved.append(refund)
                fake.act("withdraw", refund.id, at=clock_.forward(timedelta(seconds=1)))
        assert set(told) == {refund.id for refund in refunds}
        assert len(told) == 250, "and none twice"
        assert [request.form["page_no"] for request in fake.calls(LIST)] == ["1", "2", "3", "2", "1"]

    def test_a_row_that_cannot_be_read_is_told_as_such(self, fake, shop):
        good, bad = fake.add(), fake.add()
        bad.fields["refund_id"] = None
        assert {row.id for row in listed(shop)} == {good.id, ""}


class TestDecide:
    def test_agreeing_pays_in_fen_with_the_version_that_was_seen(self, fake, shop):
        refund = fake.add(refund_fee="88.10")
        copy = read(shop, refund)
        assert decide(shop, copy, Verb.AGREE_REFUND).outcome == DONE
        assert fake.calls(AGREE)[0].form["refund_infos"] == f"{refund.id}|8810|{copy.version}|aftersale"
        paid = read(shop, refund)
        assert (paid.stage, paid.refunded_amount, paid.deadline) == (RefundStage.REFUNDED, Decimal("88.10"), None)

    def test_taobao_has_no_phase(self, fake, shop):
        fake.phase = ""
        refund = fake.add()
        assert decide(shop, read(shop, refund), Verb.AGREE_REFUND).outcome == DONE
        assert fake.calls(AGREE)[0].form["refund_infos"] == f"{refund.id}|8800|{refund.history[0][1]['refund_version']}"

    def test_the_same_call_pays_out_once_the_goods_came_back(self, fake, shop):
        refund = fake.act("send_back", fake.add(dispute_type="REFUND_AND_RETURN").id)
        copy = read(shop, refund)
        assert (copy.return_carrier, copy.return_tracking_number) == ("顺丰速运", "SF1000001")
        assert decide(shop, copy, Verb.CONFIRM_RECEIPT).outcome == DONE
        assert refund.fields["status"] == "SUCCESS"

    def test_what_changed_meanwhile_has_moved_on(self, fake, shop):
        refund = fake.add()
        copy = read(shop, refund)
        fake.misbehave(Mischief.MOVES, AGREE, act="withdraw", refund=refund.id)
        assert decide(shop, copy, Verb.AGREE_REFUND).outcome == MOVED_ON
        assert refund.fields["status"] == "CLOSED"

    def test_a_refund_that_did_not_move_is_refused_with_their_words(self, fake, shop):
        fake.is_sub_account = False
        verdict = decide(shop, read(shop, fake.add()), Verb.AGREE_REFUND)
        assert (verdict.outcome, verdict.text) == (REFUSED, "只允许子账号操作")
        assert verdict.code == "15 isv.fake-only-sub-account"

    def test_a_success_of_others_is_none_of_ours(self, fake, shop, monkeypatch):
        refund = fake.add()
        others = {"refund_mapping_result": [{"refund_id": "1", "succ": True}]}
        said = {"succ": True, "msg_code": "SOME_OP_SUCC", "results": others}
        monkeypatch.setattr(fake, "_taobao_rp_refunds_agree", lambda fields, files: said)
        with pytest.raises(Unreachable):
            decide(shop, read(shop, refund), Verb.AGREE_REFUND)
        others["refund_mapping_result"].append({"refund_id": refund.id, "succ": False, "message": "余额不足"})
        assert decide(shop, read(shop, refund), Verb.AGREE_REFUND).text == "余额不足"
        said["results"] = others["refund_mapping_result"]
        assert decide(shop, read(shop, refund), Verb.AGREE_REFUND).outcome == REFUSED

    def test_a_large_amount_wants_the_code_of_the_sellers_phone(self, fake, shop):
        fake.sms_above = 50
        copy = read(shop, fake.add())
        assert decide(shop, copy, Verb.AGREE_REFUND).outcome == VerdictOutcome.CODE_WANTED
        assert decide(shop, copy, Verb.AGREE_REFUND, code="111111").outcome == VerdictOutcome.CODE_WANTED
        assert decide(shop, copy, Verb.AGREE_REFUND, code="246810").outcome == DONE

    @pytest.mark.parametrize("phase", ["aftersale", ""])
    def test_agreeing_to_a_return_names_the_address(self, fake, shop, phase):
        fake.phase = phase
        refund = fake.add(dispute_type="REFUND_AND_RETURN")
        assert decide(shop, read(shop, refund), Verb.AGREE_RETURN, address_id="71").outcome == DONE
        assert refund.fields["status"] == "WAIT_BUYER_RETURN_GOODS"
        form = fake.calls("taobao.rp.returngoods.agree")[0].form
        assert (form["seller_address_id"], form["remark"]) == ("71", "请将商品寄到此地址。")
        assert form.get("address") == (None if phase else "浙江省杭州市余杭区仓前路1号")

    def test_refusing_sends_the_proof_beside_the_signed_fields(self, fake, shop):
        refund = fake.add()
        proof = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 30
        how = {"reason_code": "901", "text": "已发货，请查收", "evidence": (("发货单.png", proof),)}
        assert decide(shop, read(shop, refund), Verb.REFUSE, **how).outcome == DONE
        assert refund.fields["status"] == "SELLER_REFUSE_BUYER"
        [request] = fake.calls("taobao.refund.refuse")
        assert proof in request.body

    def test_tmall_refuses_without_a_proof(self, fake, shop):
        verdict = decide(shop, read(shop, fake.add()), Verb.REFUSE, reason_code="901", text="已发货")
        assert (verdict.outcome, verdict.text) == (REFUSED, "refuse_proof")

    def test_refusing_what_came_back_is_tmalls(self, fake, shop):
        refund = fake.act("send_back", fake.add().id)
        how = {"reason_code": "902", "evidence": (("1.png", b"\x89PNG"),)}
        assert decide(shop, read(shop, refund), Verb.REFUSE_RECEIPT, **how).outcome == DONE
        fake.phase = ""
        taobaos = fake.add(status="WAIT_SELLER_CONFIRM_GOODS")
        assert decide(shop, read(shop, taobaos), Verb.REFUSE_RECEIPT, **how).outcome == VerdictOutcome.BY_HAND

    def test_an_exchange_from_the_request_to_the_new_parcel(self, fake, shop):
        refund = fake.add(dispute_type="TMALL_EXCHANGE")
        assert decide(shop, read(shop, refund), Verb.AGREE_EXCHANGE, address_id="71").outcome == DONE
        fake.act("send_back", refund.id)
        assert decide(shop, read(shop, refund), Verb.CONFIRM_RECEIPT).outcome == DONE
        assert read(shop, refund).stage == RefundStage.TO_RESHIP
        parcel = {"carrier": "SF", "tracking_number": "SF2000002"}
        assert decide(shop, read(shop, refund), Verb.RESHIP, **parcel).outcome == DONE
        [sent] = fake.calls("tmall.exchange.consigngoods")
        assert (sent.form["logistics_company_name"], sent.form["logistics_type"]) == ("顺丰速运", "200")
        copy = read(shop, refund)
        assert copy.stage == RefundStage.RESHIPPED
        assert decide(shop, copy, Verb.RESHIP, **parcel).outcome == REFUSED

    def test_an_exchange_is_refused_with_its_own_reasons(self, fake, shop):
        refund = fake.add(dispute_type="TMALL_EXCHANGE")
        copy = read(shop, refund)
        assert TAOBAO.refusal_reasons(shop, copy, now=clock.now()) == [RefusalReason("901", "商品已发出")]
        assert decide(shop, copy, Verb.REFUSE, reason_code="901", text="无货").outcome == DONE

    @pytest.mark.parametrize(
        ("fields", "verb"),
        [
            ({"operation_contraint": "refund_onweb"}, Verb.AGREE_REFUND),
            ({"dispute_type": "TAOBAO_EXCHANGE"}, Verb.AGREE_EXCHANGE),
            ({}, Verb.EXTEND),
            ({}, Verb.RESHIP),
        ],
    )
    def test_what_there_is_no_call_for_is_a_persons(self, fake, shop, fields, verb):
        copy = read(shop, fake.add(**fields))
        before = len(fake.calls())
        assert decide(shop, copy, verb).outcome == VerdictOutcome.BY_HAND
        assert len(fake.calls()) == before

    def test_what_the_platform_says_is_not_possible(self, fake, shop):
        copy = read(shop, fake.add(operation_contraint="cannot_refuse"))
        assert copy.refused == {Verb.REFUSE, Verb.REFUSE_RECEIPT}

    def test_reasons_want_words_and_a_proof(self, fake, shop):
        reasons = TAOBAO.refusal_reasons(shop, read(shop, fake.add()), now=clock.now())
        assert reasons == [
            RefusalReason("901", "商品已发出", True, True),
            RefusalReason("902", "影响二次销售", True, True),
        ]
        fake.phase = ""
        assert TAOBAO.refusal_reasons(shop, read(shop, fake.add()), now=clock.now()) == ()

    def test_addresses(self, shop):
        assert TAOBAO.return_addresses(shop, now=clock.now()) == [
            AddressCopy("71", "李仓 13800000000 浙江省 杭州市 余杭区 仓前路1号", True),
            AddressCopy("72", "王库 二号库"),
        ]


class TestTrouble:
    @pytest.mark.parametrize(
        ("kind", "how", "error"),
        [
            (Mischief.CLOSED, {}, Unreachable),
            (Mischief.BROKEN, {}, Unreachable),
            (Mischief.FAULT, {}, Unreachable),
            (Mischief.GARBAGE, {}, Unreachable),
            (Mischief.HALF, {}, Unreachable),
            (Mischief.EMPTY, {}, Unreachable),
            (Mischief.THROTTLED, {"seconds": 37}, Throttled),
            (Mischief.BUSY, {}, PlatformFault),
            (Mischief.TOKEN_EXPIRED, {}, TokenExpired),
            (Mischief.REVOKED, {}, WriteAuthorisationEnded),
            (Mischief.NO_PERMISSION, {}, WrongSetup),
        ],
    )
    @pytest.mark.parametrize("call", [READ, LIST, AGREE])
    def test_each_mischief_has_its_error(self, fake, shop, kind, how, error, call):
        refund = fake.add()
        copy = read(shop, refund)
        fake.misbehave(kind, call, **how)
        ask = {READ: lambda: read(shop, refund), LIST: lambda: listed(shop)}
        with pytest.raises(error) as raised:
            ask.get(call, lambda: decide(shop, copy, Verb.AGREE_REFUND))()
        assert type(raised.value) is error
        if error is Throttled:
            assert raised.value.seconds == 37
        assert "helloworld" not in str(raised.value)
        assert "session-1" not in str(raised.value)

    @pytest.mark.parametrize("kind", [Mischief.CLOSED, Mischief.FAULT, Mischief.BROKEN, Mischief.HALF])
    def test_a_decision_whose_answer_is_lost_was_done(self, fake, shop, kind):
        refund = fake.add()
        fake.misbehave(kind, AGREE, done=True)
        with pytest.raises(Unreachable):
            decide(shop, read(shop, refund), Verb.AGREE_REFUND)
        assert read(shop, refund).stage == RefundStage.REFUNDED

    def test_a_slow_answer_is_an_answer(self, fake, shop):
        refund = fake.add()
        fake.misbehave(Mischief.DRIP, READ, seconds=1)
        assert read(shop, refund).id == refund.id

    @pytest.mark.parametrize(("minutes", "is_off"), [(-11, True), (11, True), (9, False), (-9, False)])
    def test_a_clock_that_is_off_by_more_than_ten_minutes(self, fake, shop, minutes, is_off):
        refund = fake.add()
        fake.clock_offset = timedelta(minutes=minutes)
        if not is_off:
            assert read(shop, refund).id == refund.id
            return
        with pytest.raises(WrongSetup) as raised:
            read(shop, refund)
        assert raised.value.fault == SetupFault.CLOCK_OFF

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"secrets": {Secret.APP_SECRET: "another"}}, SetupFault.WRONG_SECRET),
            ({"app_key": "another"}, SetupFault.WRONG_KEY),
        ],
    )
    def test_what_is_wrong_with_the_set_up(self, fake, shop, changes, fault):
        with pytest.raises(WrongSetup) as raised:
            listed(replace(shop, **changes))
        assert raised.value.fault == fault

    @pytest.mark.parametrize(
        ("code", "sub_code", "error"),
        [
            (7, "", Throttled),
            (15, "isp.call-limited", Throttled),
            (15, "isp.system-busy", PlatformFault),
            (15, "", PlatformFault),
            (15, "isv.trade-not-exist", Refusal),
            (12, "isv.permission-ip-whitelist-limit", WrongSetup),
            (13, "", WrongSetup),
            (26, "", TokenExpired),
            (27, "", TokenExpired),
            (40, "isv.missing-parameter", Refusal),
            (41, "", Refusal),
            (53, "isv.w2-security-authorize-invalid", WriteAuthorisationEnded),
            (22, "", Refusal),
            ("what?", "", Refusal),
        ],
    )
    def test_classes_of_errors(self, code, sub_code, error):
        assert type(top_error({"code": code, "msg": "m", "sub_code": sub_code})) is error

    @pytest.mark.parametrize("path", ["", "/", "/router/rest", "/router/rest/"])
    def test_the_address_may_name_the_path(self, fake, shop, path):
        assert read(replace(shop, base_url=fake.url + path), fake.add()).id


class TestAuthorisation:
    def test_from_the_link_to_the_tokens(self, fake, shop):
        now = clock.now()
        link = TAOBAO.authorise_link(shop, state="s 1", callback="http://here/back")
        answer = send("GET", link)
        assert answer.status == 302
        tokens = TAOBAO.redeem(shop, code="code-2", callback="http://here/back", now=now)
        assert read(replace(shop, access_token=tokens.access_token), fake.add()).id
        assert (tokens.shop_id, tokens.shop_name) == (fake.seller_id, "挽留旗舰店")
        assert tokens.expires_at == now + timedelta(days=1)
        assert tokens.refresh_expires_at == now + timedelta(days=30)
        assert tokens.write_expires_at == now + timedelta(minutes=30)
        with pytest.raises(Refusal):
            TAOBAO.redeem(shop, code="code-2", callback="http://here/back", now=now)

    def test_the_documented_page(self):
        shop = Shop(app_key="1", secrets={})
        link = urlsplit(TAOBAO.authorise_link(shop, state="s", callback="http://h/"))
        assert f"{link.scheme}://{link.netloc}{link.path}" == "https://oauth.taobao.com/authorize"
        assert dict(parse_qsl(link.query))["client_id"] == "1"

    def test_a_refresh_token_is_used_once(self, fake, shop):
        tokens = TAOBAO.refresh(shop, now=clock.now())
        assert read(replace(shop, access_token=tokens.access_token), fake.add()).id
        with pytest.raises(ReauthorisationNeeded):
            TAOBAO.refresh(shop, now=clock.now())
        assert TAOBAO.refresh(replace(shop, refresh_token=tokens.refresh_token), now=clock.now()).refresh_token

    def test_a_merchants_own_application_cannot_refresh(self, fake, shop):
        fake.can_refresh = False
        with pytest.raises(ReauthorisationNeeded):
            TAOBAO.refresh(shop, now=clock.now())
        tokens = TAOBAO.redeem(shop, code="code-1", callback="http://here/", now=clock.now())
        assert (tokens.refresh_token, tokens.refresh_expires_at) == ("", None)
        before = len(fake.calls())
        with pytest.raises(ReauthorisationNeeded):
            TAOBAO.refresh(replace(shop, refresh_token=""), now=clock.now())
        assert len(fake.calls()) == before

    def test_a_session_ends(self, fake, shop):
        fake.sessions["session-1"] = clock.now() - timedelta(seconds=1)
        with pytest.raises(TokenExpired):
            listed(shop)

    @pytest.mark.parametrize("kind", [Mischief.HALF, Mischief.CLOSED])
    def test_a_lost_answer_to_a_refresh_is_no_revocation(self, fake, shop, kind):
        fake.misbehave(kind, "taobao.top.auth.token.refresh", done=True)
        with pytest.raises(Unreachable):
            TAOBAO.refresh(shop, now=clock.now())


class TestMessages:
    def test_they_come_until_they_are_confirmed(self, fake, shop):
        refund = fake.add()
        fake.act("withdraw", refund.id)
        first = TAOBAO.fetch_messages(shop, now=clock.now())
        assert [(hint.refund_id, hint.order_number) for hint in first] == [(refund.id, "80000000001")] * 2
        assert TAOBAO.fetch_messages(shop, now=clock.now()) == first
        TAOBAO.confirm_messages(shop, [first[0].message_id], now=clock.now())
        assert TAOBAO.fetch_messages(shop, now=clock.now()) == first[1:]
        TAOBAO.confirm_messages(shop, [hint.message_id for hint in first], now=clock.now())
        assert TAOBAO.fetch_messages(shop, now=clock.now()) == []

    def test_many_are_confirmed_in_calls_of_200(self, fake, shop):
        for _ in range(450):
            fake.add()
        TAOBAO.confirm_messages(shop, [message.id for message in fake.messages], now=clock.now())
        assert len(fake.confirmed) == 450
        assert len(fake.calls("taobao.tmc.messages.confirm")) == 3

    def test_another_shops_are_told_apart_and_other_topics_are_done_with(self, fake, shop):
        for _ in range(3):
            fake.add()
        theirs, trade, ours = fake.messages
        theirs.content["user_id"] = "1"
        trade.content["topic"] = "taobao_trade_TradeBuyerPay"
        told = TAOBAO.fetch_messages(shop, now=clock.now())
        assert [(hint.message_id, hint.shop_id) for hint in told] == [(theirs.id, "1"), (ours.id, fake.seller_id)]
        assert fake.confirmed == {trade.id}


def test_whatever_happens_the_mirror_ends_with_the_truth():
    """500 refunds; windows are listed while rows change, copies come late, messages doubled and in any order."""
    random, now = Random(1), Clock()
    with FakeTaobao(now=now) as fake:
        mirror = Mirror(TAOBAO, shop_at(fake), now)
        live(fake, now, random, refunds=500, changes=150)
        late = [mirror.read(random.choice(sorted(fake.refunds))) for _ in range(40)]
        cursor = mirror.pull(
            START - timedelta(seconds=1), now.at, lambda: [happen(fake, now, random) for _ in range(25)]
        )
        hints = TAOBAO.fetch_messages(mirror.shop, now=now()) * 2
        for hint in random.sample(hints, k=60):
            mirror.take(mirror.read(hint.refund_id))
        for copy in random.sample(late, k=len(late)):
            mirror.take(copy)
        mirror.pull(cursor, now.forward(timedelta(minutes=2)))
        truth = {
            refund.id: (refund.version, refund.fields["status"], Decimal(refund.fields["refund_fee"]))
            for refund in fake.refunds.values()
        }
        read = {copy.id: (copy.version, copy.raw_status, copy.amount) for copy in mirror.copies.values()}
        assert read == truth
        assert all(
            china_time(copy.updated_at) == fake.refunds[copy.id].fields["modified"] for copy in mirror.copies.values()
        )
