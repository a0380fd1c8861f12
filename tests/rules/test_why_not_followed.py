"""What can be done with a refund that follows its marketplace: what is sent there, and what only happens there."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common.errors import Invalid, Refused
from refunds import handing_over, objections, proposing
from refunds.fitting import _amount_of
from refunds.handing_over import why_not_hand_over
from refunds.models import Dispute, Refund
from refunds.objections import MarketplaceReason, MarketplaceReasons, why_no_reason
from refunds.platform.disputes import why_not_decide_dispute, why_not_dispute
from refunds.proposing import ProposalTerms, why_no_such_proposal, why_not_propose
from refunds.states import CaseSide, MarketplaceStage, MarketplaceVerb, RefundKind, RefundStatus
from refunds.why_not import (
    why_not_approve,
    why_not_ask_for_more_time,
    why_not_inspect,
    why_not_name_address,
    why_not_reject,
    why_not_resubmit,
    why_not_ship_return,
    why_not_split_receipt,
    why_not_withdraw,
)
from tests.cases import for_each
from tests.marketplace import report
from tests.rules.things import a_refund, code_of
from tests.world import NOON

S = RefundStatus
UNDER_WAY = {"decision_sent": MarketplaceVerb.AGREE_REFUND}


@pytest.fixture
def there(monkeypatch):
    """What the marketplace takes, by the signal that asks for it; a decision, unless a test says otherwise."""
    told = {"decision": True, "more time": None, "receipt": None, "proposal": None, "reasons": None}
    asked = {
        "decision": handing_over.decision_asked,
        "more time": handing_over.more_time_asked,
        "receipt": handing_over.receipt_asked,
        "proposal": proposing.proposal_asked,
        "reasons": objections.reasons_asked,
    }
    for name, signal in asked.items():
        monkeypatch.setattr(signal, "send", lambda sender, name=name, **about: [(None, told[name])])
    return told


def followed(status=S.AWAITING_MERCHANT, **fields) -> Refund:
    return a_refund(status=status, is_followed=True, **fields)


@for_each(
    ("answer", "code"),
    [(True, None), (False, "not_connected"), (None, "not_connected"), (Refused("by_hand", "there"), "by_hand")],
)
def test_a_decision_goes_out_where_somebody_takes_it(there, answer, code):
    there["decision"] = answer
    assert code_of(why_not_hand_over(followed(), MarketplaceVerb.REFUSE)) == code
    assert why_not_hand_over(a_refund(**UNDER_WAY), MarketplaceVerb.REFUSE) is None, "nothing is sent of our own"
    assert code_of(why_not_hand_over(followed(**UNDER_WAY), MarketplaceVerb.REFUSE)) == "decision_under_way"


@for_each(
    ("why_not", "status"),
    [
        (why_not_approve, S.AWAITING_MERCHANT),
        (why_not_reject, S.AWAITING_MERCHANT),
        (why_not_propose, S.AWAITING_MERCHANT),
        (why_not_inspect, S.RETURNING),
        (why_not_ask_for_more_time, S.RETURNING),
        (lambda refund, now: why_not_name_address(refund), S.AWAITING_RETURN),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_while_a_decision_is_on_its_way_no_other_is_taken(there, why_not, status):
    there |= {"more time": timedelta(days=99), "proposal": ProposalTerms(frozenset(), True)}
    assert why_not(followed(status), NOON) is None
    assert code_of(why_not(followed(status, **UNDER_WAY), NOON)) == "decision_under_way"
    elsewhere = S.CLOSED
    assert code_of(why_not(followed(elsewhere), NOON)) == "invalid_transition"


@pytest.mark.rule("R7", "T8", "P1")
@for_each(
    ("why_not", "status", "fields"),
    [
        (why_not_withdraw, S.AWAITING_MERCHANT, {}),
        (why_not_resubmit, S.REJECTED, {"kind": RefundKind.REFUND_ONLY}),
        (why_not_ship_return, S.AWAITING_RETURN, {"return_address_id": 1}),
        (why_not_dispute, S.REJECTED, {}),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_what_its_buyer_does_happens_there(why_not, status, fields):
    assert why_not(a_refund(status=status, **fields), NOON) is None
    refused = why_not(followed(status, **fields), NOON)
    assert (refused.code, "happens there" in refused.detail) == ("invalid_transition", True)


@pytest.mark.rule("R7")
def test_its_dispute_is_decided_there():
    opened = {"store_id": 1, "opened_by": CaseSide.BUYER, "plea": "broken"}
    assert why_not_decide_dispute(Dispute(refund=a_refund(status=S.DISPUTED), **opened)) is None
    assert code_of(why_not_decide_dispute(Dispute(refund=followed(S.DISPUTED), **opened))) == "invalid_transition"


@for_each(
    ("within", "fields", "code"),
    [
        (timedelta(days=99), {}, None),
        (None, {}, "invalid_transition"),
        (timedelta(hours=1), {}, "invalid_transition"),
        (timedelta(hours=1), {"due_at": NOON + timedelta(hours=1)}, None),
        (timedelta(hours=1), {"due_at": NOON + timedelta(hours=1, seconds=1)}, "invalid_transition"),
        (timedelta(hours=1), {"due_at": None}, None),
    ],
)
def test_more_time_is_given_shortly_before_the_end_where_it_is_given_at_all(there, within, fields, code):
    there["more time"] = within
    assert code_of(why_not_ask_for_more_time(followed(S.RETURNING, **fields), NOON)) == code
    assert "Closed" in why_not_ask_for_more_time(followed(S.CLOSED), NOON).detail


def test_goods_are_received_there_as_a_whole():
    assert why_not_split_receipt(a_refund(status=S.RETURNING)) is None
    assert why_not_split_receipt(followed(S.RETURNING)).attr == "received"


REASONS = MarketplaceReasons((MarketplaceReason("1", "used"), MarketplaceReason("2", "x", needs_evidence=True)), NOON)


@for_each(
    ("known", "code", "files", "said"),
    [
        (REASONS, "", [], None),
        (REASONS, "1", [], None),
        (REASONS, "2", ["a"], None),
        (REASONS, "2", [], "wants a picture"),
        (REASONS, "9", [], "has no such reason"),
        (None, "9", [], None),
    ],
)
def test_a_reason_is_one_of_the_marketplaces_and_has_its_picture(there, known, code, files, said):
    there["reasons"] = known
    refused = why_no_reason(followed(), code, files)
    assert (refused is None) == (said is None)
    assert said is None or said in refused.detail
    assert (why_no_reason(a_refund(), code, files) is None) == (code == ""), "our own refunds have none of those"


@for_each(
    ("terms", "kind", "amount", "attr"),
    [
        (("refund_only", True), "refund_only", "9.00", None),
        (("refund_only", True), "refund_only", "59.00", None),
        (("refund_only", False), "refund_only", "59.00", None),
        (("refund_only", False), "refund_only", "9.00", "amount"),
        (("refund_only", True), "refund_only", "0.00", "amount"),
        (("refund_only", True), "refund_only", "59.01", "amount"),
        (("refund_only", True), "exchange", "9.00", "kind"),
        (("return_and_refund", True), "return_and_refund", "59.00", "kind"),
        (None, "refund_only", "9.00", "kind"),
    ],
)
def test_another_request_is_proposed_within_what_the_marketplace_takes(there, terms, kind, amount, attr):
    there["proposal"] = terms and ProposalTerms(frozenset({terms[0]}), terms[1])
    refused = why_no_such_proposal(followed(), kind, Decimal(amount))
    assert (refused and refused.attr) == attr
    assert code_of(why_not_propose(followed(), NOON)) == (None if terms else "invalid_transition")


@for_each(
    ("amount", "kind", "is_taken"),
    [
        ("0.01", RefundKind.REFUND_ONLY, True),
        ("0.00", RefundKind.REFUND_ONLY, False),
        ("0.00", RefundKind.EXCHANGE, True),
        ("-0.01", RefundKind.EXCHANGE, False),
    ],
)
def test_only_an_exchange_amounts_to_nothing(amount, kind, is_taken):
    told = report("asked", amount)
    if is_taken:
        assert _amount_of(told, MarketplaceStage.ASKED, kind) == Decimal(amount)
    else:
        with pytest.raises(Invalid):
            _amount_of(told, MarketplaceStage.ASKED, kind)
