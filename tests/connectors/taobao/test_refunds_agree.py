"""taobao.rp.refunds.agree: the money goes out."""

from decimal import Decimal

import pytest

from connectors.fakes.base import Mischief
from connectors.port import RefundStage, Unreachable, Verb, VerdictOutcome
from tests.connectors.taobao.asking import AGREE, DONE, MOVED_ON, REFUSED, decide, read


def test_agreeing_pays_in_fen_with_the_version_that_was_seen(fake, shop):
    refund = fake.add(refund_fee="88.10")
    copy = read(shop, refund)
    assert decide(shop, copy, Verb.AGREE_REFUND).outcome == DONE
    assert fake.calls(AGREE)[0].form["refund_infos"] == f"{refund.id}|8810|{copy.version}|aftersale"
    paid = read(shop, refund)
    assert (paid.stage, paid.refunded_amount, paid.deadline) == (RefundStage.REFUNDED, Decimal("88.10"), None)


def test_taobao_has_no_phase(fake, shop):
    fake.phase = ""
    refund = fake.add()
    assert decide(shop, read(shop, refund), Verb.AGREE_REFUND).outcome == DONE
    assert fake.calls(AGREE)[0].form["refund_infos"] == f"{refund.id}|8800|{refund.history[0][1]['refund_version']}"


def test_the_same_call_pays_out_once_the_goods_came_back(fake, shop):
    refund = fake.act("send_back", fake.add(dispute_type="REFUND_AND_RETURN", status="WAIT_BUYER_RETURN_GOODS").id)
    copy = read(shop, refund)
    assert (copy.return_carrier, copy.return_tracking_number) == ("顺丰速运", "SF1000001")
    assert decide(shop, copy, Verb.CONFIRM_RECEIPT).outcome == DONE
    assert refund.fields["status"] == "SUCCESS"


def test_what_changed_meanwhile_has_moved_on(fake, shop):
    refund = fake.add()
    copy = read(shop, refund)
    fake.misbehave(Mischief.MOVES, AGREE, act="withdraw", refund=refund.id)
    assert decide(shop, copy, Verb.AGREE_REFUND).outcome == MOVED_ON
    assert refund.fields["status"] == "CLOSED"


def test_a_refund_that_did_not_move_is_refused_with_their_words(fake, shop):
    fake.is_sub_account = False
    verdict = decide(shop, read(shop, fake.add()), Verb.AGREE_REFUND)
    assert (verdict.outcome, verdict.text) == (REFUSED, "只允许子账号操作")
    assert verdict.code == "15 isv.fake-only-sub-account"


def test_a_success_of_others_is_none_of_ours(fake, shop, monkeypatch):
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


def test_a_large_amount_wants_the_code_of_the_sellers_phone(fake, shop):
    fake.sms_above = 50
    copy = read(shop, fake.add())
    assert decide(shop, copy, Verb.AGREE_REFUND).outcome == VerdictOutcome.CODE_WANTED
    assert decide(shop, copy, Verb.AGREE_REFUND, code="111111").outcome == VerdictOutcome.CODE_WANTED
    assert decide(shop, copy, Verb.AGREE_REFUND, code="246810").outcome == DONE
