"""WeChat Shop as it is documented: its token, lists of ids, seconds left, states, decisions, encrypted pushes."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from urllib.parse import parse_qsl

import pytest

from connectors.fakes.base import Mischief, Reply
from connectors.port import (
    BadPush,
    NotThere,
    RefundStage,
    Secret,
    SetupFault,
    Throttled,
    TokenExpired,
    Unreachable,
    Verb,
    VerdictOutcome,
    WindowTooFull,
    WrongSetup,
)
from connectors.weixin.copies import STAGES
from connectors.weixin.pushes import decrypt, signature
from tests.connectors.shops import LIST, tried
from tests.world import NOON

# The platform's own example of an encrypted push, and of an encrypted reply.
TOKEN, AES_KEY, APP_ID, NONCE = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9", "415670741"
PUSHED_AT, PUSHED_SIGN = "1714112445", "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsX"
    "UnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajA"
    "sjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
DAY = timedelta(days=1)


@pytest.fixture
def wechat(clock):
    """A shop at the fake."""
    wechat = tried("wechat_shop")
    with wechat.fake:
        yield wechat


def pushed(wechat, push, method="POST", shop=None, **query):
    """What our side makes of a push."""
    told = dict(parse_qsl(push.query)) | query if push else query
    body = push.body if push else b""
    return wechat.platform.read_push(shop or wechat.shop, method=method, query=told, headers={}, body=body)


def test_the_official_vectors():
    assert signature(["AAAAA", "1714036504", "1514711492"]) == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert signature([TOKEN, PUSHED_AT, NONCE, PUSHED]) == PUSHED_SIGN
    assert signature([TOKEN, "1713424427", NONCE, REPLY]) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    message = decrypt(PUSHED, AES_KEY, APP_ID)
    assert len(message) == 167
    assert json.loads(message)["debug_str"] == "hello world"
    assert json.loads(decrypt(REPLY, AES_KEY, APP_ID)) == {"demo_resp": "good luck"}


def test_the_official_push_is_taken_and_tells_of_no_refund(wechat):
    query = {"signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d", "timestamp": PUSHED_AT, "nonce": NONCE}
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": PUSHED}).encode()
    taken = {"method": "POST", "headers": {}, "body": body}
    hints, answer = wechat.platform.read_push(wechat.shop, query=query | {"msg_signature": PUSHED_SIGN}, **taken)
    assert (hints, answer.body) == ((), b"success")
    with pytest.raises(BadPush, match="signature"):  # what is right for messages in plain text is wrong here
        wechat.platform.read_push(wechat.shop, query=query | {"msg_signature": query["signature"]}, **taken)


def test_the_address_is_checked(wechat):
    query = {"timestamp": "1714036504", "nonce": "1514711492", "echostr": "4375120948345356249"}
    right = "f464b24fc39322e44b38aa78f5edd27bd1441696"
    hints, answer = pushed(wechat, None, "GET", signature=right, **query)
    assert (hints, answer.body, answer.content_type) == ((), b"4375120948345356249", "text/plain")
    with pytest.raises(BadPush):
        pushed(wechat, None, "GET", signature=right[::-1], **query)
    with pytest.raises(BadPush):
        pushed(wechat, None, "GET", replace(wechat.shop, secrets={}), signature=right, **query)


def test_a_push_is_a_hint_with_the_same_key_when_it_is_repeated(wechat, clock):
    refund = wechat.fake.add()
    (message,) = wechat.fake.messages
    first, again = (pushed(wechat, wechat.fake.push(message))[0] for _ in range(2))
    assert first == again, "although no two of them are encrypted alike"
    assert (first[0].refund_id, first[0].order_number) == (refund.id, "3700000000000001")
    assert first[0].key == f"{refund.id}:MERCHANT_PROCESSING:{int(NOON.timestamp())}"
    clock.move(seconds=1)
    wechat.fake.change(refund.id, reason_text="少件")
    assert pushed(wechat, wechat.fake.push(wechat.fake.messages[1]))[0][0].key != first[0].key
    told = {"complaint_id": "9", "complaint_status": 100, "after_sale_order_id": refund.id, "order_id": "37"}
    event = {"Event": "channels_ec_complaint_update", "CreateTime": 5, "finder_shop_complaint": told}
    (hint,) = pushed(wechat, wechat.fake.encrypted(json.dumps(event).encode()))[0]
    assert hint.refund_id == refund.id


@pytest.mark.parametrize("wrong", ["signature", "key", "appid"])
def test_a_push_of_somebody_else_is_none(wechat, wrong):
    wechat.fake.add()
    with pytest.raises(BadPush):
        pushed(wechat, wechat.fake.push(wechat.fake.messages[0], wrong))


@pytest.mark.parametrize(
    "plain", [b"", b"[]", b"no json", b'{"Event": 5}', b'{"Event": "channels_ec_aftersale_update"}']
)
def test_a_push_that_cannot_be_read_is_none_and_one_about_nothing_is_answered(wechat, plain):
    push = wechat.fake.encrypted(plain)
    if plain.startswith(b"{"):
        assert pushed(wechat, push)[0] == ()
    else:
        with pytest.raises(BadPush):
            pushed(wechat, push)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<xml/>", b'{"Encrypt": 5}', b"[" * 100_000, b"\xff"])
def test_any_bytes_may_be_pushed(wechat, body):
    for sealed in (body, b'{"Encrypt": "QUJD"}'):
        parts = [TOKEN, "1", "2", "QUJD" if sealed != body else ""]
        with pytest.raises(BadPush):
            wechat.platform.read_push(
                wechat.shop,
                method="POST",
                query={"timestamp": "1", "nonce": "2", "msg_signature": signature(parts)},
                headers={},
                body=sealed,
            )


def test_a_refund_in_our_units(wechat, clock):
    refund = wechat.fake.add(type="RETURN")
    clock.move(hours=1)
    (row,) = wechat.list(NOON - timedelta(hours=1), NOON)
    assert (row.id, row.order_number, row.version, row.copy) == (refund.id, "", 0, None), "a list tells ids only"
    copy = wechat.read(refund.id)
    assert (copy.amount, copy.refunded_amount, copy.kind, copy.stage) == (
        Decimal("29.90"),
        None,
        "return_and_refund",
        RefundStage.ASKED,
    )
    assert copy.deadline == NOON + timedelta(days=2), "seconds left, from the instant of the call"
    assert (copy.version, copy.created_at, copy.updated_at) == (int(NOON.timestamp()), NOON, NOON)
    assert (copy.reason, copy.raw_reason) == ("quality", "质量问题")
    assert (copy.order.number, copy.order.buyer_id) == ("3700000000000001", "oUpF8uMuAJO_M2pxb1Q9zNjWeS61")
    assert [(line.item_id, line.sku, line.quantity) for line in copy.lines] == [("950051", "1", 1)]
    assert "virtual_tel_num_info" not in copy.raw


def test_a_refund_that_nobody_changed_reads_the_same_an_hour_later(wechat, clock):
    refund = wechat.fake.add()
    before = wechat.read(refund.id)
    clock.move(hours=1)
    assert wechat.read(refund.id) == before
    wechat.fake.act("withdraw", refund.id)
    assert wechat.read(refund.id).deadline is None


@pytest.mark.parametrize("status", [*STAGES, "USER_WAIT_CONFIRM", "MERCHANT_OVERDUE_REFUND", "SOMETHING_NEW"])
def test_each_status_means_what_is_documented_and_others_nothing(wechat, status):
    refund = wechat.fake.add(status=status)
    copy = wechat.read(refund.id)
    assert copy.stage == STAGES.get(status, RefundStage.UNKNOWN)
    assert copy.raw_status == status
    assert (copy.refunded_amount is not None) == (copy.stage == RefundStage.REFUNDED)


def test_a_list_goes_on_by_its_key_and_by_update_time(wechat):
    ids = {wechat.fake.add(create_time=1).id for _ in range(45)}
    assert {row.id for row in wechat.list(NOON - DAY, NOON)} == ids
    asked = [json.loads(request.body) for request in wechat.fake.calls(LIST["wechat_shop"])]
    assert [sorted(each) for each in asked] == [
        ["begin_update_time", "end_update_time"],
        *[["begin_update_time", "end_update_time", "next_key"]] * 2,
    ]


def test_a_longer_window_asks_for_a_shorter_one(wechat):
    assert wechat.list(NOON - wechat.platform.windows.span, NOON) == []
    with pytest.raises(WindowTooFull):
        wechat.list(NOON - DAY - timedelta(seconds=1), NOON)


@pytest.mark.parametrize("told", [{"has_more": True}, {"has_more": True, "next_key": "a"}, {"has_more": 1}])
def test_a_list_without_an_end_is_given_up(wechat, monkeypatch, told):
    answer = {"errcode": 0, "after_sale_order_id_list": ["1"], **told}
    monkeypatch.setattr(wechat.fake, "answer", lambda request: Reply.json(answer))
    pages = wechat.platform.list_changed(wechat.shop, since=NOON - DAY, until=NOON, now=NOON)
    with pytest.raises(Unreachable):
        list(islice(pages, 5))


def test_the_token_is_the_one_there_is_with_what_is_left_of_it(wechat, clock):
    clock.move(minutes=110)
    tokens = wechat.platform.refresh(replace(wechat.shop, access_token=""), now=NOON + timedelta(minutes=110))
    assert (tokens.access_token, tokens.expires_at) == ("wx-access-1", NOON + timedelta(hours=2))
    assert wechat.platform.refresh(wechat.shop, now=NOON + timedelta(minutes=110)) == tokens, "it still holds"
    clock.move(minutes=6)
    tokens = wechat.platform.refresh(wechat.shop, now=NOON + timedelta(minutes=116))
    assert (tokens.access_token, tokens.expires_at) == ("wx-access-2", NOON + timedelta(minutes=236))
    assert not wechat.fake.forced


def test_a_token_that_does_not_hold_although_it_should_is_replaced_by_force(wechat, clock):
    held = wechat.shop
    tokens = wechat.platform.refresh(held, now=NOON)
    assert (tokens.access_token, wechat.fake.forced) == ("wx-access-2", [NOON])
    with pytest.raises(TokenExpired):
        wechat.list(NOON - DAY, NOON, held)
    with pytest.raises(Throttled):  # again within thirty seconds
        wechat.platform.refresh(wechat.shop, now=NOON)
    clock.move(seconds=31)
    assert wechat.platform.refresh(wechat.shop, now=NOON).access_token == "wx-access-3"


def test_a_secret_that_the_token_call_calls_a_credential_is_wrong(wechat, monkeypatch):
    told = Reply.json({"errcode": 40001, "errmsg": "invalid credential"})
    monkeypatch.setattr(wechat.fake, "answer", lambda request: told)
    with pytest.raises(WrongSetup) as raised:
        wechat.platform.refresh(wechat.shop, now=NOON)
    assert raised.value.fault == SetupFault.WRONG_SECRET


def test_money_is_agreed_to_with_a_type_always(wechat):
    refund = wechat.fake.add()
    assert wechat.decide(wechat.read(refund.id)).outcome == VerdictOutcome.DONE
    (asked,) = (json.loads(request.body) for request in wechat.fake.calls("acceptapply"))
    assert asked == {"after_sale_order_id": refund.id, "accept_type": 2}
    assert wechat.read(refund.id).stage == RefundStage.AGREED


def test_a_return_never_pays_out_when_it_is_agreed_to_again(wechat, clock):
    """The trap: without a type the second call would be the confirmation of the receipt."""
    refund = wechat.fake.add(type="RETURN")
    copy = wechat.read(refund.id)
    for address, code in (("", "10021060"), ("7", "10021062")):
        refused = wechat.decide(copy, Verb.AGREE_RETURN, address_id=address)
        assert (refused.outcome, refused.code) == (VerdictOutcome.REFUSED, code)
    (first, _second) = wechat.platform.return_addresses(wechat.shop, now=NOON)
    assert (first.id, first.is_default) == ("11", True)
    assert first.text == "江苏省 苏州市 姑苏区 平江路 11 号 退货组"
    wechat.fake.misbehave(Mischief.CLOSED, "acceptapply", done=True)
    with pytest.raises(Unreachable):
        wechat.decide(copy, Verb.AGREE_RETURN, address_id="11")
    wechat.fake.act("ship_back", refund.id)
    clock.move(minutes=2)
    # Even if nobody had read the refund first:
    sent = {"after_sale_order_id": refund.id, "accept_type": 1, "address_id": "11"}
    assert json.loads(wechat.fake.calls("acceptapply")[-1].body) == sent
    assert wechat.decide(copy, Verb.AGREE_RETURN, address_id="11").outcome == VerdictOutcome.MOVED_ON
    assert wechat.read(refund.id).stage == RefundStage.RETURNING
    assert wechat.decide(wechat.read(refund.id), Verb.CONFIRM_RECEIPT).outcome == VerdictOutcome.DONE
    assert wechat.read(refund.id).stage == RefundStage.AGREED


def test_an_order_is_left_alone_for_a_minute(wechat, clock):
    refund = wechat.fake.add(type="RETURN")
    wechat.decide(wechat.read(refund.id), Verb.AGREE_RETURN, address_id="11")
    wechat.fake.act("ship_back", refund.id)
    with pytest.raises(Throttled) as raised:
        wechat.decide(wechat.read(refund.id), Verb.CONFIRM_RECEIPT)
    assert (raised.value.code, raised.value.seconds) == ("10021059", 60)
    clock.move(seconds=60)
    assert wechat.decide(wechat.read(refund.id), Verb.CONFIRM_RECEIPT).outcome == VerdictOutcome.DONE


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("REFUND", "MERCHANT_PROCESSING", "1"),
        ("RETURN", "MERCHANT_PROCESSING", "4"),
        ("EXCHANGE", "MERCHANT_PROCESSING", "5"),
        ("EXCHANGE", "MERCHANT_WAIT_RECEIPT", "6"),
    ],
)
def test_refusing_takes_one_of_the_platforms_reasons_for_this_case(wechat, kind, status, code):
    refund = wechat.fake.add(type=kind, status=status)
    copy = wechat.read(refund.id)
    (reason,) = wechat.platform.refusal_reasons(wechat.shop, copy, now=NOON)
    assert reason.code == code
    verb = Verb.REFUSE_RECEIPT if status == "MERCHANT_WAIT_RECEIPT" else Verb.REFUSE
    assert wechat.decide(copy, verb).outcome == VerdictOutcome.BY_HAND, "without a reason there is no call for it"
    assert wechat.decide(copy, verb, reason_code=code, text="与描述一致").outcome == VerdictOutcome.DONE
    assert wechat.read(refund.id).stage == RefundStage.REFUSED


def test_a_refusal_that_needs_talks_first_says_so(wechat):
    refund = wechat.fake.add(_negotiate_first=True)
    verdict = wechat.decide(wechat.read(refund.id), Verb.REFUSE, reason_code="1", text="no")
    assert (verdict.outcome, verdict.code) == (VerdictOutcome.REFUSED, "10021068")


def test_evidence_is_never_left_out_silently(wechat):
    refund = wechat.fake.add()
    told = {"reason_code": "1", "text": "no", "evidence": (("a.png", b"x"),)}
    assert wechat.decide(wechat.read(refund.id), Verb.REFUSE, **told).outcome == VerdictOutcome.BY_HAND


@pytest.mark.parametrize(("kind", "reason_type"), [("refund_only", 10), ("return_and_refund", 6)])
def test_another_request_is_proposed(wechat, kind, reason_type):
    refund = wechat.fake.add()
    told = {"kind": kind, "amount": Decimal("12.30"), "text": "补差价"}
    assert wechat.decide(wechat.read(refund.id), Verb.CHANGE_REQUEST, **told).outcome == VerdictOutcome.DONE
    asked = json.loads(wechat.fake.calls("merchantupdateaftersale")[0].body)
    assert (asked["type"], asked["amount"], asked["merchant_update_type"]) == (1 + (reason_type == 6), 1230, 3)
    assert (asked["update_reason_type"], asked["merchant_update_desc"]) == (reason_type, "补差价")
    assert wechat.read(refund.id).raw_status == "USER_WAIT_CONFIRM_UPDATE"


@pytest.mark.parametrize(("carrier", "told"), [("SF", "SF"), ("other: Harbour Couriers", "OTHER")])
def test_an_exchange_is_agreed_to_and_sent(wechat, clock, carrier, told):
    refund = wechat.fake.add(type="EXCHANGE")
    copy = wechat.read(refund.id)
    assert wechat.decide(copy, Verb.AGREE_EXCHANGE, address_id="11").outcome == VerdictOutcome.DONE
    clock.move(minutes=2)
    wechat.fake.act("ship_back", refund.id)
    back = wechat.read(refund.id)
    assert (back.stage, back.return_carrier, back.return_tracking_number) == (
        RefundStage.RETURNING,
        "顺丰速运",
        "SF1234567890",
    )
    assert wechat.decide(back, Verb.CONFIRM_RECEIPT).outcome == VerdictOutcome.BY_HAND, "it would pay out"
    assert wechat.decide(back, Verb.RESHIP, carrier=carrier, tracking_number="S1").outcome == VerdictOutcome.DONE
    asked = json.loads(wechat.fake.calls("acceptexchangereship")[0].body)
    assert (asked["delivery_id"], asked["waybill_id"]) == (told, "S1")
    assert wechat.read(refund.id).stage == RefundStage.RESHIPPED


def test_a_refund_of_nobody_is_not_there(wechat):
    with pytest.raises(NotThere):
        wechat.read("404")


def test_the_white_list_answers_without_a_code(wechat):
    wechat.fake.is_listed = False
    with pytest.raises(WrongSetup) as raised:
        wechat.list(NOON - DAY, NOON)
    assert (raised.value.fault, raised.value.code) == (SetupFault.ADDRESS_NOT_ALLOWED, "403")


def test_the_secrets_that_pushes_need_are_named(wechat):
    assert wechat.platform.push_secrets == {Secret.TOKEN, Secret.AES_KEY}
