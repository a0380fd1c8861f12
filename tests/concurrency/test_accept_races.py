"""The buyer accepts while something else decides the same refund: one effect, and the loser hears 409."""

import pytest

from common.tenancy import system_scope
from payments.settlement import settle_batch
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.harness import overtaken, together
from tests.concurrency.invariants import assert_consistent, assert_paid_once
from tests.concurrency.negotiation import DUE, MOMENT

pytestmark = pytest.mark.rule("T8")

ACCEPTED = ("accepted", "refunding", "refund_only", "2.00")
RIVALS = {
    # rival: (what it leaves when it wins, what it hears when it loses)
    "approve": (("withdrawn", "awaiting_return", "return_and_refund", "59.00"), "invalid_transition"),
    "reject": (("withdrawn", "rejected", "return_and_refund", "59.00"), "invalid_transition"),
    "withdraw": (("withdrawn", "withdrawn", "return_and_refund", "59.00"), "invalid_transition"),
    "decline": (("declined", "awaiting_merchant", "return_and_refund", "59.00"), "offer_not_pending"),
    "accept": (ACCEPTED, "offer_not_pending"),
}


@pytest.mark.parametrize("rival", RIVALS)
def test_who_comes_second_waits_and_is_refused(negotiation, rival):
    after_rival, refused_rival = RIVALS[rival]
    case = negotiation()
    race = overtaken(case.accept(), getattr(case, rival)(), scope=case.shop.scope())
    assert race.waited, "the rival must wait for the order's lock"
    assert (race.codes, case.now()) == (("ok", refused_rival), ACCEPTED)

    case = negotiation()
    race = overtaken(getattr(case, rival)(), case.accept(), scope=case.shop.scope())
    assert race.waited
    assert (race.codes, case.now()) == (("ok", "offer_not_pending"), after_rival)


@pytest.mark.parametrize("rival", RIVALS)
def test_at_the_same_instant_exactly_one_wins(negotiation, rival):
    after_rival, refused_rival = RIVALS[rival]
    for _ in range(8):
        case = negotiation()
        accepted, other = together(case.accept(), getattr(case, rival)())
        if accepted.ok:
            assert (other.code, case.now()) == (refused_rival, ACCEPTED)
        else:
            assert (accepted.code, other.code, case.now()) == ("offer_not_pending", "ok", after_rival)


@pytest.mark.rule("T7", "T10")
def test_accepted_a_moment_before_the_deadline_the_sweep_leaves_it_alone(negotiation, clock):
    case = negotiation()
    clock.move(hours=36)
    race = overtaken(case.accept(now=DUE - MOMENT), sweep_due_refunds, scope=case.shop.scope())
    assert (race.codes, race.second.value, race.waited) == (("ok", "ok"), 0, False)
    assert sweep_due_refunds() == 0
    assert case.now() == ACCEPTED


@pytest.mark.rule("T7", "T10")
def test_the_sweep_was_first_and_the_buyer_who_answered_in_time_is_too_late(negotiation, clock):
    case = negotiation()
    clock.move(hours=36)
    race = overtaken(sweep_due_refunds, case.accept(now=DUE - MOMENT), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "offer_not_pending"), True)
    assert case.now() == ("expired", "awaiting_return", "return_and_refund", "59.00")


@pytest.mark.rule("T7", "T10")
def test_at_the_deadline_itself_only_the_sweep_decides(negotiation, clock):
    case = negotiation()
    clock.move(hours=36)
    race = overtaken(case.accept(now=DUE), sweep_due_refunds)
    assert race.first.code == "offer_not_pending"
    assert case.now() == ("expired", "awaiting_return", "return_and_refund", "59.00")


@pytest.mark.rule("T10")
def test_accept_and_sweep_at_the_same_instant(negotiation, clock):
    cases = [negotiation() for _ in range(8)]
    clock.move(hours=36)
    for case in cases:
        accepted, swept = together(case.accept(now=DUE - MOMENT), lambda: sweep_due_refunds(limit=1))
        assert swept.code == "ok"
        if not accepted.ok:
            assert accepted.code == "offer_not_pending"
    sweep_due_refunds()
    ends = {case.now() for case in cases}
    assert ends <= {ACCEPTED, ("expired", "awaiting_return", "return_and_refund", "59.00")}
    assert_consistent()


@pytest.mark.rule("T5", "T11")
def test_many_clicks_pay_once(negotiation, clock, broker_tasks):
    case = negotiation()
    answers = [
        result.value for result in together(*[lambda: case.shop.buyer.post(f"offers/{case.offer.pk}/accept/")] * 6)
    ]
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    refusals = {answer.json()["errors"][0]["code"] for answer in answers if answer.status_code == 409}
    assert refusals == {"offer_not_pending"}
    settle_batch()
    assert_paid_once(case.refund, "2.00")
    assert [name for name, _ in broker_tasks].count("payments.tasks.settle_due_payments") == 1
