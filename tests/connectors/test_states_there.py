"""Fakes go from state to state as the platforms document it, and refuse what a state doesn't allow."""

from itertools import product

import pytest

from connectors.doudian import copies as doudian
from connectors.doudian.decisions import CODES
from connectors.port import RefundStage, Verb, VerdictOutcome
from connectors.weixin import copies as weixin
from tests.connectors.histories import EXCHANGES, MARKETPLACES, RETURNS
from tests.connectors.shops import FAKES, tried

ASKED, BACK = "MERCHANT_PROCESSING", "MERCHANT_WAIT_RECEIPT"
# What WeChat's documents allow: a decision, the kinds and the states that it is for.
WECHAT = {
    Verb.AGREE_REFUND: {("REFUND", ASKED), ("RETURN", BACK)},
    Verb.CONFIRM_RECEIPT: {("REFUND", ASKED), ("RETURN", BACK)},  # the same call
    Verb.AGREE_RETURN: {("RETURN", ASKED), ("EXCHANGE", ASKED)},
    Verb.AGREE_EXCHANGE: {("RETURN", ASKED), ("EXCHANGE", ASKED)},  # the same call
    Verb.REFUSE: {("REFUND", ASKED), ("RETURN", ASKED), ("EXCHANGE", ASKED), ("RETURN", BACK)},
    Verb.REFUSE_RECEIPT: {("REFUND", ASKED), ("RETURN", ASKED), ("RETURN", BACK), ("EXCHANGE", BACK)},
    Verb.RESHIP: {("EXCHANGE", BACK)},
    Verb.CHANGE_REQUEST: {("REFUND", ASKED), ("RETURN", ASKED)},
}
# What our side sends to no state: these have no call.
NO_CALL = {(verb, "EXCHANGE") for verb in (Verb.AGREE_REFUND, Verb.CONFIRM_RECEIPT)}
STATUSES = [*weixin.STAGES, "MERCHANT_OVERDUE_REFUND", "USER_WAIT_CONFIRM", "SOMETHING_NEW"]
REASONS = {"REFUND": "1", "RETURN": "4", "EXCHANGE": "5"}
# What Douyin's do: a decision about a kind, and the states that it is for.
DOUYIN = {
    (Verb.AGREE_RETURN, 0): {6},
    (Verb.AGREE_REFUND, 1): {6},
    (Verb.REFUSE, 1): {6},
    (Verb.AGREE_EXCHANGE, 3): {6},
    (Verb.RESHIP, 3): {8, 11},
}
STANDS = ("status", "after_sales_status", "refund_status", "arbitrate_status", "cs_status")
TOLD = {"text": "与描述一致", "carrier": "SF", "tracking_number": "SF1"}


@pytest.fixture
def wechat(clock):
    """WeChat Shop and its fake."""
    at = tried("wechat_shop")
    with at.fake:
        yield at


@pytest.fixture
def douyin(clock):
    """Douyin and its fake."""
    at = tried("douyin")
    with at.fake:
        yield at


@pytest.mark.parametrize("verb", WECHAT)
def test_wechat_refuses_what_the_state_does_not_allow(wechat, verb):
    done = set()
    for kind, status in product(REASONS, STATUSES):
        refund = wechat.fake.add(type=kind, status=status)
        again = kind == "EXCHANGE" and verb == Verb.REFUSE_RECEIPT
        told = {**TOLD, "address_id": "11", "reason_code": "6" if again else REASONS[kind]}
        copy = wechat.read(refund.id)
        verdict = wechat.decide(copy, verb, amount=copy.amount, **told)
        if verdict.outcome == VerdictOutcome.DONE:
            done.add((kind, status))
            assert len(refund.history) == 2
            continue
        by_hand = (verb, kind) in NO_CALL
        expected = (VerdictOutcome.BY_HAND, "") if by_hand else (VerdictOutcome.MOVED_ON, "10020001")
        assert (verdict.outcome, verdict.code, len(refund.history)) == (*expected, 1), (kind, status)
    assert done == WECHAT[verb]


def test_a_reason_of_another_scene_is_refused(wechat):
    for kind, code in (("REFUND", "4"), ("RETURN", "1"), ("EXCHANGE", "6")):
        refund = wechat.fake.add(type=kind)
        verdict = wechat.decide(wechat.read(refund.id), Verb.REFUSE, text="不符", reason_code=code)
        assert (verdict.outcome, verdict.code) == (VerdictOutcome.REFUSED, "9700224")
        assert len(refund.history) == 1


