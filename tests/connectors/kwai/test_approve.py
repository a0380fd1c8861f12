"""open.seller.order.refund.approve: the money goes out."""

from decimal import Decimal

import pytest

from connectors.fakes.base import Mischief
from connectors.port import RefundStage, Verb
from tests.connectors.kwai.asking import APPROVE, DONE, MOVED_ON, REFUSED, decide, read, said


def test_agreeing_says_what_the_agent_saw(fake, shop):
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
def test_what_changed_meanwhile_has_moved_on(fake, shop, act, state):
    refund = fake.add()
    copy = read(shop, refund)
    fake.misbehave(Mischief.MOVES, APPROVE, act=act, refund=refund.id)
    assert decide(shop, copy, Verb.AGREE_REFUND).outcome == MOVED_ON
    assert refund.fields["status"] == state


def test_a_refund_that_did_not_move_is_refused_with_their_words(fake, shop):
    refund = fake.add()
    verdict = decide(shop, read(shop, refund), Verb.AGREE_REFUND, amount=Decimal("1.00"))
    assert (verdict.outcome, verdict.code, verdict.text) == (REFUSED, "300009", "amount")


def test_a_state_that_does_not_allow_it(fake, shop):
    refund = fake.add(status=12)
    verdict = decide(shop, read(shop, refund), Verb.AGREE_REFUND)
    assert (verdict.outcome, verdict.code) == (REFUSED, "300018")
