"""Disputes over the API: who may ask the platform when, and what its decision does to the money (R7)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from payments.settlement import settle_batch
from refunds import opening
from refunds.platform.disputes import begin_dispute
from refunds.signals import refund_requested
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import ask, code, detail, everything
from tests.books import amiss
from tests.cases import for_each
from tests.world import BUYER, NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("R7")]

CLAIM = "买家说坏了，照片是别家的商品"
PARCEL = {"carrier": "SF", "tracking_number": "R-1"}


def dispute(side, refund, **body):
    """One side asks the platform."""
    return side.post("disputes/", {"refund": str(getattr(refund, "pk", refund)), "claim": CLAIM, **body})


def decide(shop, dispute_id, outcome, **body):
    """The platform decides."""
    return shop.buyer.post(f"disputes/{dispute_id}/decide/", {"outcome": outcome, "note": "看了照片", **body})


def bring_to(shop, status, **kwargs) -> str:
    """The id of a refund in this state."""
    refund = str(shop.refund(**kwargs).pk)
    if status == "rejected":
        shop.merchant.post(f"refunds/{refund}/reject/", {"reason": "no"})
    if status in ("awaiting_return", "returning", "refunding"):
        shop.merchant.post(f"refunds/{refund}/approve/")
    if status in ("returning", "refunding"):
        shop.buyer.post(f"refunds/{refund}/ship-return/", PARCEL)
    if status == "refunding":
        shop.merchant.post(f"refunds/{refund}/inspect/", {"result": "passed"})
    assert detail(shop, refund)["status"] == status
    return refund


def assert_books_are_clean(shop):
    assert amiss() == {}


@for_each("status", ["awaiting_merchant", "returning", "rejected"])
@for_each("side", ["merchant", "buyer"])
def test_either_side_may_ask_and_no_clock_runs_any_more(taote, clock, status, side):
    refund = bring_to(taote, status)
    answer = dispute(getattr(taote, side), refund)
    assert answer.status_code == 201
    opened = answer.json()
    assert {name: opened[name] for name in ("refund", "opened_by", "claim", "status", "outcome", "amount", "note")} == {
        "refund": refund,
        "opened_by": side,
        "claim": CLAIM,
        "status": "open",
        "outcome": None,
        "amount": None,
        "note": "",
    }
    assert opened["opened_at"] == "2026-11-20T04:00:00Z"
    assert opened["evidence_until"] == "2026-11-23T04:00:00Z"
    assert taote.merchant.get(f"disputes/{opened['id']}/").json() == opened
    shown = detail(taote, refund)
    assert (shown["status"], shown["due_at"], shown["due_action"]) == ("disputed", None, "")
    clock.move(days=60)
    assert sweep_due_refunds() == 0
    assert detail(taote, refund)["status"] == "disputed"
    assert_books_are_clean(taote)


@for_each("status", ["awaiting_return", "refunding"])
def test_what_is_on_its_way_needs_no_platform(taote, status):
    refund = bring_to(taote, status)
    before = everything(taote)
    assert code(dispute(taote.buyer, refund)) == (409, "invalid_transition", None)
    assert everything(taote) == before


def test_one_dispute_at_a_time_and_what_to_do_instead(taote):
    refund = bring_to(taote, "rejected")
    dispute(taote.buyer, refund)
    before = everything(taote)
    again = dispute(taote.merchant, refund)
    assert code(again) == (409, "invalid_transition", None)
    assert "evidence" in again.json()["errors"][0]["detail"]
    for step, body in {"approve": {}, "reject": {"reason": "no"}}.items():
        assert code(taote.merchant.post(f"refunds/{refund}/{step}/", body))[:2] == (409, "invalid_transition")
    assert everything(taote) == before


def test_what_the_deadline_has_decided_is_not_disputed(taote, clock):
    refund = taote.refund()
    clock.move(hours=36)
    before = everything(taote)
    assert code(dispute(taote.merchant, refund)) == (409, "invalid_transition", None)
    assert everything(taote) == before


def test_a_pending_offer_ends_when_the_platform_is_asked(taote):
    refund = str(taote.refund().pk)
    offer = {"refund": refund, "method": "change_to_refund_only", "amount": "2.00", "agreed_with_buyer": True}
    offer_id = taote.merchant.post("offers/", offer).json()["id"]
    assert dispute(taote.buyer, refund).status_code == 201
    assert taote.merchant.get(f"offers/{offer_id}/").json()["status"] == "withdrawn"


@for_each(
    ("outcome", "amount", "status", "paid", "left"),
    [
        ("buyer", None, "refunded", "59.00", "0.00"),
        ("merchant", None, "closed", None, "59.00"),
        ("split", "20.00", "refunded", "20.00", "39.00"),
        ("split", "58.99", "refunded", "58.99", "0.01"),
    ],
)
def test_the_decision_is_carried_out_once_and_to_the_cent(taote, outcome, amount, status, paid, left):
    order = taote.order()
    refund = str(taote.refund(order).pk)
    opened = dispute(taote.buyer, refund).json()
    decided = decide(taote, opened["id"], outcome, **({"amount": amount} if amount else {}))
    assert decided.status_code == 200
    shown = {name: decided.json()[name] for name in ("status", "outcome", "amount", "note", "decided_at")}
    assert shown == {
        "status": "decided",
        "outcome": outcome,
        "amount": amount,
        "note": "看了照片",
        "decided_at": "2026-11-20T04:00:00Z",
    }
    before = everything(taote)
    for other in ("buyer", "merchant"):
        assert code(decide(taote, opened["id"], other)) == (409, "invalid_transition", None)
    assert everything(taote) == before
    while settle_batch():
        pass
    shown = detail(taote, refund)
    assert shown["status"] == status
    assert [payment["amount"] for payment in shown["payments"]] == ([paid] if paid else [])
    assert str(taote.reload(order).refundable_amount) == left
    assert_books_are_clean(taote)
    names = [event["name"] for event in taote.merchant.get(f"refunds/{refund}/timeline/").json()["results"]]
    assert names[:4] == ["refund.requested", "dispute.opened", "refund.disputed", "dispute.decided"]


@for_each(
    ("body", "expected"),
    [
        ({"outcome": "split"}, (400, "required", "amount")),
        ({"outcome": "split", "amount": "0.00"}, (400, "min_value", "amount")),
        ({"outcome": "split", "amount": "59.00"}, (409, "amount_above_refundable", "amount")),
        ({"outcome": "split", "amount": "60.00"}, (409, "amount_above_refundable", "amount")),
        ({"outcome": "buyer", "amount": "5.00"}, (400, "invalid", "amount")),
        ({"outcome": "nobody"}, (400, "invalid_choice", "outcome")),
        ({"outcome": "buyer", "note": ""}, (400, "blank", "note")),
    ],
)
def test_a_decision_that_cannot_be_changes_nothing(taote, body, expected):
    opened = dispute(taote.buyer, taote.refund()).json()
    before = everything(taote)
    assert code(decide(taote, opened["id"], **body)) == expected
    assert everything(taote) == before


def test_only_the_platform_decides(taote):
    opened = dispute(taote.merchant, taote.refund()).json()
    before = everything(taote)
    answer = taote.merchant.post(f"disputes/{opened['id']}/decide/", {"outcome": "merchant", "note": "x"})
    assert answer.status_code == 403
    assert everything(taote) == before
    decide(taote, opened["id"], "merchant")
    events = taote.merchant.get(f"refunds/{opened['refund']}/timeline/").json()["results"]
    assert [event["actor"].split(":")[0] for event in events if event["name"] == "dispute.decided"] == ["platform"]


@pytest.mark.rule("P2")
@for_each(
    ("outcome", "amount", "status"),
    [("buyer", None, "cancelled"), ("split", "20.00", "unshipped"), ("merchant", None, "unshipped")],
)
def test_goods_whose_price_the_platform_gives_back_are_not_shipped_any_more(taote, outcome, amount, status):
    order = taote.order(shipped=False)
    refund = ask(taote, order).json()["id"]
    taote.merchant.post(f"refunds/{refund}/reject/", {"reason": "packed"})
    opened = taote.buyer.post("disputes/", {"refund": refund, "claim": "not sent yet"}).json()["id"]
    assert decide(taote, opened, outcome, **({"amount": amount} if amount else {})).status_code == 200
    assert taote.reload(order).status == status
    assert_books_are_clean(taote)


def test_the_buyer_may_withdraw_and_ask_anew(taote):
    order = taote.order()
    refund = str(taote.refund(order).pk)
    opened = dispute(taote.buyer, refund).json()
    assert taote.buyer.post(f"refunds/{refund}/withdraw/").json()["status"] == "withdrawn"
    now = taote.merchant.get(f"disputes/{opened['id']}/").json()
    assert (now["status"], now["outcome"], now["decided_at"]) == ("withdrawn", None, "2026-11-20T04:00:00Z")
    assert code(decide(taote, opened["id"], "buyer")) == (409, "invalid_transition", None)
    again = ask(taote, order, amount="59.00").json()["id"]
    assert dispute(taote.merchant, again).status_code == 201
    assert_books_are_clean(taote)


def test_the_list_is_filtered(taote):
    first = dispute(taote.buyer, taote.refund()).json()
    second = dispute(taote.merchant, taote.refund()).json()
    decide(taote, first["id"], "merchant")

    def listed(**params):
        return [row["id"] for row in taote.merchant.get("disputes/", **params).json()["results"]]

    assert listed() == [second["id"], first["id"]]
    assert listed(status="open") == [second["id"]]
    assert listed(status="decided") == [first["id"]]
    assert listed(opened_by="buyer") == [first["id"]]
    assert listed(refund=second["refund"]) == [second["id"]]
    assert code(taote.merchant.get("disputes/", status="lost")) == (400, "invalid_choice", "status")


def test_a_refund_may_be_handed_over_in_the_set_that_makes_it(taote):
    order, seen = taote.order(), []

    def hand_over(sender, refund, writes, now, **kwargs):
        assert refund.is_new
        seen.append(begin_dispute(writes, refund, opened_by="merchant", plea="少一件", actor=BUYER, now=now))

    refund_requested.connect(hand_over)
    try:
        with taote.scope():
            refund = opening.open_refund(
                store=taote.store,
                order_number=order.number,
                kind="refund_only",
                reason="missing_parts",
                amount=Decimal("59.00"),
                actor=BUYER,
                now=NOON,
            )
    finally:
        refund_requested.disconnect(hand_over)
    assert detail(taote, refund)["status"] == "disputed"
    assert seen[0].evidence_until == NOON + timedelta(days=3)
    assert decide(taote, seen[0].pk, "buyer").status_code == 200
    assert_books_are_clean(taote)
