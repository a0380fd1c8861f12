"""tmall.dispute.receive.get: every dispute of a Tmall shop in one list, those that no other call tells of included."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.port import RefundStage, UnreadableCopy, Verb, VerdictOutcome
from tests.connectors.mirrors import START, Clock
from tests.connectors.taobao.asking import LIST, TAOBAO, decide, listed, read

DISPUTES = "tmall.dispute.receive.get"


@pytest.fixture
def postage(fake):
    """A dispute about postage: a kind of its own, of which only this list tells."""
    return fake.add(dispute_type="POST_FEE", refund_fee="12.00", at=datetime(2026, 11, 27, 2, tzinfo=UTC))


def test_a_dispute_as_it_is_told(shop, postage):
    copy = read(shop, postage)
    assert (copy.id, copy.order.number, copy.version) == (postage.id, "80000000001", postage.version)
    assert (copy.amount, copy.stage, copy.raw_status) == (Decimal("12.00"), RefundStage.ASKED, "1")
    assert (copy.kind, copy.raw_kind) == ("", "其他")
    assert copy.deadline == datetime(2026, 11, 29, 2, tzinfo=UTC)
    assert [name for name in ("张三丰", "13911112222") if name in str(copy.raw)] == []


def test_one_that_waits_to_be_activated_is_a_persons(fake, shop, postage):
    fake.change(postage.id, status="POST_FEE_DISPUTE_WAIT_ACTIVATE")
    assert read(shop, postage).stage == RefundStage.UNKNOWN


def test_one_without_an_amount_is_left_to_a_person(fake, shop, postage):
    fake.change(postage.id, refund_fee="")
    with pytest.raises(UnreadableCopy):
        read(shop, postage)


@pytest.mark.parametrize("verb", [Verb.AGREE_REFUND, Verb.REFUSE])
def test_no_call_is_documented_to_decide_about_it(shop, postage, verb):
    assert decide(shop, read(shop, postage), verb).outcome == VerdictOutcome.BY_HAND


def test_what_several_lists_tell_is_told_once(fake, shop):
    refunds = [fake.add() for _ in range(3)]
    assert sorted(row.id for row in listed(shop)) == sorted(refund.id for refund in refunds)
    assert len(fake.calls(LIST)) == len(fake.calls(DISPUTES)) == len(fake.calls("tmall.exchange.receive.get")) == 1
    assert fake.calls(DISPUTES)[0].form["use_has_next"] == "true"


def test_disputes_that_change_while_they_are_listed_lose_none(fake, shop):
    clock = Clock()
    fake._now = clock
    kinds = [{"dispute_type": "TMALL_EXCHANGE"}, {"dispute_type": "POST_FEE"}, {}]
    refunds = [fake.add(at=clock.forward(timedelta(seconds=1)), **kinds[place % 3]) for place in range(330)]
    until = clock.forward(timedelta(minutes=5))
    told, moved = set(), set()
    for page in TAOBAO.list_changed(shop, since=START, until=until, now=until):
        told |= {row.id for row in page}
        for refund_id in sorted(told - moved)[:7]:
            moved.add(refund_id)
            fake.act("withdraw", refund_id, at=clock.forward(timedelta(seconds=1)))
    assert told == {refund.id for refund in refunds}


@pytest.mark.parametrize(
    ("fields", "verb", "how"),
    [
        ({"status": "SUCCESS"}, Verb.AGREE_REFUND, {}),
        ({"status": "CLOSED"}, Verb.AGREE_REFUND, {}),
        ({"cs_status": 3}, Verb.AGREE_REFUND, {}),
        ({"status": "WAIT_BUYER_RETURN_GOODS"}, Verb.CONFIRM_RECEIPT, {}),
        ({"status": "SUCCESS", "dispute_type": "REFUND_AND_RETURN"}, Verb.AGREE_RETURN, {"address_id": "71"}),
        ({}, Verb.AGREE_RETURN, {"address_id": "71"}),
        ({"status": "SELLER_REFUSE_BUYER"}, Verb.REFUSE, {"text": "无货", "evidence": (("1.png", b"1"),)}),
        ({"operation_contraint": "cannot_refuse"}, Verb.REFUSE, {"text": "无货", "evidence": (("1.png", b"1"),)}),
        ({"status": "WAIT_SELLER_AGREE"}, Verb.REFUSE_RECEIPT, {"evidence": (("1.png", b"1"),)}),
        ({"status": "SUCCESS", "dispute_type": "TMALL_EXCHANGE"}, Verb.AGREE_EXCHANGE, {"address_id": "71"}),
        ({"status": "WAIT_SELLER_AGREE", "dispute_type": "TMALL_EXCHANGE"}, Verb.RESHIP, {"tracking_number": "1"}),
        ({"cs_status": 3, "dispute_type": "TMALL_EXCHANGE"}, Verb.AGREE_EXCHANGE, {"address_id": "71"}),
    ],
)
def test_a_state_that_does_not_allow_it_is_refused_there_and_nothing_moves(fake, shop, fields, verb, how):
    refund = fake.add(**fields)
    verdict = decide(shop, read(shop, refund), verb, carrier="SF", reason_code="901", **how)
    assert verdict.outcome == VerdictOutcome.REFUSED
    assert verdict.text
    assert len(refund.history) == 1
