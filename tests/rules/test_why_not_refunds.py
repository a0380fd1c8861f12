"""What can be done with a refund in which state, to the instant of its deadline (T8, T10, P1, R1, R7, P5)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common.ids import new_id
from orders.models import Shipment
from orders.states import ShipmentStatus
from payments.gateways import reporting_gateway
from payments.states import PaymentConflict
from refunds.models import Appeal, Dispute
from refunds.platform.appeals import why_not_decide_appeal as why_not_decide_appeal
from refunds.platform.appeals import why_not_uphold
from refunds.platform.disputes import DISPUTABLE, why_not_answer_dispute, why_not_decide_dispute, why_not_dispute
from refunds.platform.evidence import UNDECIDED, why_closed, why_not_more
from refunds.states import (
    AppealStatus,
    CaseSide,
    DisputeStatus,
    RefundKind,
    RefundProgramme,
    RefundReason,
    RefundStatus,
)
from refunds.why_not import (
    MOST_MESSAGES,
    why_not_approve,
    why_not_correct_return,
    why_not_give_up,
    why_not_inspect,
    why_not_name_address,
    why_not_negotiate,
    why_not_pay_again,
    why_not_reject,
    why_not_resubmit,
    why_not_return,
    why_not_ship_return,
    why_not_withdraw,
    why_not_write,
)
from refunds.windows import why_not_ask
from tests.cases import for_each
from tests.rules.things import a_line, a_payment, a_refund, a_store, an_order, code_of
from tests.world import NOON

S = RefundStatus
INSTANT = timedelta(microseconds=1)
# What may be asked, in which states, and whether the deadline itself takes it away.
MOVES = [
    (why_not_approve, {S.AWAITING_MERCHANT}, False),
    (why_not_reject, {S.AWAITING_MERCHANT}, True),
    (why_not_withdraw, {S.AWAITING_MERCHANT, S.AWAITING_RETURN, S.REJECTED, S.DISPUTED}, False),
    (why_not_resubmit, {S.REJECTED}, True),
    (why_not_ship_return, {S.AWAITING_RETURN}, True),
    (why_not_inspect, {S.RETURNING}, True),
    (why_not_dispute, set(DISPUTABLE), True),
]


@pytest.mark.rule("T8", "T10", "P1", "R7")
@for_each(("why_not", "states", "ends"), MOVES, ids=lambda each: getattr(each, "__name__", None))
def test_each_move_has_its_states_and_its_last_instant(why_not, states, ends):
    for status in RefundStatus:
        refund = a_refund(status=status, return_address_id=new_id())
        assert code_of(why_not(refund, NOON)) == (None if status in states else "invalid_transition"), status
        if status in states:
            assert code_of(why_not(refund, refund.due_at - INSTANT)) is None
            assert code_of(why_not(refund, refund.due_at)) == ("invalid_transition" if ends else None)


@pytest.mark.rule("P1", "R7")
@for_each("status", RefundStatus)
def test_only_a_return_without_an_address_waits_for_one(status):
    nowhere = a_refund(status=status)
    waits = status == S.AWAITING_RETURN
    assert (why_not_name_address(nowhere) is None) == waits
    assert why_not_name_address(a_refund(status=status, return_address_id=new_id())) is not None
    if waits:
        assert code_of(why_not_ship_return(nowhere, NOON)) == "return_address_missing"
        assert why_not_dispute(nowhere, NOON) is None


@pytest.mark.rule("T10")
def test_a_refusal_says_where_the_refund_is_and_what_its_deadline_brings():
    assert why_not_inspect(a_refund(), NOON).detail == "This isn't possible now: the refund is “Awaiting merchant”."
    late = a_refund()
    assert why_not_reject(late, late.due_at).detail == (
        "The deadline has passed: the refund is being approved automatically."
    )


@pytest.mark.rule("T10")
def test_a_ceiling_is_somebodys_and_nobody_in_particular_has_none():
    dear = a_refund(an_order(store=a_store(agent_approval_ceiling=Decimal(1))))
    assert why_not_approve(dear, NOON) is None


@pytest.mark.rule("T8")
def test_where_the_refund_is_is_told_before_how_often_it_was_corrected():
    assert code_of(why_not_resubmit(a_refund(status=S.CLOSED, resubmissions=3), NOON)) == "invalid_transition"


@pytest.mark.rule("T8")
@for_each(("times", "code"), [(2, None), (3, "attempts_exhausted")])
def test_a_request_is_corrected_three_times_at_most(times, code):
    assert code_of(why_not_resubmit(a_refund(status=S.REJECTED, resubmissions=times), NOON)) == code


@pytest.mark.rule("P1", "P2")
@for_each("marketplace", ["taote", "tmall", "kuaishou", "pinduoduo"])
@for_each(
    ("status", "code"),
    [("unshipped", "nothing_to_return"), ("cancelled", "nothing_to_return"), ("shipped", None), ("delivered", None)],
)
def test_only_goods_that_have_left_can_come_back(marketplace, status, code):
    order = an_order(store=a_store(marketplace), status=status)
    for kind in (RefundKind.RETURN_AND_REFUND, RefundKind.EXCHANGE):
        refund = a_refund(order, kind=kind, status=S.REJECTED)
        assert code_of(why_not_return(order, refund.own_lines)) == code
        assert code_of(why_not_resubmit(refund, NOON)) == code
    assert code_of(why_not_resubmit(a_refund(order, kind=RefundKind.REFUND_ONLY, status=S.REJECTED), NOON)) is None


@pytest.mark.rule("P2")
@for_each(("pieces", "code"), [(2, None), (3, "nothing_to_return")])
def test_of_a_line_shipped_in_part_only_that_part_can_come_back(pieces, code):
    order = an_order(a_line(quantity=3, cancelled_quantity=1))
    assert code_of(why_not_return(order, a_refund(order, pieces=[pieces]).own_lines)) == code


@pytest.mark.rule("R1")
@for_each(
    ("fields", "code"),
    [
        ({"programme": RefundProgramme.RETURNLESS}, None),
        ({"programme": RefundProgramme.RETURNLESS, "status": S.REFUNDING}, "invalid_transition"),
        ({"programme": ""}, "method_not_available"),
    ],
)
def test_talking_first_is_for_refunds_without_return(fields, code):
    refund = a_refund(an_order(store=a_store("kuaishou")), kind=RefundKind.REFUND_ONLY, **fields)
    assert code_of(why_not_negotiate(refund, NOON)) == code


@for_each(
    ("statuses", "code"),
    [
        ([], "invalid_transition"),
        (["failed"], None),
        (["failed", "failed"], None),
        (["failed", "processing"], "invalid_transition"),
        (["succeeded"], "invalid_transition"),
        (["pending"], "invalid_transition"),
    ],
)
def test_only_what_was_declined_for_good_is_paid_again(statuses, code):
    refund = a_refund(an_order())
    payments = [a_payment(refund.order, status) for status in statuses]
    assert code_of(why_not_pay_again(refund, payments)) == code
    if payments:
        payments[-1].given_up_at = NOON
        assert code_of(why_not_pay_again(refund, payments)) == "invalid_transition"


@pytest.mark.rule("T9")
def test_nothing_is_paid_again_beside_what_a_gateway_contradicts_of_the_same_order():
    refund = a_refund()
    refund.contradicted = [a_payment(refund.order, "failed", conflict=PaymentConflict.PAID_THERE)]
    declined = a_payment(refund.order, "failed")
    assert code_of(why_not_pay_again(refund, [declined])) == "payment_in_conflict"
    refund.contradicted, refund.order.erased_at = [], NOON
    assert code_of(why_not_pay_again(refund, [declined])) == "buyer_erased"
    refund.order.erased_at = None
    declined.gateway = reporting_gateway()
    assert why_not_pay_again(refund, [declined]).detail == "The marketplace pays this: see to it there."


@pytest.mark.rule("P1")
@for_each("status", RefundStatus)
def test_the_number_of_a_return_is_corrected_while_it_is_under_way(status):
    """Of a refund that was withdrawn it is an exchange's, which the buyer took instead, also where it is followed."""
    refund, there = a_refund(status=status), a_refund(status=status, is_followed=True)
    announced = Shipment(status=ShipmentStatus.ANNOUNCED)
    is_moving = status in (S.RETURNING, S.WITHDRAWN)
    assert code_of(why_not_correct_return(refund, announced, NOON)) == (None if is_moving else "invalid_transition")
    assert code_of(why_not_correct_return(refund, None, NOON)) == "invalid_transition"
    is_exchange = status == S.WITHDRAWN
    assert (why_not_correct_return(there, announced, NOON) is None) == is_exchange
    if is_moving:
        gone = Shipment(status=ShipmentStatus.IN_TRANSIT)
        assert code_of(why_not_correct_return(refund, gone, NOON)) == "already_picked_up"
    if status == S.RETURNING:
        assert code_of(why_not_correct_return(refund, announced, refund.due_at)) == "invalid_transition"