@pytest.mark.parametrize(("verb", "kind"), CODES)
def test_douyin_refuses_what_the_state_does_not_allow(douyin, verb, kind):
    done = set()
    for status in [*doudian.STAGES, 12, 53, 99]:
        refund = douyin.fake.add(type=kind, status=status)
        told = {**TOLD, "address_id": "12345", "reason_code": "7"}
        verdict = douyin.decide(douyin.read(refund.id), verb, **told)
        if verdict.outcome == VerdictOutcome.DONE:
            done.add(status)
            assert len(refund.history) == 2
        else:
            expected = (VerdictOutcome.MOVED_ON, "isv.business-failed:20309541", 1)
            assert (verdict.outcome, verdict.code, len(refund.history)) == expected, status
    assert done == DOUYIN[verb, kind]


@pytest.mark.parametrize(("verb", "kind"), CODES)
@pytest.mark.parametrize("arbitration", [1, 4, 5])
def test_douyin_takes_no_decision_about_what_it_has_in_hand(douyin, verb, kind, arbitration):
    refund = douyin.fake.add(type=kind, status=11 if verb == Verb.RESHIP else 6, arbitrate_status=arbitration)
    copy = douyin.read(refund.id)
    assert copy.stage == RefundStage.DISPUTED
    verdict = douyin.decide(copy, verb, **TOLD, address_id="12345", reason_code="7")
    assert (verdict.outcome, len(refund.history)) == (VerdictOutcome.MOVED_ON, 1)


@pytest.mark.parametrize(
    ("name", "kind", "acts", "then"),
    [
        ("wechat_shop", {}, [], "become_strange overdue platform_agrees refuse withdraw"),
        ("wechat_shop", {}, ["refuse"], "ask_again become_strange close platform_agrees withdraw"),
        ("wechat_shop", {}, ["platform_agrees"], "fail_to_pay pay"),
        ("wechat_shop", {}, ["platform_agrees", "fail_to_pay"], "pay"),
        ("wechat_shop", {}, ["overdue", "pay"], ""),
        ("wechat_shop", {"type": "RETURN"}, ["allow_return"], "become_strange close ship_back withdraw"),
        ("wechat_shop", {"type": "EXCHANGE"}, ["allow_return", "ship_back"], "become_strange refuse withdraw"),
        ("douyin", {}, [], "agree arbitrate become_strange refuse withdraw"),
        ("douyin", {}, ["arbitrate"], "agree become_strange end_arbitration refuse withdraw"),
        ("douyin", {}, ["agree"], "fail_to_pay pay"),
        ("douyin", {}, ["agree", "pay"], "recover"),
        ("douyin", {}, ["agree", "pay", "recover"], ""),
        ("douyin", {"type": 0}, ["allow_return"], "become_strange close ship_back withdraw"),
        ("douyin", {"type": 3}, ["allow_return", "ship_back"], "arbitrate become_strange refuse withdraw"),
        ("douyin", {"type": 3}, ["withdraw"], ""),
    ],
)
def test_what_can_happen_next(name, kind, acts, then, clock):
    fake = FAKES[name][0]()
    with fake:
        refund = fake.add(**kind)
        for act in acts:
            fake.act(act, refund.id)
        assert " ".join(fake.possible_acts(refund.id)) == then


@pytest.mark.parametrize("name", MARKETPLACES)
def test_what_falls_due_there_can_happen_wherever_a_refund_can_get_to(name, clock):
    """Every way through a fake's states, for each kind of refund."""
    with FAKES[MARKETPLACES[name]][0]() as fake:
        for kind in ({}, RETURNS[name], EXCHANGES.get(name, {})):
            ways, seen = [()], set()
            while ways:
                way = ways.pop()
                refund = fake.add(**kind)
                for act in way:
                    fake.act(act, refund.id)
                possible = fake.possible_acts(refund.id)
                if (stands := (*map(str, map(refund.fields.get, STANDS)), *possible)) in seen:
                    continue
                seen.add(stands)
                due = fake.falls_due(refund)
                assert due is None or due[1] in possible, (way, due)
                ways += [(*way, act) for act in possible]
            assert len(seen) > 5
