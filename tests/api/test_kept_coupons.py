"""A coupon for keeping an order, once the order's money goes back all the same: the marketplace's file decides."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from offers.coupons import create_coupon
from payments.inbox import process_due_notices
from payments.settlement import settle_batch
from stores import marketplaces
from stores.marketplaces import current_rules
from tests.api.helpers import ask, detail
from tests.api.test_gateways import SANDBOX, post
from tests.insights import consistent
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks"), pytest.mark.rule("Q13")]


@pytest.fixture
def ending(monkeypatch):
    """Tmall's file with the other choice."""
    rules = replace(current_rules("tmall"), version=99, coupons_end_with_refund=True)
    monkeypatch.setitem(marketplaces._ALL, ("tmall", 99), rules)


def kept_order(shop):
    """An order of ¥118.00 that its buyer kept for a coupon."""
    order = shop.order(quantity=2)
    with shop.scope():
        coupon = create_coupon(
            store=shop.store,
            name="thanks",
            channel="smart_retention",
            amount_off=Decimal("5.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON - timedelta(days=1),
            valid_until=NOON + timedelta(days=9),
            quantity=1,
            actor=MERCHANT,
            now=NOON,
        )
    terms = {"refund": str(shop.refund(order).pk), "method": "coupon", "message": "亲", "coupons": [str(coupon.pk)]}
    offer = shop.merchant.post("offers/", terms).json()
    assert shop.buyer.post(f"offers/{offer['id']}/accept/").status_code == 200
    return order


def refunded(shop, order, amount) -> tuple[str, dict]:
    """Ask for so many yuan, have it approved and paid; the refund's id, and what was told of the coupon before."""
    refund = ask(shop, order, amount=amount).json()["id"]
    [told] = detail(shop, refund)["kept_coupons"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").status_code == 200
    settle_batch()
    assert detail(shop, refund)["status"] == "refunded"
    return refund, told


def told_of_coupons(shop, refund) -> list[str]:
    events = shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"]
    return [event["name"] for event in events if event["name"].startswith("coupon.")]


def test_by_default_the_buyer_keeps_the_coupon():
    shop = make_shop("tmall")
    order = kept_order(shop)
    assert consistent(shop)["totals"]["offer_costs"] == "5.00"
    refund, told = refunded(shop, order, "118.00")
    assert (told["name"], told["ends"], told["ended_at"]) == ("thanks", False, None)
    assert detail(shop, refund)["kept_coupons"] == [told]


def test_it_ends_with_the_last_yuan_where_the_file_says_so(ending):
    shop = make_shop("tmall")
    order = kept_order(shop)
    first, told = refunded(shop, order, "117.99")
    assert (told["ends"], detail(shop, first)["kept_coupons"][0]["ended_at"]) == (False, None)
    last, told = refunded(shop, order, "0.01")
    assert (told["ends"], told["ended_at"]) == (True, None)
    [after] = detail(shop, last)["kept_coupons"]
    assert (after["ends"], after["ended_at"]) == (False, "2026-11-20T04:00:00Z")
    assert told_of_coupons(shop, last) == ["coupon.ended"]
    assert consistent(shop)["totals"]["offer_costs"] == "0.00"


def test_what_is_still_asked_for_is_not_refunded_yet(ending):
    shop = make_shop("tmall")
    order = kept_order(shop)
    ask(shop, order, amount="59.00")
    refund, told = refunded(shop, order, "59.00")
    assert (told["ends"], detail(shop, refund)["kept_coupons"][0]["ended_at"]) == (False, None)


def test_small_payments_stand_beside(ending):
    shop = make_shop("tmall")
    order = kept_order(shop)
    body = {"order": order.number, "amount": "59.00", "purpose": "other"}
    assert shop.merchant.post("payments/", body, **{"Idempotency-Key": "one"}).status_code == 201
    settle_batch()
    refund, told = refunded(shop, order, "59.00")
    assert (told["ends"], detail(shop, refund)["kept_coupons"][0]["ended_at"]) == (False, None)


def test_when_the_money_comes_back_the_coupon_holds_again_until_it_is_paid_anew(ending):
    shop = make_shop("tmall")
    refund, _told = refunded(shop, kept_order(shop), "118.00")
    [payment] = detail(shop, refund)["payments"]
    post(SANDBOX.send_back(payment["id"]))
    process_due_notices()
    [now] = detail(shop, refund)["kept_coupons"]
    assert (now["ends"], now["ended_at"]) == (True, None)
    shop.merchant.post(f"payments/{payment['id']}/retry/")
    settle_batch()
    assert detail(shop, refund)["kept_coupons"][0]["ended_at"] is not None
    assert told_of_coupons(shop, refund) == ["coupon.ended", "coupon.holds_again", "coupon.ended"]
