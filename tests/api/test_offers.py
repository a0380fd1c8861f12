"""Offers over the API: who may propose what, and when it is over."""

import pytest

from tests.api.helpers import code, detail, everything
from tests.cases import for_each
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def propose(shop, refund, **terms):
    terms = {"method": "change_to_refund_only", "amount": "2.00", "agreed_with_buyer": True, **terms}
    return shop.merchant.post("offers/", {"refund": str(refund.pk), **terms})


def refused(shop, answer, expected, before):
    assert code(answer) == expected
    assert everything(shop) == before


def test_an_offer_is_read_by_both_sides(taote):
    refund = taote.refund()
    offer = propose(taote, refund, message="😀" * 50).json()
    assert offer["refund"] == str(refund.pk)
    assert (offer["status"], offer["amount"], offer["answered_at"]) == ("pending", "2.00", None)
    assert offer["due_at"] == detail(taote, refund)["due_at"]
    assert taote.merchant.get(f"offers/{offer['id']}/").json() == offer
    seen = taote.buyer.get(f"offers/{offer['id']}/").json()
    assert seen.pop("buyer_page").startswith("/b/")
    assert {**seen, "buyer_page": None} == offer


@for_each(
    ("terms", "expected"),
    [
        ({"amount": "59.01"}, (409, "amount_above_refundable", "amount")),
        ({"amount": "0.00"}, (400, "min_value", "amount")),
        ({"amount": None}, (400, "required", "amount")),
        ({"agreed_with_buyer": False}, (400, "required", "agreed_with_buyer")),
        ({"message": "字" * 51}, (400, "max_length", "message")),
        ({"method": "nonsense"}, (400, "invalid_choice", "method")),
        ({"method": "red_packet"}, (409, "method_not_available", "method")),
        ({"method": "change_to_return"}, (409, "method_not_available", "method")),
        ({"return_address": "00000000-0000-0000-0000-000000000000"}, (404, "not_found", "return_address")),
    ],
)
def test_terms_that_are_wrong_or_forbidden_leave_nothing_behind(taote, terms, expected):
    refund = taote.refund()
    before = everything(taote)
    refused(taote, propose(taote, refund, **terms), expected, before)
    assert propose(taote, refund).status_code == 201


@pytest.mark.rule("T6")
def test_goods_that_never_left_cannot_come_back(taote):
    refund = taote.refund(taote.order(shipped=False), kind="refund_only")
    before = everything(taote)
    answer = propose(taote, refund, method="change_to_return", amount=None, return_address=str(taote.address.pk))
    refused(taote, answer, (409, "method_not_available", "method"), before)


@pytest.mark.rule("T1")
def test_one_fresh_line_is_enough_to_forbid_it(taote):
    order = taote.order(category="50050359")
    refund = taote.refund(order)
    before = everything(taote)
    refused(taote, propose(taote, refund), (409, "category_not_open", "refund"), before)
    shown = taote.merchant.get(f"refunds/{refund.pk}/offer-options/").json()
    assert shown["options"] == []


@pytest.mark.rule("T4")
def test_a_second_offer_has_to_wait_and_then_is_one_too_many(taote):
    refund = taote.refund()
    first = propose(taote, refund).json()
    before = everything(taote)
    refused(taote, propose(taote, refund), (409, "offer_pending", None), before)
    taote.buyer.post(f"offers/{first['id']}/decline/")
    before = everything(taote)
    refused(taote, propose(taote, refund), (409, "attempts_exhausted", None), before)
    assert taote.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["attempts_left"] == 0


@for_each("first", ["accept", "decline"])
@for_each("second", ["accept", "decline"])
def test_an_offer_is_answered_once(taote, first, second):
    offer = propose(taote, taote.refund()).json()
    assert taote.buyer.post(f"offers/{offer['id']}/{first}/").status_code == 200
    before = everything(taote)
    answer = taote.buyer.post(f"offers/{offer['id']}/{second}/")
    refused(taote, answer, (409, "offer_not_pending", None), before)


@pytest.mark.rule("T7")
def test_an_offer_is_over_with_the_refunds_clock(taote, clock):
    refund = taote.refund()
    clock.move(hours=35)
    offer = propose(taote, refund).json()
    clock.move(hours=1)
    before = everything(taote)
    for answer in ("accept", "decline"):
        refused(taote, taote.buyer.post(f"offers/{offer['id']}/{answer}/"), (409, "offer_not_pending", None), before)


@for_each("decision", ["approve", "reject", "withdraw"])
def test_a_decided_refund_takes_no_offers(taote, decision):
    refund = taote.refund()
    side = taote.buyer if decision == "withdraw" else taote.merchant
    body = {"reason": "no"} if decision == "reject" else {}
    assert side.post(f"refunds/{refund.pk}/{decision}/", body).status_code == 200
    before = everything(taote)
    refused(taote, propose(taote, refund), (409, "invalid_transition", None), before)
    assert detail(taote, refund)["retainable"] == {"ok": False, "code": "invalid_transition"}


def test_a_marketplace_without_negotiation_says_so(db):
    shop = make_shop("pinduoduo")
    refund = shop.refund()
    before = everything(shop)
    refused(shop, propose(shop, refund), (409, "method_not_available", "method"), before)
    assert shop.merchant.get(f"refunds/{refund.pk}/offer-options/").json() == {
        "retainable": {"ok": False, "code": "method_not_available"},
        "attempts_left": 2,
        "options": [],
    }


@pytest.mark.rule("T11")
def test_the_buyer_sees_the_change_that_is_proposed(taote):
    to_money, to_return = taote.refund(), taote.refund(kind="refund_only")
    propose(taote, to_money)
    propose(taote, to_return, method="change_to_return", amount=None, return_address=str(taote.address.pk))
    seen = [
        taote.buyer.get(f"refunds/{refund.pk}/timeline/").json()["results"][-1]["data"]["buyer_sees"]
        for refund in (to_money, to_return)
    ]
    assert "¥2.00" in seen[0]
    assert "义乌市稠州北路 8 号" in seen[1]
    assert "¥59.00" in seen[1]
