"""The connection breaks at every statement of an acceptance (T5, T11).

However often it is repeated, it happens once.
"""

import pytest
from django.db import OperationalError

from payments.settlement import settle_batch
from tests.concurrency.crash import Moment, crash_at, every_crash, raise_bug
from tests.concurrency.harness import together
from tests.concurrency.invariants import assert_paid_once

pytestmark = pytest.mark.rule("T5", "T11")

UNTOUCHED = ("pending", "awaiting_merchant", "return_and_refund", "59.00")
ACCEPTED = ("accepted", "refunding", "refund_only", "2.00")


def statements_of(call) -> int:
    """How many statements the call takes, COMMIT included."""
    with crash_at(None) as steps:
        call()
    assert steps.names[-1] == "COMMIT"
    return len(steps)


def accept_by_api(case, key=None):
    """The buyer's answer as the marketplace sends it."""
    case.shop.buyer.client.raise_request_exception = False
    headers = {"Idempotency-Key": key} if key else {}
    return case.shop.buyer.post(f"offers/{case.offer.pk}/accept/", **headers)


def statements_of_the_api(negotiation, key=None) -> int:
    """The same for the API's call, once the first use of its key has been noted."""
    first, second = negotiation(), negotiation()
    accept_by_api(first)
    return statements_of(lambda: accept_by_api(second, key))


def test_the_action_is_repeated_until_it_succeeds(negotiation, clock):
    clock.move(hours=1)
    count = statements_of(negotiation().accept())
    for step, moment in every_crash(count):
        case = negotiation()
        with pytest.raises(OperationalError), crash_at(step, moment) as steps:
            case.accept()()
        assert steps.crashed
        is_done = (step, moment) == (count, Moment.AFTER)
        assert case.now() == (ACCEPTED if is_done else UNTOUCHED), (step, moment)

        (again,) = together(case.accept())
        assert again.code == ("offer_not_pending" if is_done else "ok"), (step, moment)
        assert case.now() == ACCEPTED
        settle_batch()
        assert_paid_once(case.refund, "2.00")


def test_the_call_is_repeated_with_its_idempotency_key_and_gets_the_first_answer(negotiation, clock):
    count = statements_of_the_api(negotiation, "first")
    for step, moment in every_crash(count):
        case, key = negotiation(), f"accept-{step}-{moment}"
        with crash_at(step, moment) as steps:
            broken = accept_by_api(case, key)
        assert (steps.crashed, broken.status_code) == (True, 503), (step, moment)
        is_done = (step, moment) == (count, Moment.AFTER)
        assert case.now() == (ACCEPTED if is_done else UNTOUCHED), (step, moment)

        answers = [accept_by_api(case, key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200], (step, moment)
        replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
        assert replayed == ["true" if is_done else None, "true"]
        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["status"] == "accepted"
        settle_batch()
        assert_paid_once(case.refund, "2.00")


def test_the_call_without_a_key_is_refused_once_it_had_its_effect(negotiation, clock):
    count = statements_of_the_api(negotiation)
    case = negotiation()
    with crash_at(count, Moment.AFTER):
        assert accept_by_api(case).status_code == 503
    again = accept_by_api(case)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "offer_not_pending")
    settle_batch()
    assert_paid_once(case.refund, "2.00")


def test_a_bug_at_any_statement_leaves_nothing_behind(negotiation, clock):
    count = statements_of_the_api(negotiation, "first")
    for step in range(1, count):
        case, key = negotiation(), f"bug-{step}"
        with crash_at(step, kill=raise_bug) as steps:
            broken = accept_by_api(case, key)
        assert (steps.crashed, broken.status_code, case.now()) == (True, 500, UNTOUCHED), step
        assert accept_by_api(case, key).status_code == 200
        assert case.now() == ACCEPTED
