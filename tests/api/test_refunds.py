"""Refunds over the API: each step, and each step that is refused with everything left as it was."""

import pytest

from common import clock as wall
from payments.settlement import settle_batch
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import ask, code, detail, everything
from tests.cases import for_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PARCEL = {"carrier": "SF", "tracking_number": "R-1"}


def do(shop, refund, step, **body):
    """One step on a refund by whoever may do it."""
    side = shop.buyer if step in ("withdraw", "resubmit", "ship-return") else shop.merchant
    defaults = {"reject": {"reason": "no"}, "inspect": {"result": "passed"}, "ship-return": PARCEL}
    pk = getattr(refund, "pk", refund)
    return side.post(f"refunds/{pk}/{step}/", {**defaults.get(step, {}), **body})


def test_a_request_starts_the_merchants_clock(taote):
    order = taote.order()
    asked = ask(taote, order, reason="quality", description="坏了").json()
    assert (asked["status"], asked["order"], asked["amount"]) == ("awaiting_merchant", order.number, "59.00")
    assert (asked["due_at"], asked["due_action"]) == ("2026-11-21T16:00:00Z", "approve")
    assert (asked["goods_status"], asked["programme"], asked["max_refundable"]) == ("in_transit", None, "59.00")
    assert (asked["offers"], asked["payments"]) == ([], [])
    assert taote.merchant.get(f"refunds/{asked['id']}/").json() == asked


@for_each(
    ("body", "expected"),
    [
        ({"amount": "59.01"}, (409, "amount_above_refundable", "amount")),
        ({"amount": "0.00"}, (400, "min_value", "amount")),
        ({"kind": "exchange"}, (400, "invalid_choice", "kind")),
        ({"kind": "gift"}, (400, "invalid_choice", "kind")),
        ({"reason": "bored"}, (400, "invalid_choice", "reason")),
        ({"order": "none"}, (404, "not_found", "order")),
        ({"lines": []}, (400, "empty", "lines.non_field_errors")),
        ({"lines": [{"item_id": "1", "quantity": 1}]}, (400, "does_not_exist", "lines")),
        ({"lines": [{"item_id": "8000", "quantity": 2}]}, (400, "invalid", "lines")),
        ({"lines": [{"item_id": "8000", "quantity": 1}] * 2}, (400, "invalid", "lines")),
        ({"description": "x" * 501}, (400, "max_length", "description")),
    ],
)
def test_a_request_that_cannot_be_is_refused(taote, body, expected):
    order, body = taote.order(), dict(body)
    before = everything(taote)
    assert code(ask(taote, body.pop("order", order), **body)) == expected
    assert everything(taote) == before


def test_what_another_refund_holds_cannot_be_asked_again(taote):
    order = taote.order()
    first = ask(taote, order).json()["id"]
    before = everything(taote)
    assert code(ask(taote, order, amount="0.01")) == (409, "refund_open", None)
    assert everything(taote) == before
    do(taote, first, "withdraw")
    assert ask(taote, order).status_code == 201


def test_goods_that_are_being_returned_cannot_be_returned_twice(taote):
    order = taote.order()
    ask(taote, order, kind="return_and_refund", amount="10.00")
    before = everything(taote)
    lines = [{"item_id": "8000", "quantity": 1}]
    assert code(ask(taote, order, kind="return_and_refund", amount="1.00", lines=lines)) == (
        409,
        "refund_open",
        "lines",
    )
    assert everything(taote) == before


def test_nothing_is_left_of_an_order_that_was_paid_back(taote):
    order = taote.order()
    do(taote, ask(taote, order).json()["id"], "approve")
    settle_batch()
    before = everything(taote)
    assert code(ask(taote, order, amount="0.01")) == (409, "amount_above_refundable", "amount")
    assert everything(taote) == before


def test_the_window_for_asking_closes(taote, clock):
    order = taote.order()
    taote.buyer.post(f"orders/{order.number}/deliver/")
    clock.move(days=15)
    first = ask(taote, order, amount="1.00")
    assert first.status_code == 201, "the last instant is in"
    clock.move(seconds=1)
    before = everything(taote)
    assert code(ask(taote, order, amount="1.00")) == (409, "after_sale_window_closed", None)
    assert everything(taote) == before


STATES = {
    "awaiting_merchant": (),
    "rejected": ("reject",),
    "awaiting_return": ("approve",),
    "returning": ("approve", "ship-return"),
    "refunding": ("approve", "ship-return", "inspect"),
    "withdrawn": ("withdraw",),
}
STEPS = {
    "approve": {"awaiting_merchant"},
    "reject": {"awaiting_merchant"},
    "withdraw": {"awaiting_merchant", "awaiting_return", "rejected"},
    "resubmit": {"rejected"},
    "ship-return": {"awaiting_return"},
    "inspect": {"returning"},
}


