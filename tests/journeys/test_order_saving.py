"""Kuaishou saves orders before they ship: the proposal to stay, addresses, urges (K1, K3, K5)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from common.models import Event
from common.sentences import in_readers_words
from offers.models import Acceptance, Offer
from offers.statistics import count_ended_offers
from offers.sweeps import sweep_due_offers
from payments.models import Payment
from payments.settlement import settle_batch
from refunds.sweeps import sweep_due_refunds
from stores import marketplaces
from stores.actions import update_store
from stores.marketplaces import current_rules
from tests.api.helpers import ask, code, everything
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PARCEL = {"carrier": "SF", "tracking_number": "SF-1"}
HOUR = timedelta(hours=1)


@pytest.fixture
def kuaishou():
    """A Kuaishou store."""
    return make_shop("kuaishou")


@pytest.fixture
def asked(kuaishou):
    """A refund request on an unshipped order, as the answer to it shows it."""
    return ask(kuaishou, kuaishou.order(shipped=False)).json()


def settings(shop, **changes):
    with shop.scope():
        update_store(store=shop.store, **changes, actor=MERCHANT, now=NOON)


def refund_of(shop, refund):
    return shop.merchant.get(f"refunds/{refund['id']}/").json()


def order_of(shop, refund):
    return shop.merchant.get(f"orders/{refund['order']}/").json()


def answer(shop, refund, how, **body):
    return shop.buyer.post(f"offers/{refund['offers'][0]['id']}/{how}/", body)


def events(shop, topic):
    with shop.scope():
        return list(Event.objects.filter(topic_id=topic).order_by("id"))


@pytest.mark.rule("K1")
def test_the_platform_answers_first_in_the_transaction_that_opens_the_request(kuaishou, asked):
    [offer] = asked["offers"]
    assert (offer["method"], offer["status"], asked["status"]) == ("stay", "pending", "awaiting_merchant")
    assert (offer["due_at"], asked["due_at"]) == ("2026-11-21T04:00:00Z", "2026-11-22T04:00:00Z")
    requested, sent = events(kuaishou, asked["id"])
    assert (requested.name, sent.name, sent.actor, sent.rule) == ("refund.requested", "offer.sent", "platform", "K1")
    with translation.override("zh-hans"):
        said = in_readers_words(sent.data["buyer_sees"])
    for words in ("2026-11-21 12:00", "优先", "¥59.00"):
        assert words in said


@pytest.mark.rule("K1")
@pytest.mark.parametrize("marketplace", ["tmall", "taote", "pinduoduo"])
def test_nobody_else_proposes_it(marketplace):
    shop = make_shop(marketplace)
    assert ask(shop, shop.order(shipped=False)).json()["offers"] == []


@pytest.mark.rule("K1")
def test_a_shipped_order_is_past_it(kuaishou):
    assert ask(kuaishou, kuaishou.order()).json()["offers"] == []


@pytest.mark.rule("K1")
@pytest.mark.parametrize("tagged", [True, False])
def test_staying_withdraws_the_request_and_tags_the_order_when_the_switch_is_on(kuaishou, tagged):
    assert kuaishou.merchant.get(f"stores/{kuaishou.store.code}/").json()["priority_shipping_tag"] is True
    kuaishou.merchant.patch(f"stores/{kuaishou.store.code}/", {"priority_shipping_tag": tagged})
    refund = ask(kuaishou, kuaishou.order(shipped=False)).json()
    assert answer(kuaishou, refund, "accept").json()["status"] == "accepted"
    now, order = refund_of(kuaishou, refund), order_of(kuaishou, refund)
    assert (now["status"], now["payments"], order["refundable_amount"]) == ("withdrawn", [], "59.00")
    assert order["tags"] == (["priority_shipping"] if tagged else [])
    found = kuaishou.merchant.get("orders/", tag="priority_shipping").json()["results"]
    assert [row["number"] for row in found] == ([order["number"]] if tagged else [])
    said = [str(event.data["buyer_sees"]) for event in events(kuaishou, refund["id"]) if event.name == "offer.sent"]
    assert ("ship it before other orders" in said[0]) == tagged
    assert code(answer(kuaishou, refund, "accept")) == (409, "offer_not_pending", None)
    kuaishou.merchant.post(f"orders/{order['number']}/ship/", PARCEL)
    assert order_of(kuaishou, refund)["tags"] == []
    assert kuaishou.merchant.get("orders/", tag="priority_shipping").json()["results"] == []
    assert code(answer(kuaishou, refund, "accept")) == (409, "offer_not_pending", None)


@pytest.mark.rule("K1")
def test_declined_the_merchant_handles_the_original_request(kuaishou, asked):
    assert answer(kuaishou, asked, "decline").json()["status"] == "declined"
    assert refund_of(kuaishou, asked)["status"] == "awaiting_merchant"
    assert kuaishou.merchant.post(f"refunds/{asked['id']}/approve/").json()["status"] == "refunding"
    assert order_of(kuaishou, asked)["tags"] == []


@pytest.mark.rule("K1")
def test_silence_ends_it_after_a_day_and_the_request_after_two(kuaishou, asked, clock):
    clock.move(hours=24)
    assert sweep_due_offers() == 1
    now = refund_of(kuaishou, asked)
    assert (now["status"], now["offers"][0]["status"], now["due_at"]) == (
        "awaiting_merchant",
        "expired",
        "2026-11-22T04:00:00Z",
    )
    assert code(answer(kuaishou, asked, "accept")) == (409, "offer_not_pending", None)
    clock.move(hours=24)
    assert sweep_due_refunds() == 1
    settle_batch()
    assert refund_of(kuaishou, asked)["status"] == "refunded"


@pytest.mark.rule("K1")
@pytest.mark.parametrize(("decide", "body"), [("approve", {}), ("reject", {"reason": "已打包"}), ("withdraw", None)])
def test_who_decides_meanwhile_withdraws_it(kuaishou, asked, decide, body):
    caller = kuaishou.buyer if body is None else kuaishou.merchant
    assert caller.post(f"refunds/{asked['id']}/{decide}/", body).status_code == 200
    assert refund_of(kuaishou, asked)["offers"][0]["status"] == "withdrawn"
    assert events(kuaishou, asked["id"])[-1].rule == "K1"
    assert code(answer(kuaishou, asked, "accept")) == (409, "offer_not_pending", None)


@pytest.mark.rule("K1")
def test_shipping_ends_it_with_a_clear_answer(kuaishou, asked):
    kuaishou.merchant.post(f"orders/{asked['order']}/ship/", PARCEL)
    now = refund_of(kuaishou, asked)
    assert (now["status"], now["offers"][0]["status"]) == ("awaiting_merchant", "withdrawn")
    before = everything(kuaishou)
    refused = answer(kuaishou, asked, "accept", address="上海")
    assert code(refused) == (409, "order_already_shipped", None)
    assert "SF-1" in refused.json()["errors"][0]["detail"]
    assert everything(kuaishou) == before


@pytest.mark.rule("K1")
def test_no_merchant_sends_it_and_the_options_stay_coherent(kuaishou, asked):
    body = {"refund": asked["id"], "method": "stay"}
    before = everything(kuaishou)
    assert code(kuaishou.merchant.post("offers/", body)) == (409, "method_not_available", "method")
    assert everything(kuaishou) == before
    options = kuaishou.merchant.get(f"refunds/{asked['id']}/offer-options/").json()
    assert options["retainable"] == {"ok": False, "code": "method_not_available"}
    assert (options["options"], options["attempts_left"], asked["retainable"]["ok"]) == ([], 2, False)
    tmall = make_shop("tmall")
    refund = tmall.refund()
    sent = tmall.merchant.post("offers/", {"refund": str(refund.pk), "method": "stay"})
    assert code(sent) == (409, "method_not_available", "method")


@pytest.mark.rule("K1")
def test_recommendation_learns_nothing_from_it(kuaishou, asked):
    answer(kuaishou, asked, "decline")
    assert count_ended_offers() == 0
    with kuaishou.scope():
        assert Acceptance.objects.count() == 0


@pytest.mark.rule("K3")
def test_a_wrong_address_is_changed_and_the_order_kept_in_one_step(kuaishou):
    order = kuaishou.order(shipped=False)
    refund = ask(kuaishou, order, reason="wrong_address").json()
    [said] = [str(event.data["buyer_sees"]) for event in events(kuaishou, refund["id"]) if event.name == "offer.sent"]
    assert "the address of this order can still be changed" in said
    for wrong in ("  ", "x" * 301):
        refused = answer(kuaishou, refund, "accept", address=wrong)
        assert (refused.status_code, code(refused)[2]) == (400, "address")
    assert answer(kuaishou, refund, "accept", address=" 上海市静安区 1 号 ").status_code == 200
    kept = order_of(kuaishou, refund)
    assert (kept["address"], kept["tags"]) == ("上海市静安区 1 号", ["priority_shipping"])
    assert refund_of(kuaishou, refund)["status"] == "withdrawn"
    changed, prioritised = events(kuaishou, order.pk)[-2:]
    assert (changed.name, changed.rule) == ("order.address_changed", "K3")
    assert changed.data["address"] == [order.address, "上海市静安区 1 号"]
    assert (prioritised.name, prioritised.actor) == ("order.prioritised", "platform")


@pytest.mark.rule("K3")
def test_only_a_proposal_to_stay_takes_an_address(clock):
    tmall = make_shop("tmall")
    refund = tmall.refund()
    body = {"refund": str(refund.pk), "method": "reassurance", "message": "抱歉"}
    offer = tmall.merchant.post("offers/", body).json()
    before = everything(tmall)
    refused = tmall.buyer.post(f"offers/{offer['id']}/accept/", {"address": "x"})
    assert (refused.status_code, code(refused)[2]) == (400, "address")
    assert everything(tmall) == before


@pytest.mark.rule("K1")
def test_a_second_request_is_met_again_and_a_late_order_is_not_promised_what_is_past(kuaishou, asked, clock):
    answer(kuaishou, asked, "accept")
    clock.move(hours=30)
    again = kuaishou.buyer.post(
        "refunds/", {"order": asked["order"], "kind": "refund_only", "reason": "seller_delay", "amount": "59.00"}
    ).json()
    [sent] = [event for event in events(kuaishou, again["id"]) if event.name == "offer.sent"]
    assert "2026-11-21 12:00" in in_readers_words(sent.data["buyer_sees"])
    with kuaishou.scope():
        assert Offer.objects.count() == 2
        assert Payment.objects.count() == 0
        assert Offer.objects.latest("id").created_at == NOON + 30 * HOUR


@pytest.mark.rule("K1")
def test_where_merchants_have_offers_too_the_platforms_counts_against_nobody(kuaishou, monkeypatch):
    rules = replace(current_rules("kuaishou"), version=99, offer_methods=("reassurance", "partial_refund"))
    monkeypatch.setitem(marketplaces._ALL, ("kuaishou", 99), rules)
    refund = ask(kuaishou, kuaishou.order(shipped=False)).json()
    path, body = (
        f"refunds/{refund['id']}/offer-options/",
        {"refund": refund["id"], "method": "reassurance", "message": "请稍等"},
    )

    def options():
        answer = kuaishou.merchant.get(path).json()
        return answer["retainable"]["code"], answer["attempts_left"], [option["method"] for option in answer["options"]]

    def retainable():
        return [row["id"] for row in kuaishou.merchant.get("refunds/", retainable="true").json()["results"]]

    assert (options(), retainable()) == (("offer_pending", 2, []), [])
    assert code(kuaishou.merchant.post("offers/", body)) == (409, "offer_pending", None)
    answer(kuaishou, refund, "decline")
    assert options()[:2] == (None, 2)
    assert set(options()[2]) == {"reassurance", "partial_refund"}
    assert retainable() == [refund["id"]]
    assert code(kuaishou.merchant.post("offers/", {**body, "method": "stay"})) == (
        409,
        "method_not_available",
        "method",
    )
    assert kuaishou.merchant.post("offers/", body).status_code == 201
    assert options()[:2] == ("offer_pending", 1)


@pytest.mark.rule("K7")
def test_the_buyer_sees_the_coupons_of_the_order(kuaishou, asked):
    coupon = kuaishou.merchant.post(
        "coupons/",
        {
            "name": "暖心券",
            "channel": "general",
            "amount_off": "5.00",
            "valid_from": "2026-11-19T04:00:00Z",
            "valid_until": "2026-12-19T04:00:00Z",
            "quantity": 3,
        },
    ).json()
    page = kuaishou.buyer.get(f"offers/{asked['offers'][0]['id']}/").json()["buyer_page"]
    assert "暖心券" not in Client().get(page).content.decode()
    kuaishou.merchant.post(f"coupons/{coupon['id']}/grant/", {"order": asked["order"]})
    assert "暖心券" in Client().get(page).content.decode()
