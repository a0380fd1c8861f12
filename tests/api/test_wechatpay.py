"""The WeChat Pay adapter against a server on loopback that checks signatures and speaks the documented answers."""

from datetime import date
from decimal import Decimal
from hashlib import sha1
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import translation

from common import clock as wall
from common.actors import Actor, ActorKind
from common.errors import Invalid
from common.tenancy import system_scope
from payments import gateways
from payments.gateway_errors import gateway_error_words
from payments.gateways import gateway, usable_gateways, wechatpay
from payments.gateways.base import BadNotice, GatewayOutcome, Instruction, NoStatement, StatementLine, UnreadableNotice
from payments.inbox import process_due_notices
from payments.models import Payment
from payments.settlement import settle_batch
from payments.terms import set_payment_terms
from refunds.payouts import again_words
from tests.api.test_given_up import declined
from tests.api.test_small_payments import send
from tests.api.wechat_server import API_V3_KEY, KEY_ID, MCHID, SERIAL, WeChatServer, new_key, private_pem, public_pem
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

OPERATOR = Actor(ActorKind.OPERATOR, "test", "operator")


@pytest.fixture
def server(settings, monkeypatch):
    """WeChat Pay, and this platform configured for it."""
    monkeypatch.setattr(wechatpay, "TIMEOUTS_S", (0.3, 0.3))
    monkeypatch.setattr(gateways, "_in_use", {})
    with WeChatServer() as server:
        configuration = {
            "MCHID": MCHID,
            "APPID": "wxf636efh567hg4356",
            "CERT_SERIAL": SERIAL,
            "PRIVATE_KEY": private_pem(server.merchant_key),
            "PUBLIC_KEY_ID": KEY_ID,
            "PUBLIC_KEY": public_pem(server.own_key),
            "API_V3_KEY": API_V3_KEY,
            "NOTIFY_URL": "https://wanliu.example/gateways/wechatpay/webhook/",
            "BASE_URL": server.url,
        }
        settings.OUTSIDE = {**settings.OUTSIDE, "wechatpay": configuration}
        yield server


def instruction(**kwargs) -> Instruction:
    values = {"key": str(uuid4()), "buyer_id": "o-openid", "amount": Decimal("12.30"), "order_number": "N1", **kwargs}
    return Instruction(**values)


def pay(asked=None):
    [answer] = gateway("wechatpay").pay(asked or instruction())
    return answer


def test_a_transfer_is_signed_and_paid(server):
    asked = instruction()
    answer = pay(asked)
    assert (answer.key, answer.outcome, answer.reference) == (asked.key, GatewayOutcome.PAID, "WX0")
    [(verb, path, body)] = server.calls
    assert (verb, path) == ("POST", "/v3/fund-app/mch-transfer/transfer-bills")
    assert body["out_bill_no"] == UUID(asked.key).hex
    assert (body["transfer_amount"], body["openid"], body["transfer_remark"]) == (1230, "o-openid", "订单N1")
    assert gateway("wechatpay").look_up(asked.key) == answer


def test_a_refund_goes_back_the_way_it_was_paid(server):
    asked = instruction(is_refund=True, order_amount=Decimal("59.00"))
    assert pay(asked).outcome == GatewayOutcome.PAID
    _, path, body = server.calls[0]
    assert (path, body["out_trade_no"]) == ("/v3/refund/domestic/refunds", "N1")
    assert body["amount"] == {"refund": 1230, "total": 5900, "currency": "CNY"}
    assert gateway("wechatpay").look_up(asked.key).outcome == GatewayOutcome.PAID


@pytest.mark.parametrize("is_refund", [False, True])
@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("PROCESSING", GatewayOutcome.UNKNOWN),
        ("WAIT_USER_CONFIRM", GatewayOutcome.UNKNOWN),
        ("FAIL", GatewayOutcome.DECLINED),
        ("CANCELLED", GatewayOutcome.DECLINED),
        ("CLOSED", GatewayOutcome.DECLINED),
        ("ABNORMAL", GatewayOutcome.UNKNOWN),
    ],
)
def test_every_state(server, state, outcome, is_refund):
    server.state = state
    answer = pay(instruction(is_refund=is_refund, order_amount=Decimal("59.00")))
    assert (answer.outcome, state in answer.error) == (outcome, True)


@pytest.mark.parametrize("word", ["timeout", "redirect", "forged", "old", "500"])
def test_what_nobody_can_be_sure_of_is_unknown_and_looked_up(server, word):
    asked = instruction()
    server.script = [word]
    answer = pay(asked)
    assert (answer.outcome, "127.0.0.1" in answer.error) == (GatewayOutcome.UNKNOWN, False)
    if word == "timeout":
        with translation.override("zh-hans"):
            assert gateway_error_words(answer.error) == "未能向支付渠道查询：未及时收到答复。"
    assert gateway("wechatpay").look_up(asked.key).outcome == GatewayOutcome.PAID, "it was paid all the same"
    assert not any("elsewhere" in path for _, path, _ in server.calls), "redirects are not followed"


