"""Instant refunds and appeals (P5).

Trusted buyers are paid at once, and merchants get back what they shouldn't have paid.
"""

import pytest

from payments.inbox import process_due_notices
from payments.models import Transfer
from payments.settlement import settle_batch
from tests.api.helpers import ask, code, detail, everything
from tests.api.test_evidence import picture, show
from tests.api.test_gateways import SANDBOX, post
from tests.books import amiss
from tests.cases import for_each
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("P5")]


@pytest.fixture
def pdd(db):
    """A Pinduoduo store."""
    return make_shop("pinduoduo")


def instant(shop, **kwargs) -> str:
    """The id of a refund that a VIP was paid at once."""
    refund = ask(shop, shop.order(vip=True, **kwargs), kind="return_and_refund").json()
    assert refund["is_instant"]
    while settle_batch():
        pass
    assert detail(shop, refund["id"])["status"] == "refunded"
    return refund["id"]


def appeal(shop, refund, **body):
    """The merchant appeals."""
    return shop.merchant.post("appeals/", {"refund": refund, "claim": "寄回来的是空盒", **body})


def decide(shop, appeal_id, outcome, **body):
    """The platform decides."""
    return shop.buyer.post(f"appeals/{appeal_id}/decide/", {"outcome": outcome, "note": "称重记录", **body})


def paid_back(shop) -> list[str]:
    with shop.scope():
        return [str(row.amount) for row in Transfer.objects.filter(purpose="compensation", phase="posted")]


def assert_books_are_clean(shop):
    assert amiss() == {}


@for_each(("score", "vip", "at_once"), [(699, False, False), (700, False, True), (0, True, True), (850, True, True)])
def test_high_credit_or_vip_is_paid_at_once(pdd, score, vip, at_once):
    refund = ask(pdd, pdd.order(credit_score=score, vip=vip)).json()
    assert (refund["is_instant"], refund["status"]) == (at_once, "refunding" if at_once else "awaiting_merchant")
    assert (refund["due_at"] is None) == at_once
    assert [payment["amount"] for payment in refund["payments"]] == []  # as it was when it was answered
    assert [payment["amount"] for payment in detail(pdd, refund["id"])["payments"]] == (["59.00"] if at_once else [])
    while settle_batch():
        pass
    assert detail(pdd, refund["id"])["status"] == ("refunded" if at_once else "awaiting_merchant")
    assert_books_are_clean(pdd)


@for_each("kind", ["refund_only", "return_and_refund"])
@for_each("goods", ["in_transit", "received"])
def test_wherever_the_goods_are(pdd, kind, goods):
    order = pdd.order(credit_score=720)
    if goods == "received":
        pdd.buyer.post(f"orders/{order.number}/deliver/")
    refund = ask(pdd, order, kind=kind, amount="10.00").json()
    assert (refund["is_instant"], refund["goods_status"]) == (True, goods)
    events = pdd.merchant.get(f"refunds/{refund['id']}/timeline/").json()["results"]
    [told] = [event for event in events if event["name"] == "refund.refunded_instantly"]
    assert (told["actor"], told["rule"], told["to"]) == ("platform", "P5", "refunding")
    for step, body in {"approve": {}, "reject": {"reason": "no"}}.items():
        assert code(pdd.merchant.post(f"refunds/{refund['id']}/{step}/", body))[:2] == (409, "invalid_transition")


def test_only_where_the_marketplace_says_so(taote):
    refund = ask(taote, taote.order(credit_score=900, vip=True)).json()
    assert (refund["is_instant"], refund["status"]) == (False, "awaiting_merchant")


@for_each(
    ("outcome", "amount", "back"),
    [("merchant", None, ["59.00"]), ("split", "20.00", ["20.00"]), ("buyer", None, [])],
)
def test_an_upheld_appeal_pays_the_merchant_back_once(pdd, outcome, amount, back):
    refund = instant(pdd)
    answer = appeal(pdd, refund, ground="fake_return")
    assert answer.status_code == 201
    opened = answer.json()
    assert opened == {
        "id": opened["id"],
        "refund": refund,
        "order": opened["order"],
        "ground": "fake_return",
        "claim": "寄回来的是空盒",
        "status": "open",
        "evidence_until": "2026-11-23T04:00:00Z",
        "outcome": None,
        "amount": None,
        "compensation": "0.00",
        "note": "",
        "opened_at": "2026-11-20T04:00:00Z",
        "decided_at": None,
        "updated_at": opened["updated_at"],
    }
    assert pdd.merchant.get(f"appeals/{opened['id']}/").json() == opened
    decided = decide(pdd, opened["id"], outcome, **({"amount": amount} if amount else {})).json()
    shown = {name: decided[name] for name in ("status", "outcome", "amount", "compensation", "note")}
    assert shown == {
        "status": "decided",
        "outcome": outcome,
        "amount": amount,
        "compensation": (back or ["0.00"])[0],
        "note": "称重记录",
    }
    before = everything(pdd)
    for again in ("merchant", "buyer"):
        assert code(decide(pdd, opened["id"], again)) == (409, "invalid_transition", None)
    assert everything(pdd) == before
    assert paid_back(pdd) == back
    assert detail(pdd, refund)["status"] == "refunded"
    assert_books_are_clean(pdd)


