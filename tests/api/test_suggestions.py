"""The suggested decision: from what it is made, that it says why, and that it is the same every time (R7)."""

import pytest
from django.utils import translation

from common import clock as wall
from tests.api.test_disputes import decide, dispute
from tests.api.test_evidence import picture, show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("R7")]


def suggested(shop, **kwargs) -> dict:
    """The suggestion of a new dispute."""
    order = {name: kwargs.pop(name) for name in ("credit_score", "vip", "prices", "buyer_id") if name in kwargs}
    refund = shop.refund(shop.order(**order), amount=order.get("prices", ("59.00",))[0], **kwargs)
    return dispute(shop.buyer, refund).json()["suggestion"]


def speaks(suggestion) -> dict:
    return {ground["code"]: ground["speaks_for"] for ground in suggestion["grounds"]}


def test_a_trusted_buyer_with_a_fault_of_the_sellers(taote):
    found = suggested(taote, credit_score=700, vip=True, reason="quality")
    assert (found["outcome"], found["amount"]) == ("buyer", None)
    assert speaks(found) == {
        "credit": "buyer",
        "vip": "buyer",
        "sellers_fault": "buyer",
        "offers": "buyer",
        "evidence": None,
        "refunds": None,
    }
    texts = [ground["text"] for ground in found["grounds"]]
    assert "The buyer's credit score is 700." in texts
    assert "The reason, “Quality”, lies with the seller." in texts


def test_a_buyer_of_poor_credit_who_changed_their_mind(taote):
    found = suggested(taote, credit_score=549, prices=("500.00",), reason="changed_mind")
    assert found["outcome"] == "merchant"
    assert speaks(found)["large_amount"] == "merchant"
    assert speaks(found)["buyers_choice"] == "merchant"


def test_in_between_half_is_suggested_to_the_cent(taote):
    found = suggested(taote, credit_score=600, prices=("59.01",), reason="other")
    assert (found["outcome"], found["amount"]) == ("split", "29.50")
    assert suggested(taote, credit_score=600, prices=("0.01",), reason="other")["outcome"] == "buyer"


def test_evidence_changes_the_advice_while_it_is_taken(taote):
    refund = taote.refund(taote.order(credit_score=600), reason="quality")
    opened = dispute(taote.buyer, refund).json()
    other = dispute(taote.buyer, taote.refund(taote.order(credit_score=600), reason="quality")).json()
    assert opened["suggestion"]["outcome"] == "buyer"
    show(taote.merchant, refund, picture())
    now = taote.merchant.get(f"disputes/{opened['id']}/").json()["suggestion"]
    assert (now["outcome"], speaks(now)["evidence"]) == ("split", "merchant")
    assert taote.merchant.get(f"disputes/{other['id']}/").json()["suggestion"] == other["suggestion"]
    show(taote.buyer, refund, picture())
    again = taote.merchant.get(f"disputes/{opened['id']}/").json()["suggestion"]
    assert (again["outcome"], speaks(again)["evidence"]) == ("buyer", None)


@pytest.mark.rule("Q17")
def test_what_was_offered_and_declined_is_weighed(taote):
    refund = taote.refund()
    offer = {"refund": str(refund.pk), "method": "change_to_refund_only", "amount": "2.00", "agreed_with_buyer": True}
    offer_id = taote.merchant.post("offers/", offer).json()["id"]
    taote.buyer.post(f"offers/{offer_id}/decline/")
    found = dispute(taote.buyer, refund).json()["suggestion"]
    assert speaks(found)["declined_offers"] == "merchant"
    assert "The buyer declined 1 of 1 offers." in [ground["text"] for ground in found["grounds"]]


def test_the_history_of_buyer_and_store_is_weighed(taote):
    for _ in range(4):
        taote.refund(taote.order(buyer_id="often"))
    assert speaks(suggested(taote, buyer_id="often"))["refunds"] is None
    found = suggested(taote, buyer_id="often")
    assert speaks(found)["refunds"] == "merchant"
    assert "buyers_disputes" not in speaks(found)
    [first, *_] = taote.merchant.get("disputes/").json()["results"]
    decide(taote, first["id"], "merchant")
    found = suggested(taote, buyer_id="often")
    assert (speaks(found)["buyers_disputes"], speaks(found)["stores_disputes"]) == ("merchant", "merchant")
    elsewhere = suggested(taote, buyer_id="somebody else")
    assert "buyers_disputes" not in speaks(elsewhere)
    assert speaks(elsewhere)["stores_disputes"] == "merchant"


def test_it_is_the_same_every_time_and_in_the_readers_language(taote):
    opened = dispute(taote.buyer, taote.refund(reason="quality")).json()
    first, second = (taote.merchant.get(f"disputes/{opened['id']}/").json() for _ in range(2))
    assert first == second
    with translation.override("zh-hans"):
        chinese = taote.merchant.client.get(
            f"/api/v1/disputes/{opened['id']}/", headers={"Accept-Language": "zh-hans"}
        ).json()
    assert [ground["code"] for ground in chinese["suggestion"]["grounds"]] == [
        ground["code"] for ground in first["suggestion"]["grounds"]
    ]
    assert "质量" in "".join(ground["text"] for ground in chinese["suggestion"]["grounds"])


@pytest.mark.rule("Q17")
def test_the_other_side_answers_once_in_time(taote, clock):
    first, second = (dispute(taote.buyer, taote.refund()).json() for _ in range(2))
    answer = f"disputes/{first['id']}/answer/"
    assert taote.buyer.post(answer, {"reply": "我说过了"}).status_code == 409
    assert taote.merchant.post(answer, {"reply": "发货前有视频"}).json()["reply"] == "发货前有视频"
    assert taote.merchant.post(answer, {"reply": "还有"}).status_code == 409
    clock.move(days=3)
    late = taote.merchant.post(f"disputes/{second['id']}/answer/", {"reply": "迟了"})
    assert late.json()["errors"][0]["code"] == "evidence_closed"
    mine = dispute(taote.merchant, taote.refund(now=wall.now())).json()
    assert taote.buyer.post(f"disputes/{mine['id']}/answer/", {"reply": "是坏的"}).status_code == 200