@pytest.mark.rule("T9", "P5")
@for_each(
    ("fields", "is_platforms", "code"),
    [
        ({"status": S.WITHDRAWN, "kind": RefundKind.RETURN_AND_REFUND}, True, None),
        ({"status": S.REFUNDING, "kind": RefundKind.REFUND_ONLY}, False, None),
        ({"status": S.REFUNDING, "kind": RefundKind.REFUND_ONLY}, True, "payment_owed"),
        ({"status": S.REFUNDING, "kind": RefundKind.REFUND_ONLY, "goods": "stopped"}, False, "payment_owed"),
        ({"status": S.REFUNDING, "kind": RefundKind.REFUND_ONLY, "goods": "recalled"}, False, "payment_owed"),
        ({"status": S.REFUNDING, "kind": RefundKind.RETURN_AND_REFUND}, False, "payment_owed"),
    ],
)
def test_only_money_beside_which_the_buyer_has_something_is_given_up(fields, is_platforms, code):
    refund = a_refund(**fields)
    payments = [a_payment(refund.order, "failed")]
    assert code_of(why_not_give_up(refund, payments, is_platforms=is_platforms)) == code
    payments[-1].purpose = "of a method that is gone"
    assert code_of(why_not_give_up(refund, payments, is_platforms=is_platforms)) == code