@for_each("state", [*STATES, "refunded", "closed"])
def test_each_state_allows_its_steps_and_refuses_the_others(taote, clock, state):
    for step, allowed in STEPS.items():
        refund = taote.refund(now=wall.now())
        for earlier in STATES.get(state, STATES["refunding"] if state == "refunded" else STATES["rejected"]):
            assert do(taote, refund, earlier).status_code == 200
        if state == "refunded":
            settle_batch()
        if state == "closed":
            clock.move(days=7)
            sweep_due_refunds()
        assert detail(taote, refund)["status"] == state
        before = everything(taote)
        answer = do(taote, refund, step)
        if state in allowed:
            assert answer.status_code == 200, (step, answer.json())
        else:
            assert code(answer) == (409, "invalid_transition", None), step
            assert everything(taote) == before


def test_a_return_goes_its_way_and_is_paid(taote):
    refund = taote.refund()
    approved = do(taote, refund, "approve", return_address=str(taote.address.pk)).json()
    assert (approved["status"], approved["return_address"]) == ("awaiting_return", str(taote.address.pk))
    assert (approved["due_at"], approved["due_action"]) == ("2026-11-27T04:00:00Z", "close")
    sent = do(taote, refund, "ship-return").json()
    assert (sent["status"], sent["return_tracking_number"]) == ("returning", "R-1")
    assert (sent["due_at"], sent["due_action"]) == ("2026-11-30T04:00:00Z", "refund")
    assert sent["payments"] == []
    passed = do(taote, refund, "inspect", note="as new").json()
    assert (passed["status"], passed["inspection_note"], passed["due_at"]) == ("refunding", "as new", None)
    settle_batch()
    paid = detail(taote, refund)
    assert (paid["status"], [(p["amount"], p["status"]) for p in paid["payments"]]) == (
        "refunded",
        [("59.00", "succeeded")],
    )


def test_a_failed_inspection_rejects_with_its_note(taote):
    refund = taote.refund()
    do(taote, refund, "approve")
    do(taote, refund, "ship-return")
    failed = do(taote, refund, "inspect", result="failed", note="another item").json()
    assert (failed["status"], failed["rejection_reason"]) == ("rejected", "another item")
    assert (failed["due_at"], failed["due_action"]) == ("2026-11-27T04:00:00Z", "close")
    assert failed["payments"] == []


def test_a_buyer_corrects_a_refusal_three_times(taote):
    refund = taote.refund()
    for number in range(1, 4):
        do(taote, refund, "reject")
        again = do(taote, refund, "resubmit", amount=f"{50 - number}.00", reason="quality").json()
        assert (again["status"], again["resubmissions"], again["amount"]) == (
            "awaiting_merchant",
            number,
            f"{50 - number}.00",
        )
        assert (again["reason"], again["rejection_reason"]) == ("quality", "")
    do(taote, refund, "reject")
    before = everything(taote)
    assert code(do(taote, refund, "resubmit")) == (409, "attempts_exhausted", None)
    assert everything(taote) == before


def test_a_correction_may_not_ask_for_more_than_there_is(taote):
    order = taote.order()
    refund = ask(taote, order, amount="10.00").json()["id"]
    do(taote, refund, "reject")
    ask(taote, order, amount="40.00")
    before = everything(taote)
    assert code(do(taote, refund, "resubmit", amount="19.01")) == (409, "amount_above_refundable", "amount")
    assert everything(taote) == before
    assert do(taote, refund, "resubmit", amount="19.00").status_code == 200


@pytest.mark.rule("T10")
def test_a_corrected_request_gets_a_new_clock(taote, clock):
    refund = taote.refund()
    clock.move(hours=30)
    do(taote, refund, "reject")
    clock.move(hours=10)
    assert do(taote, refund, "resubmit").json()["due_at"] == "2026-11-23T08:00:00Z"


def test_a_return_needs_somewhere_to_go(taote):
    with taote.scope():
        taote.address.delete()
    refund = taote.refund()
    before = everything(taote)
    assert code(do(taote, refund, "approve")) == (400, "required", "return_address")
    assert code(do(taote, refund, "approve", return_address="x")) == (400, "invalid", "return_address")
    assert everything(taote) == before


@for_each("reason", [None, "", "x" * 201])
def test_a_rejection_says_why(taote, reason):
    refund = taote.refund()
    before = everything(taote)
    answer = do(taote, refund, "reject", reason=reason)
    assert (answer.status_code, code(answer)[2]) == (400, "reason")
    assert everything(taote) == before


@pytest.mark.rule("T10")
def test_a_decision_after_the_clock_is_refused_even_before_the_sweep(taote, clock):
    refund = taote.refund()
    clock.move(hours=36)
    before = everything(taote)
    assert code(do(taote, refund, "reject")) == (409, "invalid_transition", None)
    assert everything(taote) == before
    sweep_due_refunds()
    assert detail(taote, refund)["status"] == "awaiting_return"


def test_an_ended_refund_could_not_get_more_than_is_left(taote):
    order = taote.order()
    withdrawn = ask(taote, order).json()["id"]
    do(taote, withdrawn, "withdraw")
    assert detail(taote, withdrawn)["max_refundable"] == "59.00"
    ask(taote, order, amount="50.00")
    assert detail(taote, withdrawn)["max_refundable"] == "9.00"
