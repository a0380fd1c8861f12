"""open.refund.reject: a refusal, or another way that is proposed, and the reasons for it."""

import pytest

from common import clock
from connectors.port import RefusalReason, Verb
from tests.connectors.kwai.asking import BY_HAND, DONE, KUAISHOU, MOVED_ON, REJECT, decide, read, said


def test_a_refusal_tells_the_version_and_the_reason(fake, shop):
    refund = fake.add()
    copy = read(shop, refund)
    assert decide(shop, copy, Verb.REFUSE, reason_code="1", text="已发货").outcome == DONE
    seen = {"refundId": int(refund.id), "refundVersion": copy.version}
    assert said(fake, REJECT) == {**seen, "reasonCode": 1, "rejectDesc": "已发货"}
    assert decide(shop, copy, Verb.REFUSE, reason_code="1", text="已发货").outcome == MOVED_ON


def test_a_change_of_the_way_is_proposed(fake, shop):
    refund = fake.add()
    how = {"kind": "return_and_refund", "reason_code": "1", "text": "请退货", "address_id": "71"}
    assert decide(shop, read(shop, refund), Verb.CHANGE_REQUEST, **how).outcome == DONE
    assert said(fake, REJECT)["editHandlingWay"] == 1
    assert said(fake, REJECT)["editReturnAddressId"] == 71
    assert refund.fields["status"] == 12


def test_reasons_say_what_they_want(fake, shop):
    assert KUAISHOU.refusal_reasons(shop, read(shop, fake.add()), now=clock.now()) == [
        RefusalReason("1", "商品已发出", needs_text=True),
        RefusalReason("2", "影响二次销售", needs_text=True, needs_evidence=True),
    ]


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
def test_what_there_is_no_documented_call_for_is_a_persons(fake, shop, fields, verb, how):
    copy = read(shop, fake.add(**fields))
    before = len(fake.calls())
    assert decide(shop, copy, verb, **how).outcome == BY_HAND
    assert len(fake.calls()) == before