def test_the_same_bill_number_again_is_paid_once(server):
    asked = instruction()
    assert [pay(asked).outcome for _ in range(2)] == [GatewayOutcome.PAID, GatewayOutcome.PAID]
    assert len(server.bills) == 1


def test_a_refusal_of_a_bill_that_was_paid_before_is_not_believed(server):
    asked = instruction()
    pay(asked)
    server.script = ["INVALID_REQUEST"]
    assert pay(asked).outcome == GatewayOutcome.PAID


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("PARAM_ERROR", GatewayOutcome.DECLINED),
        ("NO_AUTH", GatewayOutcome.DECLINED),
        ("NOT_ENOUGH", GatewayOutcome.UNKNOWN),
        ("FREQUENCY_LIMIT", GatewayOutcome.UNKNOWN),
        ("SYSTEM_ERROR", GatewayOutcome.UNKNOWN),
    ],
)
def test_errors_are_final_only_where_they_say_so(server, code, outcome):
    server.script = [code]
    answer = pay()
    assert (answer.outcome, code in answer.error) == (outcome, True)


def test_nobody_listens(server):
    server.shutdown()
    server.server_close()
    assert pay().outcome == GatewayOutcome.UNKNOWN
    assert gateway("wechatpay").look_up(str(uuid4())).outcome == GatewayOutcome.UNKNOWN


def test_a_bill_that_was_never_sent_is_not_known(server):
    assert gateway("wechatpay").look_up(str(uuid4())) is None


def test_a_wrong_merchant_key_is_refused_and_nothing_is_paid(server, settings):
    wrong = {**settings.OUTSIDE["wechatpay"], "PRIVATE_KEY": private_pem(new_key())}
    settings.OUTSIDE = {**settings.OUTSIDE, "wechatpay": wrong}
    assert "SIGN_ERROR" in pay().error
    assert server.bills == {}


def resource(key, **kwargs) -> dict:
    values = {"out_bill_no": UUID(key).hex, "transfer_bill_no": "WX9", "state": "SUCCESS", "transfer_amount": 100}
    return {**values, **kwargs}


def post(server, body, **kwargs):
    headers = server.sign(body, **kwargs)
    return Client().post("/gateways/wechatpay/webhook/", body, content_type="application/json", headers=headers)


@pytest.mark.rule("K9")
def test_a_store_that_pays_through_wechat_from_request_to_notice(server):
    """Chosen by the store's setting; a transfer that waits for the buyer is settled by the notice."""
    assert usable_gateways() == ["sandbox", "wechatpay"]
    shop = make_shop("kuaishou")
    with system_scope():
        terms = {"per_payment": None, "per_order": None, "per_day": None}
        set_payment_terms(store=shop.store, gateway="wechatpay", actor=OPERATOR, now=wall.now(), **terms)
    server.state = "WAIT_USER_CONFIRM"
    order = shop.order(buyer_id="o-openid")
    payment = send(shop, order).json()["id"]
    settle_batch()
    shown = shop.merchant.get(f"payments/{payment}/").json()
    assert (shown["status"], shown["gateway"]) == ("processing", "wechatpay")
    assert post(server, server.notice(resource(payment, state="FAIL", fail_reason="ACCOUNT_FROZEN"))).status_code == 204
    process_due_notices()
    shown = shop.merchant.get(f"payments/{payment}/").json()
    assert (shown["status"], shown["last_error"]) == ("failed", "ACCOUNT_FROZEN")
    assert shop.reload(order).small_payments == 0


def test_what_one_gateway_declined_is_paid_through_another(server):
    """A failed payment changes its channel: the operator chooses another gateway, and the merchant pays again."""
    shop = make_shop("tmall")
    _refund, payment = declined(shop, method="red_packet", amount="5.00")
    with shop.scope():
        failed = Payment.objects.get(pk=payment)
        assert "is sent to sandbox" in again_words(failed)
    with system_scope():
        terms = {"per_payment": None, "per_order": None, "per_day": None}
        set_payment_terms(store=shop.store, gateway="wechatpay", actor=OPERATOR, now=wall.now(), **terms)
    with shop.scope():
        assert "goes out through wechatpay; the one that failed had sandbox" in again_words(failed)
    again = shop.merchant.post(f"payments/{payment}/retry/").json()
    settle_batch()
    shown = shop.merchant.get(f"payments/{again['id']}/").json()
    assert (shown["status"], shown["gateway"], shown["amount"]) == ("succeeded", "wechatpay", "5.00")
    assert list(server.bills) == [UUID(again["id"]).hex]