@pytest.mark.rule("P3")
@for_each(
    ("reason", "after", "code"),
    [
        (RefundReason.NO_REASON_7D, timedelta(days=7), None),
        (RefundReason.NO_REASON_7D, timedelta(days=7) + INSTANT, "after_sale_window_closed"),
        (RefundReason.QUALITY, timedelta(days=15), None),
        (RefundReason.QUALITY, timedelta(days=15) + INSTANT, "after_sale_window_closed"),
    ],
)
def test_the_window_after_the_receipt_to_the_instant(reason, after, code):
    order = an_order(store=a_store("pinduoduo"), status="delivered", delivered_at=NOON)
    refused = why_not_ask(order, order.store.rules, reason, NOON + after)
    assert code_of(refused) == code
    if code and reason == RefundReason.NO_REASON_7D:
        assert refused.attr == "reason"


@pytest.mark.rule("P3")
def test_before_the_receipt_it_is_never_too_late():
    order = an_order(store=a_store("pinduoduo"))
    assert why_not_ask(order, order.store.rules, RefundReason.NO_REASON_7D, NOON + timedelta(days=4000)) is None


def a_dispute(**fields) -> Dispute:
    given = {"opened_by": CaseSide.BUYER, "plea": "broken", "evidence_until": NOON + timedelta(days=3), **fields}
    return Dispute(store_id=1, refund=a_refund(status=S.DISPUTED), opened_at=NOON, **given)


@pytest.mark.rule("R7")
@for_each(
    ("fields", "side", "after", "code"),
    [
        ({}, CaseSide.MERCHANT, timedelta(days=3) - INSTANT, None),
        ({}, CaseSide.MERCHANT, timedelta(days=3), "evidence_closed"),
        ({}, CaseSide.BUYER, timedelta(), "invalid_transition"),
        ({"opened_by": CaseSide.MERCHANT}, CaseSide.BUYER, timedelta(), None),
        ({"reply": "not broken"}, CaseSide.MERCHANT, timedelta(), "invalid_transition"),
        ({"status": DisputeStatus.DECIDED}, CaseSide.MERCHANT, timedelta(), "evidence_closed"),
    ],
)
def test_the_other_side_answers_once_while_evidence_is_taken(fields, side, after, code):
    assert code_of(why_not_answer_dispute(a_dispute(**fields), side, NOON + after)) == code


@pytest.mark.rule("R7", "P5")
def test_what_is_decided_is_not_decided_again():
    for status in DisputeStatus:
        over = None if status == DisputeStatus.OPEN else "invalid_transition"
        assert code_of(why_not_decide_dispute(a_dispute(status=status))) == over
    for status in AppealStatus:
        over = None if status == AppealStatus.OPEN else "invalid_transition"
        assert code_of(why_not_decide_appeal(Appeal(store_id=1, status=status))) == over


@pytest.mark.rule("P5")
def test_nothing_is_paid_back_before_the_buyer_has_the_money():
    for status in RefundStatus:
        refused = why_not_uphold(Appeal(store_id=1, refund=a_refund(status=status)))
        assert code_of(refused) == (None if status == S.REFUNDED else "invalid_transition")


@pytest.mark.rule("Q17")
def test_evidence_is_taken_while_somebody_may_still_decide():
    for status in RefundStatus:
        refused = why_closed(a_refund(status=status), None, NOON)
        assert code_of(refused) == (None if status in UNDECIDED else "evidence_closed"), status
    assert S.REFUNDING not in UNDECIDED
    case = a_dispute()
    assert why_closed(case.refund, case, case.evidence_until - INSTANT) is None
    assert code_of(why_closed(case.refund, case, case.evidence_until)) == "evidence_closed"
    refund = a_refund()
    assert (code_of(why_not_more(refund, 9)), code_of(why_not_more(refund, 10))) == (None, "evidence_limit_reached")


@pytest.mark.rule("Q17")
@for_each(("written", "code"), [(0, None), (MOST_MESSAGES - 1, None), (MOST_MESSAGES, "message_limit_reached")])
def test_a_thread_holds_so_many_messages_of_a_side(written, code):
    assert code_of(why_not_write(written)) == code