@for_each(
    ("body", "expected"),
    [
        ({"outcome": "split"}, (400, "required", "amount")),
        ({"outcome": "split", "amount": "59.00"}, (409, "amount_above_refundable", "amount")),
        ({"outcome": "merchant", "amount": "60.00"}, (400, "invalid", "amount")),
    ],
)
def test_never_more_than_was_refunded(pdd, body, expected):
    opened = appeal(pdd, instant(pdd)).json()
    before = everything(pdd)
    assert code(decide(pdd, opened["id"], **body)) == expected
    assert everything(pdd) == before


def test_nothing_is_paid_back_before_the_buyer_was_paid(pdd):
    refund = ask(pdd, pdd.order(vip=True)).json()["id"]
    opened = appeal(pdd, refund).json()
    assert code(decide(pdd, opened["id"], "merchant")) == (409, "invalid_transition", None)
    while settle_batch():
        pass
    assert decide(pdd, opened["id"], "merchant").status_code == 200


def test_an_appeal_is_possible_for_fifteen_days(pdd, clock):
    first, second = instant(pdd), instant(pdd)
    clock.move(days=15)
    assert appeal(pdd, first).status_code == 201
    clock.move(seconds=1)
    before = everything(pdd)
    late = appeal(pdd, second)
    assert code(late) == (409, "after_sale_window_closed", None)
    assert "15 days" in late.json()["errors"][0]["detail"]
    assert everything(pdd) == before


def test_one_appeal_per_refund_and_only_against_an_instant_one(pdd):
    refund = instant(pdd)
    opened = appeal(pdd, refund).json()
    before = everything(pdd)
    assert code(appeal(pdd, refund)) == (409, "invalid_transition", None)
    assert everything(pdd) == before
    decide(pdd, opened["id"], "buyer")
    assert code(appeal(pdd, refund)) == (409, "invalid_transition", None)
    ordinary = ask(pdd, pdd.order()).json()["id"]
    assert code(appeal(pdd, ordinary)) == (409, "invalid_transition", None)
    assert pdd.buyer.post("appeals/", {"refund": refund, "claim": "x"}).status_code == 403
    assert pdd.merchant.post(f"appeals/{opened['id']}/decide/", {"outcome": "merchant"}).status_code == 403


def test_evidence_is_taken_for_three_days_after_the_appeal(pdd, clock):
    refund = instant(pdd)
    assert code(show(pdd.merchant, refund, picture())) == (409, "evidence_closed", None)
    clock.move(days=10)
    appeal(pdd, refund)
    clock.move(days=3, seconds=-1)
    for side in (pdd.merchant, pdd.buyer):
        assert show(side, refund, picture()).status_code == 201
    clock.move(seconds=1)
    assert code(show(pdd.merchant, refund, picture())) == (409, "evidence_closed", None)


def test_the_list_is_filtered(pdd):
    first = appeal(pdd, instant(pdd), ground="damaged_goods").json()
    second = appeal(pdd, instant(pdd)).json()
    decide(pdd, first["id"], "buyer")

    def listed(**params):
        return [row["id"] for row in pdd.merchant.get("appeals/", **params).json()["results"]]

    assert listed() == [second["id"], first["id"]]
    assert listed(status="open") == [second["id"]]
    assert listed(ground="damaged_goods") == [first["id"]]
    assert listed(refund=first["refund"]) == [first["id"]]


def test_money_that_comes_back_after_an_upheld_appeal_is_paid_again_and_the_compensation_stays(pdd):
    refund = instant(pdd)
    upheld = decide(pdd, appeal(pdd, refund).json()["id"], "merchant")
    assert (upheld.status_code, paid_back(pdd)) == (200, ["59.00"])
    [payment] = detail(pdd, refund)["payments"]
    post(SANDBOX.send_back(payment["id"]))
    process_due_notices()
    assert detail(pdd, refund)["status"] == "refunding"
    assert code(pdd.merchant.post(f"payments/{payment['id']}/give-up/"))[1] == "payment_owed"
    pdd.merchant.post(f"payments/{payment['id']}/retry/")
    settle_batch()
    assert (detail(pdd, refund)["status"], paid_back(pdd)) == ("refunded", ["59.00"])
    with pdd.scope():
        moved = Transfer.objects.filter(topic_id=refund, phase="posted").order_by("id")
        assert [row.purpose for row in moved] == ["payout", "compensation", "reversal", "payout"]
    assert_books_are_clean(pdd)