def test_notices_are_verified_and_decrypted(server):
    port, key = gateway("wechatpay"), str(uuid4())
    body = server.notice(resource(key))
    notice = port.read_notice(server.sign(body), body)
    assert (notice.key, notice.outcome, notice.amount, notice.reference) == (
        key,
        GatewayOutcome.PAID,
        Decimal("1.00"),
        "WX9",
    )
    refund = {"out_refund_no": UUID(key).hex, "refund_id": "R1", "refund_status": "SUCCESS", "amount": {"refund": 250}}
    body = server.notice(refund, event="REFUND.SUCCESS")
    assert port.read_notice(server.sign(body), body).amount == Decimal("2.50")
    body = server.notice({"out_trade_no": "N1", "trade_state": "SUCCESS"}, event="TRANSACTION.SUCCESS")
    assert port.read_notice(server.sign(body), body) is None, "a buyer's payment is no news of ours"


def test_notices_that_are_not_wechats_are_refused(server):
    key = str(uuid4())
    body = server.notice(resource(key))
    now = int(wall.now().timestamp())
    refused = [
        (server.sign(body, key=new_key()), body),
        (server.sign(body, at=now - 301), body),
        ({**server.sign(body), "Wechatpay-Serial": "PUB_KEY_ID_OTHER"}, body),
        (server.sign(body), body + b" "),
        ({}, body),
        (lambda b: (server.sign(b), b))(server.notice(resource(key), api_key="f" * 32)),
        (lambda b: (server.sign(b), b))(b"not json"),
        (lambda b: (server.sign(b), b))(b'{"id": "1"}'),
    ]
    for headers, sent in refused:
        with pytest.raises(BadNotice):
            gateway("wechatpay").read_notice(headers, sent)
    assert post(server, body, at=now - 301).status_code == 401
    assert post(server, body, at=now - 299).status_code == 204


def test_the_statement_is_read_from_the_fund_flow_bill(server):
    paid, back = uuid4(), uuid4()
    head = (
        "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
        "资金变更提交申请人,备注,业务凭证号"
    )
    rows = [
        f"`2026-11-19 10:00:00,`WX1,`F1,`商家转账,`转账,`支出,`12.30,`100.00,`system,`,`{paid.hex}",
        f"`2026-11-19 11:00:00,`WX2,`F2,`商家转账,`退款,`收入,`5.00,`105.00,`system,`,`{back.hex}",
        "`2026-11-19 12:00:00,`WX3,`F3,`交易,`交易,`收入,`59.00,`164.00,`system,`,`261101A034",
        "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额",
        "`3,`2,`64.00,`1,`12.30",
    ]
    server.fund_flow = "\n".join([head, *rows]).encode("utf-8-sig")
    assert gateway("wechatpay").statement(date(2026, 11, 19)) == [
        StatementLine(str(paid), GatewayOutcome.PAID, Decimal("12.30"), "WX1"),
        StatementLine(str(back), GatewayOutcome.RETURNED, Decimal("5.00"), "WX2"),
    ]
    assert server.calls[0][1] == "/v3/bill/fundflowbill?bill_date=2026-11-19&account_type=BASIC"


@pytest.mark.parametrize(
    ("word", "why"),
    [("elsewhere", "Unverified"), ("forged", "Unverified"), ("500", "500 SYSTEM_ERROR"), ("redirect", "Unverified")],
)
def test_no_statement_is_better_than_a_wrong_one(server, word, why):
    server.script = [word]
    with pytest.raises(NoStatement, match=why):
        gateway("wechatpay").statement(date(2026, 11, 19))


def test_what_was_announced_otherwise_is_no_bill_and_what_is_no_object_no_answer(server, monkeypatch):
    port, sent = gateway("wechatpay"), SimpleNamespace(status_code=200, content=b"[]", headers={})
    monkeypatch.setattr(port, "_send", lambda *args: sent)
    monkeypatch.setattr(port, "_is_signed", lambda *args: True)
    assert pay().outcome == GatewayOutcome.UNKNOWN
    told = {"download_url": f"{server.url}/bill", "hash_value": "0" * 40}
    monkeypatch.setattr(port, "_call", lambda *args: (200, told))
    with pytest.raises(NoStatement, match="isn't the one"):
        port.statement(date(2026, 11, 19))
    told["hash_value"], sent.status_code = sha1(b"[]").hexdigest(), 404
    with pytest.raises(NoStatement):
        port.statement(date(2026, 11, 19))
    with pytest.raises(UnreadableNotice):
        port._decrypt({"algorithm": "AEAD_AES_128_GCM"})
    body = server.notice({**resource(str(uuid4())), "transfer_amount": "100"})
    with pytest.raises(UnreadableNotice):
        gateway("wechatpay").read_notice({}, body)


def test_an_unconfigured_gateway_can_not_be_chosen(settings):
    assert usable_gateways() == ["sandbox"]
    shop = make_shop("kuaishou")
    with system_scope(), pytest.raises(Invalid):
        set_payment_terms(
            store=shop.store,
            per_payment=None,
            per_order=None,
            per_day=None,
            gateway="wechatpay",
            actor=OPERATOR,
            now=wall.now(),
        )
    with shop.scope():
        assert not Payment.objects.exists()
