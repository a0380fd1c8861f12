"""What an offer promises is kept for its buyer until it is answered, or the offer ends by itself (Q8, Q13)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.tenancy import system_scope
from offers.coupons import create_coupon
from offers.models import Offer
from offers.sweeps import end_unkeepable_offers, sweep_due_offers
from tests.api.helpers import ask, code, detail
from tests.cases import for_each
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop(db):
    return make_shop("tmall")


def coupon(shop, *, quantity=1, lives=timedelta(days=9)):
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name="last ones",
            channel="smart_retention",
            amount_off=Decimal("5.00"),
            min_spend=Decimal("0.00"),
            valid_from=NOON - timedelta(days=1),
            valid_until=NOON + lives,
            quantity=quantity,
            actor=MERCHANT,
            now=NOON,
        )


def offer(shop, refund, **terms):
    return shop.merchant.post("offers/", {"refund": str(refund.pk), "message": "亲", **terms})


def of(coupon, shop) -> tuple[int, int]:
    """How many are promised and granted."""
    now = shop.reload(coupon)
    return now.reserved, now.granted


@pytest.mark.rule("Q13")
def test_the_last_coupon_is_promised_to_one_buyer_who_gets_it(shop):
    only = coupon(shop)
    sent = offer(shop, shop.refund(), method="coupon", coupons=[str(only.pk)])
    assert (sent.status_code, of(only, shop)) == (201, (1, 0))
    second = offer(shop, shop.refund(), method="coupon", coupons=[str(only.pk)])
    assert code(second) == (409, "coupon_not_available", "coupons")
    assert shop.buyer.post(f"offers/{sent.json()['id']}/accept/").status_code == 200
    assert of(only, shop) == (0, 1)


@pytest.mark.rule("Q13", "K7")
def test_of_the_coupons_that_an_offer_names_those_that_the_buyer_sees_are_promised(shop):
    named = [coupon(shop) for _ in range(12)]
    sent = offer(shop, shop.refund(), method="coupon", coupons=[str(each.pk) for each in named]).json()
    assert sum(of(each, shop)[0] for each in named) == len(sent["coupons"]) == 10
    shop.buyer.post(f"offers/{sent['id']}/decline/")
    assert {of(each, shop) for each in named} == {(0, 0)}


@pytest.mark.rule("Q8", "Q13")
@for_each("end", ["decline", "withdraw", "expire"])
def test_an_offer_that_ends_gives_its_coupon_back(shop, clock, end):
    only, refund = coupon(shop), shop.refund()
    sent = offer(shop, refund, method="coupon", coupons=[str(only.pk)]).json()
    if end == "decline":
        shop.buyer.post(f"offers/{sent['id']}/decline/")
    elif end == "withdraw":
        shop.merchant.post(f"refunds/{refund.pk}/approve/")
    else:
        clock.move(hours=24)
        sweep_due_offers()
    assert of(only, shop) == (0, 0)


@pytest.mark.rule("Q13")
def test_an_offer_lives_no_longer_than_its_coupon(shop, clock):
    soon, refund = coupon(shop, lives=timedelta(hours=1)), shop.refund()
    sent = offer(shop, refund, method="coupon", coupons=[str(soon.pk)]).json()
    assert sent["due_at"] == "2026-11-20T05:00:00Z"
    clock.move(hours=1)
    assert code(shop.buyer.post(f"offers/{sent['id']}/accept/")) == (409, "offer_not_pending", None)
    assert (detail(shop, refund)["status"], of(soon, shop)[1]) == ("awaiting_merchant", 0)


@pytest.mark.rule("Q8", "Q12")
def test_an_offer_of_money_that_another_refund_has_taken_ends_by_itself_and_is_no_attempt(shop):
    order = shop.order(quantity=2)
    refund = shop.refund(order, kind="refund_only", amount="40.00")
    words = offer(shop, shop.refund(order, kind="refund_only", amount="1.00"), method="reassurance")
    kept = offer(shop, shop.refund(amount="50.00"), method="partial_refund", amount="59.00").json()
    sent = offer(shop, refund, method="partial_refund", amount="70.00")
    assert (words.status_code, sent.status_code) == (201, 201), sent.json()
    assert end_unkeepable_offers() == 0
    assert ask(shop, order, amount="60.00").status_code == 201
    refused = shop.buyer.post(f"offers/{sent.json()['id']}/accept/")
    assert code(refused)[:2] == (409, "amount_above_refundable")
    assert end_unkeepable_offers() == 1
    assert end_unkeepable_offers() == 0
    assert detail(shop, refund)["offers"][0]["status"] == "withdrawn"
    assert shop.merchant.get(f"offers/{kept['id']}/").json()["status"] == "pending"
    told = shop.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"][-1]
    assert (told["name"], told["actor"], told["rule"]) == ("offer.lapsed", "system", "Q8")
    options = shop.merchant.get(f"refunds/{refund.pk}/offer-options/").json()
    assert options["attempts_left"] == 2


def above_asked(shop) -> str:
    """A pending offer of ¥70.00 about a refund of ¥40.00, of an order of ¥118.00; the order."""
    order = shop.order(quantity=2)
    refund = shop.refund(order, kind="refund_only", amount="40.00")
    assert offer(shop, refund, method="partial_refund", amount="70.00").status_code == 201
    return order


@pytest.mark.rule("Q8")
def test_an_offer_that_can_be_kept_beside_another_refund_is_looked_at_once(shop):
    assert ask(shop, above_asked(shop), amount="48.00").status_code == 201
    assert [end_unkeepable_offers() for _ in range(2)] == [1, 0]
    with shop.scope():
        assert list(Offer.objects.values_list("status", flat=True)) == ["pending"]


@pytest.mark.rule("Q8")
@for_each("way", ["resubmit", "red packet"])
def test_whatever_holds_more_of_the_order_puts_the_offer_in_doubt(shop, way):
    order = above_asked(shop)
    other = ask(shop, order, amount="40.00").json()["id"]
    assert end_unkeepable_offers() == 1
    if way == "resubmit":
        shop.merchant.post(f"refunds/{other}/reject/", {"reason": "worn"})
        assert shop.buyer.post(f"refunds/{other}/resubmit/", {"amount": "48.01"}).status_code == 200
    else:
        sent = shop.merchant.post(
            "offers/", {"refund": other, "method": "red_packet", "message": "亲", "amount": "50.00"}
        )
        assert shop.buyer.post(f"offers/{sent.json()['id']}/accept/").status_code == 200
    assert end_unkeepable_offers() == 1
    with shop.scope():
        assert Offer.objects.order_by("id").first().status == "withdrawn"


def test_what_nobody_doubts_is_not_read(shop, django_assert_num_queries):
    with CaptureQueriesContext(connection) as nothing:
        end_unkeepable_offers()
    count = len(nothing)
    for _ in range(3):
        above_asked(shop)
    with django_assert_num_queries(count) as read:
        end_unkeepable_offers()
    [looked] = [query["sql"] for query in read if "offers_offer" in query["sql"]]
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a table of three rows is read whole otherwise
        cursor.execute(f"EXPLAIN {looked}")
        assert "offer_in_doubt" in str(cursor.fetchall())
