"""taobao.refund.refuse, and the reasons for it."""

import pytest

from common import clock
from connectors.port import RefusalReason, Verb, VerdictOutcome
from tests.connectors.taobao.asking import DONE, REFUSED, TAOBAO, decide, read


def test_refusing_sends_the_proof_beside_the_signed_fields(fake, shop):
    refund = fake.add()
    proof = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 30
    how = {"reason_code": "901", "text": "已发货，请查收", "evidence": (("发货单.png", proof),)}
    assert decide(shop, read(shop, refund), Verb.REFUSE, **how).outcome == DONE
    assert refund.fields["status"] == "SELLER_REFUSE_BUYER"
    [request] = fake.calls("taobao.refund.refuse")
    assert proof in request.body


def test_tmall_refuses_without_a_proof(fake, shop):
    verdict = decide(shop, read(shop, fake.add()), Verb.REFUSE, reason_code="901", text="已发货")
    assert (verdict.outcome, verdict.text) == (REFUSED, "refuse_proof")


def test_what_the_platform_says_is_not_possible(fake, shop):
    copy = read(shop, fake.add(operation_contraint="cannot_refuse"))
    assert copy.refused == {Verb.REFUSE, Verb.REFUSE_RECEIPT}


def test_reasons_want_words_and_a_proof(fake, shop):
    reasons = TAOBAO.refusal_reasons(shop, read(shop, fake.add()), now=clock.now())
    assert reasons == [RefusalReason("901", "商品已发出", True, True), RefusalReason("902", "影响二次销售", True, True)]
    fake.phase = ""
    assert TAOBAO.refusal_reasons(shop, read(shop, fake.add()), now=clock.now()) == ()


@pytest.mark.parametrize(
    ("fields", "verb"),
    [
        ({"operation_contraint": "refund_onweb"}, Verb.AGREE_REFUND),
        ({"dispute_type": "TAOBAO_EXCHANGE"}, Verb.AGREE_EXCHANGE),
        ({"dispute_type": "REPAIR"}, Verb.AGREE_REFUND),
        ({}, Verb.EXTEND),
        ({}, Verb.RESHIP),
    ],
)
def test_what_there_is_no_call_for_is_a_persons(fake, shop, fields, verb):
    copy = read(shop, fake.add(**fields))
    before = len(fake.calls())
    assert decide(shop, copy, verb).outcome == VerdictOutcome.BY_HAND
    assert len(fake.calls()) == before
