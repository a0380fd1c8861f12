"""From where what moves money, ends a refund or keeps a promise may begin; from anywhere else nothing has moved."""

import pytest
from django_fsm import TransitionNotAllowed

from orders.models import OwedParcel
from orders.states import OrderStatus, ParcelStatus
from refunds.models import CarrierClaim, Dispute
from refunds.models.appeals import Appeal
from refunds.states import (
    AppealStatus,
    CarrierClaimStatus,
    CaseOutcome,
    DisputeStatus,
    RefundKind,
    RefundStatus,
)
from tests.cases import for_each
from tests.rules.things import a_refund, an_order
from tests.world import NOON

S = RefundStatus
ONLY, RETURN, EXCHANGE = RefundKind.REFUND_ONLY, RefundKind.RETURN_AND_REFUND, RefundKind.EXCHANGE


def moves(thing, move: str, told: dict) -> bool:
    """Whether the move is made; one that isn't leaves the thing where it was."""
    before = thing.status
    try:
        getattr(thing, move)(**told)
    except TransitionNotAllowed:
        assert thing.status == before
        return False
    return True


@pytest.mark.rule("P1", "P3", "P4", "P5", "R7", "T5", "T8", "T9", "T10")
@for_each(
    ("move", "kind", "told", "states"),
    [
        ("approve_payment", ONLY, {}, {S.AWAITING_MERCHANT}),
        ("approve_payment", RETURN, {}, set()),
        ("refund_instantly", RETURN, {}, {S.AWAITING_MERCHANT}),
        ("end_recall", ONLY, {}, {S.RECALLING}),
        ("miss_goods", RETURN, {}, {S.AWAITING_RETURN}),
        ("pass_inspection", RETURN, {"note": ""}, {S.RETURNING}),
        ("pass_inspection", EXCHANGE, {"note": ""}, set()),
        ("lose_return", RETURN, {}, {S.RETURNING}),
        ("lose_return", EXCHANGE, {}, set()),
        ("grant", RETURN, {}, {S.DISPUTED}),
        ("grant", EXCHANGE, {}, set()),
        ("settle", ONLY, {"now": NOON}, {S.REFUNDING}),
        ("unsettle", ONLY, {}, {S.REFUNDED}),
        ("reopen", ONLY, {"now": NOON}, {S.REFUNDING, S.WITHDRAWN}),
        ("exchange", EXCHANGE, {"note": "", "now": NOON}, {S.RETURNING, S.DISPUTED}),
        ("exchange", RETURN, {"note": "", "now": NOON}, set()),
        ("deny", RETURN, {"now": NOON}, {S.DISPUTED}),
        ("close", RETURN, {"now": NOON}, {S.AWAITING_RETURN, S.REJECTED}),
        ("withdraw", RETURN, {"now": NOON}, {S.AWAITING_MERCHANT, S.AWAITING_RETURN, S.REJECTED, S.DISPUTED}),
    ],
    ids=str,
)
def test_money_goes_out_and_a_refund_ends_from_its_own_states_alone(move, kind, told, states):
    assert {status for status in S if moves(a_refund(kind=kind, status=status), move, told)} == states


@pytest.mark.rule("P2", "P4", "P5", "Q16", "R7")
@for_each(
    ("make", "statuses", "move", "told", "states"),
    [
        (OwedParcel, ParcelStatus, "ship", {"carrier": "SF", "tracking_number": "1", "now": NOON}, {"owed"}),
        (OwedParcel, ParcelStatus, "cancel", {}, {"awaiting_return", "owed"}),
        (OwedParcel, ParcelStatus, "owe_again", {"due_at": NOON}, {"shipped"}),
        (
            Dispute,
            DisputeStatus,
            "decide",
            {"outcome": CaseOutcome.BUYER, "amount": None, "note": "", "now": NOON},
            {"open"},
        ),
        (Dispute, DisputeStatus, "withdraw", {"now": NOON}, {"open"}),
        (
            Appeal,
            AppealStatus,
            "decide",
            {"outcome": CaseOutcome.BUYER, "compensation": None, "note": "", "now": NOON},
            {"open"},
        ),
        (CarrierClaim, CarrierClaimStatus, "settle", {"note": "", "now": NOON}, {"open"}),
        (CarrierClaim, CarrierClaimStatus, "give_up", {"note": "", "now": NOON}, {"open"}),
        (an_order, OrderStatus, "cancel", {}, {"unshipped", "shipped"}),
        (an_order, OrderStatus, "deliver", {"now": NOON}, {"shipped"}),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_what_was_promised_disputed_or_claimed_ends_once(make, statuses, move, told, states):
    assert {status for status in statuses if moves(make(status=status), move, told)} == states
